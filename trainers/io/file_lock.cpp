#include "trainers/io/file_lock.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>

namespace retort::train {

FileLock::FileLock(const std::filesystem::path& file)
    : descriptor_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644)) {}

bool FileLock::tryTake() {
  return !descriptor_.isOpen() || ::flock(descriptor_.get(), LOCK_EX | LOCK_NB) == 0 ||
         errno != EWOULDBLOCK;
}

}  // namespace retort::train
