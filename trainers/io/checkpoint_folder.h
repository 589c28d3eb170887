#pragma once

#include "core/base/json.h"
#include "trainers/io/safetensors.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace retort::train {

/// All that a run needs to go on bit for bit. Generator states are tensors of bytes (U8).
struct Checkpoint {
  std::int64_t step = 0;
  TensorMap tensors;
  Json state;  ///< an object: position in the data, best result so far …; doubles read back exactly
};

/// The checkpoints of one run.
///
///   FOLDER/step-000120/state.safetensors   the tensors
///   FOLDER/step-000120/manifest.json       {version, step, is_best, state, files: {name: {size,
///   sha256}}}
///
/// A checkpoint is written under a temporary name, synced, and put in place by one rename; what has
/// its final name is complete unless the disk damaged it, and then its hashes say so.
class CheckpointFolder {
 public:
  /// `keep`: how many of the newest checkpoints stay (at least 1), besides the best one.
  CheckpointFolder(std::filesystem::path folder, std::int64_t keep);

  /// Writes a checkpoint, removes those that are no longer wanted and leftovers of killed writers;
  /// returns its path. Refuses before writing when the disk has too little room ("need 420 MB, 1 MB
  /// free"). Throws std::system_error or TrainError (kBadData: a tensor of an unknown type); what
  /// was saved before is then still there.
  std::filesystem::path save(const Checkpoint& checkpoint, bool is_best = false);

  /// The newest sound checkpoint; empty when there is none at all. Damaged ones are skipped with a
  /// warning
  /// ("checkpoint step-000120 is damaged (…): using step-000100"). Throws TrainError (kBadData)
  /// when there are checkpoints and all are damaged: starting from zero is the user's choice.
  [[nodiscard]] std::optional<Checkpoint> loadNewest(std::vector<std::string>& warnings) const;

  /// The newest checkpoint that was saved as the best; empty when there is none or it is damaged.
  [[nodiscard]] std::optional<Checkpoint> loadBest() const;

  /// The checkpoint of one step. Throws TrainError: kMissingInput with the steps there are when it
  /// is not there, kBadData when it is damaged.
  [[nodiscard]] Checkpoint load(std::int64_t step) const;

  /// Steps of all checkpoints with a final name, ascending, sound or not.
  [[nodiscard]] std::vector<std::int64_t> steps() const;

  [[nodiscard]] const std::filesystem::path& path() const { return folder_; }

 private:
  void removeUnwanted() const;

  std::filesystem::path folder_;
  std::int64_t keep_;
};

}  // namespace retort::train
