#pragma once

#include "core/base/file.h"

#include <filesystem>

namespace retort::train {

/// The exclusive lock on a file (flock), which is made when it is not there, stays there, and is
/// let go by the destructor or the death of the process.
class FileLock {
 public:
  explicit FileLock(const std::filesystem::path& file);

  /// False while another process or object has the lock. Where the file cannot be made, or the file
  /// system has no locks, nobody is kept out: true.
  [[nodiscard]] bool tryTake();

 private:
  FileDescriptor descriptor_;
};

}  // namespace retort::train
