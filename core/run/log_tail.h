#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

namespace retort {

/// Reads a growing log: the last lines first, then what is added. Texts come back escaped for
/// terminals, in whole lines. A file that does not exist yet is empty; one that shrank is read from
/// its start.
class LogTail {
 public:
  explicit LogTail(std::filesystem::path file) : file_(std::move(file)) {}

  /// The last `count` complete lines. Looks at no more than the last 16 MiB.
  [[nodiscard]] Result<std::string> readLast(std::size_t count);

  /// The complete lines since the last call.
  [[nodiscard]] Result<std::string> readLines();

  /// What stands after the last newline, with one added; empty when nothing does.
  [[nodiscard]] std::string takeRest();

 private:
  /// Appends up to `limit` new bytes to rest_.
  Status readMore(std::size_t limit);
  [[nodiscard]] std::string takeCompleteLines();

  std::filesystem::path file_;
  std::uint64_t offset_ = 0;
  std::string rest_;  ///< read, and not given out yet
};

}  // namespace retort
