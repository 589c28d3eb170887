#pragma once

#include "core/run/run_spec.h"
#include "core/run/workspace_layout.h"
#include "trainers/io/checkpoint_folder.h"
#include "trainers/training/failure.h"
#include "trainers/training/run_lock.h"
#include "trainers/training/run_log.h"
#include "trainers/training/training_loop.h"

#include <filesystem>
#include <memory>
#include <optional>

namespace retort::train {

/// One attempt at one run directory: holds its lock and writes its events.
class RunSession {
 public:
  /// Takes the lock. Throws TrainError when the folder is missing (kMissingInput) or locked
  /// (kStopped).
  explicit RunSession(const std::filesystem::path& folder);

  /// Carries out spec.yaml, from the newest checkpoint if there is one, and writes the `end` event
  /// unless it throws.
  LoopEnd run();

  /// Writes the `end` event of an attempt that failed, if the event file could be opened.
  void reportFailure(const Failure& failure);

 private:
  struct Opening {
    RunSpec spec;
    std::optional<Checkpoint> checkpoint;
  };

  /// Opens the event file, even when spec or checkpoints turn out to be unusable: the reason
  /// belongs into it. Throws what was wrong.
  Opening open();
  LoopEnd train(const Opening& opening);
  void end(const char* status, int exit_code, const std::string& message);

  RunPaths paths_;
  RunLock lock_;
  std::unique_ptr<RunLog> log_;
};

/// What `--check` prints: the run with everything resolved, and what it will need. Reads data and
/// models, trains nothing and writes nothing. Throws what a run would fail with at its start.
[[nodiscard]] Json checkRun(const std::filesystem::path& folder);

}  // namespace retort::train
