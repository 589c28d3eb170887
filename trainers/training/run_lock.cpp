#include "trainers/training/run_lock.h"

#include "trainers/train_error.h"

#include <cerrno>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

namespace retort::train {

namespace {

std::string holderOf(int descriptor) {
  char text[32] = {};
  const ssize_t count = pread(descriptor, text, sizeof(text) - 1, 0);
  std::string holder(text, count > 0 ? static_cast<std::size_t>(count) : 0);
  holder = holder.substr(0, holder.find_first_not_of("0123456789"));
  return holder.empty() ? "another process" : "pid " + holder;
}

}  // namespace

RunLock::RunLock(const std::filesystem::path& file) {
  descriptor_ = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (descriptor_ < 0) {
    throw TrainError(ExitCode::kMissingInput,
                     fmt::format("cannot open {}: {}", file.string(), std::strerror(errno)));
  }
  if (flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    const std::string holder = holderOf(descriptor_);
    close(descriptor_);
    throw TrainError(ExitCode::kStopped,
                     fmt::format("run is locked by {} ({})", holder, file.string()));
  }
  const std::string pid = std::to_string(getpid()) + "\n";
  // The pid is for the message above only: a full disk must not keep a run from going on.
  if (ftruncate(descriptor_, 0) == 0) {
    static_cast<void>(!pwrite(descriptor_, pid.data(), pid.size(), 0));
  }
}

RunLock::~RunLock() {
  close(descriptor_);
}

}  // namespace retort::train
