#pragma once

#include "core/settings/resolve.h"

#include <string>
#include <vector>

namespace retort {

/// One input of a run: a kPath setting whose value is not a keyword.
struct RunInput {
  std::string key;     ///< the setting
  std::string path;    ///< where the trainer finds it: absolute, or relative to the run directory
                       ///< ("../ID/model")
  std::string sha256;  ///< of the contents (`sha256OfInput`); empty when another run makes it
  std::string run_id;  ///< the run that makes it; empty for files

  bool operator==(const RunInput&) const = default;
};

/// What one run is to do: complete, resolved, and independent of grids. `spec.yaml` holds it.
struct RunSpec {
  static constexpr int kVersion = 1;

  std::string run_id;
  std::string trainer;     ///< the registered trainer's name
  std::string release;     ///< the catalogue's release that resolved it
  SettingValues settings;  ///< resolved; a kPath made by another run reads "run:ID/model"
  std::vector<RunInput> inputs;

  /// The runs that must have finished before this one can start.
  [[nodiscard]] std::vector<std::string> neededRuns() const;

  bool operator==(const RunSpec&) const = default;
};

/// The identity of a run: the first 16 hexadecimal digits of the SHA-256 of the canonical JSON of
/// trainer, release, the settings that affect the result, and for each input its content hash or
/// the id of the run that makes it (paths do not count: the same data elsewhere is the same run).
[[nodiscard]] std::string computeRunId(const RunSpec& spec, const Catalogue& catalogue);

/// True for 16 lower-case hexadecimal digits: the only text that is ever used as a run folder's
/// name.
[[nodiscard]] bool isRunId(std::string_view text);

}  // namespace retort
