#include "core/agent/train_log.h"

#include "core/base/file.h"

#include <algorithm>
#include <cerrno>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace retort {
namespace {

namespace fs = std::filesystem;

// How far the beginning of a line is looked for.
constexpr std::size_t kLongestLine = 4096;

std::string sizeText(std::int64_t bytes) {
  return bytes < 1 << 20 ? fmt::format("{} bytes", bytes) : fmt::format("{} MiB", bytes >> 20);
}

std::string leftOutLine(std::int64_t limit) {
  return fmt::format("\n[retort: output was left out here, to keep this file below {}]\n",
                     sizeText(limit));
}

/// The last `count` bytes before `end`, from the beginning of a line if one is near.
Result<std::string> readTail(const fs::path& log, int fd, std::int64_t end, std::int64_t count) {
  std::string tail(static_cast<std::size_t>(count), '\0');
  std::size_t filled = 0;
  while (filled < tail.size()) {
    const auto offset = end - count + static_cast<std::int64_t>(filled);
    const ssize_t got = ::pread(fd, tail.data() + filled, tail.size() - filled, offset);
    if (got < 0 && errno != EINTR) {
      return failWith(systemError("shortening", log));
    }
    if (got == 0) {
      break;  // someone else cut the file
    }
    filled += static_cast<std::size_t>(std::max<ssize_t>(0, got));
  }
  tail.resize(filled);
  const std::size_t newline = std::string_view(tail).substr(0, kLongestLine).find('\n');
  return newline == std::string::npos ? tail : tail.substr(newline + 1);
}

Status writeAt(const fs::path& log, int fd, std::int64_t offset, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::pwrite(fd, text.data(), text.size(), offset);
    if (written < 0 && errno != EINTR) {
      return failWith(systemError("shortening", log));
    }
    const auto count = static_cast<std::size_t>(std::max<ssize_t>(0, written));
    text.remove_prefix(count);
    offset += static_cast<std::int64_t>(count);
  }
  return {};
}

Status shorten(const fs::path& log, int fd, std::int64_t size, std::int64_t limit) {
  const std::int64_t head = limit / 8;
  const auto tail = readTail(log, fd, size, limit / 8 * 3);
  if (!tail) {
    return failWith(tail.error());
  }
  const std::string rest = leftOutLine(limit) + *tail;
  // Over what is there already, so that a full disk is no obstacle.
  if (Status written = writeAt(log, fd, head, rest); !written) {
    return written;
  }
  if (::ftruncate(fd, head + static_cast<std::int64_t>(rest.size())) != 0) {
    return failWith(systemError("shortening", log));
  }
  return {};
}

}  // namespace

Result<bool> capTrainLog(const fs::path& log, std::int64_t limit) {
  struct stat status {};

  if (::lstat(log.c_str(), &status) != 0 || !S_ISREG(status.st_mode) || status.st_size <= limit) {
    return false;
  }
  // Not for appending: writes at an offset would go to the end then.
  const FileDescriptor fd(::open(log.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!fd.isOpen() || ::fstat(fd.get(), &status) != 0) {
    return failWith(systemError("shortening", log));
  }
  if (!S_ISREG(status.st_mode) || status.st_size <= limit) {
    return false;
  }
  if (const Status done = shorten(log, fd.get(), status.st_size, limit); !done) {
    return failWith(done.error());
  }
  return true;
}

}  // namespace retort
