#pragma once

#include "core/base/result.h"
#include "core/run/submission.h"
#include "experiments/diagnostic.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

/// From an experiment file to runs, in three steps: read (YAML and shape), count, expand (against
/// the trainer's catalogue). Nothing here starts a process, writes a file or depends on the current
/// time.
namespace retort::experiments {

struct ExperimentDocument;
class InputHashes;

/// An experiment file that was read: its shape is right; its settings are checked when it is
/// expanded.
struct ExperimentFile {
  std::string name;                                    ///< `experiment:`
  std::string trainer;                                 ///< `trainer:`, default "retort-train"
  std::filesystem::path path;                          ///< absolute
  std::string shown_path;                              ///< as the user named it, for messages
  std::string text;                                    ///< its contents
  std::shared_ptr<const ExperimentDocument> document;  ///< the parsed parts (experiment_document.h)
};

/// How many runs the file asks for, counted without expanding it: the product of the axes
/// (conditions and exclusions not subtracted) times the seeds, plus the included runs times the
/// seeds. Needed runs are not counted.
struct RunCount {
  std::uint64_t runs = 0;
  bool is_overflow = false;  ///< more than 64 bits hold; `runs` is then the largest number

  bool operator==(const RunCount&) const = default;
};

/// The catalogue of a registered trainer; kNotFound when there is no such trainer.
using CatalogueProvider = std::function<Result<Catalogue>(const std::string& trainer)>;

struct ExpandOptions {
  std::uint64_t limit = 10000;          ///< more runs than this are refused
  std::shared_ptr<InputHashes> hashes;  ///< of earlier expansions; null: every input is read
};

struct ExpandedExperiment {
  Submission
      submission;  ///< runs in the order of the expansion, needed runs before those that need them
  std::vector<std::string>
      notes;  ///< what the user should know: dropped duplicates, settings without effect
};

template <class T>
using DiagnosedResult = Result<T, std::vector<Diagnostic>>;

/// Reads an experiment file. `overrides` are "key=value" texts (`--set`): the value is YAML (a
/// scalar or [a, b] or {…}). A key that starts with a part of the file ("seeds=1",
/// "resources.threads=2", "grid.freeze=[ov]") replaces that part; any other key is a setting, which
/// wins over base, grid and include; for a key that is an axis of the grid, the axis keeps this one
/// value.
[[nodiscard]] DiagnosedResult<ExperimentFile> readExperimentFile(
    const std::filesystem::path& file, const std::vector<std::string>& overrides = {});

/// The same for text that is already in memory; relative paths in it are looked up from the folder
/// of `file`.
[[nodiscard]] DiagnosedResult<ExperimentFile> parseExperiment(
    std::string text,
    const std::filesystem::path& file,
    const std::vector<std::string>& overrides = {});

[[nodiscard]] RunCount countRuns(const ExperimentFile& file);

/// Expands the grid into resolved runs with their ids. Ordered: the last axis varies fastest, seeds
/// fastest of all, then the included runs. Same file, inputs and catalogue: the same runs. Reads
/// (hashes) the runs' inputs.
[[nodiscard]] DiagnosedResult<ExpandedExperiment> expandExperiment(
    const ExperimentFile& file,
    const CatalogueProvider& catalogues,
    const ExpandOptions& options = {});

}  // namespace retort::experiments
