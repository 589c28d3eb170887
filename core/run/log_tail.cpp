#include "core/run/log_tail.h"

#include "core/base/file.h"

#include <algorithm>
#include <cerrno>

#include <unistd.h>

namespace retort {
namespace {

constexpr std::size_t kPieceBytes = 1 << 20;
constexpr std::uint64_t kMostTailBytes = 16 << 20;

}  // namespace

Status LogTail::readMore(std::size_t limit) {
  const auto opened = openRegularFile(file_);
  if (!opened) {
    return opened.error().code == ErrorCode::kNotFound ? Status() : failWith(opened.error());
  }
  std::error_code error;
  const std::uint64_t size = std::filesystem::file_size(file_, error);
  if (!error && size < offset_) {
    offset_ = 0;
    rest_.clear();
  }
  if (lseek(opened->get(), static_cast<off_t>(offset_), SEEK_SET) < 0) {
    return failWith(systemError("reading", file_));
  }
  std::string piece(std::min(limit, kPieceBytes), '\0');
  while (limit > 0) {
    const auto count = readSome(opened->get(), piece.data(), std::min(limit, piece.size()), file_);
    if (!count) {
      return failWith(count.error());
    }
    if (*count == 0) {
      break;
    }
    rest_.append(piece, 0, *count);
    offset_ += *count;
    limit -= *count;
  }
  return {};
}

std::string LogTail::takeCompleteLines() {
  const std::size_t end = rest_.rfind('\n');
  if (end == std::string::npos) {
    return "";
  }
  const std::string lines = escapeForTerminal(std::string_view(rest_).substr(0, end + 1), true);
  rest_.erase(0, end + 1);
  return lines;
}

Result<std::string> LogTail::readLast(std::size_t count) {
  std::error_code error;
  const std::uint64_t size = std::filesystem::file_size(file_, error);
  offset_ = error || size <= kMostTailBytes ? 0 : size - kMostTailBytes;
  if (Status status = readMore(kMostTailBytes); !status) {
    return failWith(status.error());
  }
  std::size_t begin = rest_.size();
  std::size_t breaks =
      0;  // the last line ends with one: `count` lines begin after the break before them
  while (begin > 0 && (rest_[begin - 1] != '\n' || ++breaks <= count)) {
    --begin;
  }
  rest_.erase(0, begin);
  return takeCompleteLines();
}

Result<std::string> LogTail::readLines() {
  if (Status status = readMore(kPieceBytes); !status) {
    return failWith(status.error());
  }
  return takeCompleteLines();
}

std::string LogTail::takeRest() {
  std::string text = escapeForTerminal(rest_);
  rest_.clear();
  return text.empty() ? text : text + "\n";
}

}  // namespace retort
