#include "core/agent/run_lock.h"

#include "core/base/file.h"
#include "core/base/text.h"

#include <array>
#include <cerrno>
#include <string_view>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace retort {

RunLock readRunLock(const std::filesystem::path& file) {
  const FileDescriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!fd.isOpen()) {
    return {};
  }
  // A shared lock is refused by the trainer's exclusive one, and two agents that look do not meet.
  if (::flock(fd.get(), LOCK_SH | LOCK_NB) == 0) {
    ::flock(fd.get(), LOCK_UN);
    return {};
  }
  if (errno != EWOULDBLOCK) {
    return {};
  }
  RunLock lock{true, 0};
  std::array<char, 32> text{};
  const ssize_t size = ::read(fd.get(), text.data(), text.size());
  std::string_view digits(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  digits = digits.substr(0, digits.find_first_not_of("0123456789"));
  lock.pid = parseInteger(digits).value_or(0);
  return lock;
}

}  // namespace retort
