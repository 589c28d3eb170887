#pragma once

#include <filesystem>

namespace retort::train {

/// The exclusive lock on a run directory (flock on its `lock` file), held until destruction or the
/// death of the process. A second trainer on the same directory must never start.
class RunLock {
 public:
  /// Takes the lock and writes the own pid into the file. Throws TrainError: kStopped when another
  /// process holds it ("run is locked by pid N"), kMissingInput when the file cannot be made.
  explicit RunLock(const std::filesystem::path& file);
  ~RunLock();
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

 private:
  int descriptor_ = -1;
};

}  // namespace retort::train
