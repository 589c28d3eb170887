#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace retort {

/// Owns an open file descriptor; closes it. Empty after a move, and when `open` failed (-1).
class FileDescriptor {
 public:
  explicit FileDescriptor(int descriptor = -1) : descriptor_(descriptor) {}

  ~FileDescriptor();

  FileDescriptor(FileDescriptor&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)) {}

  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }

  [[nodiscard]] int get() const { return descriptor_; }

  [[nodiscard]] bool isOpen() const { return descriptor_ >= 0; }

 private:
  int descriptor_;
};

/// "WHAT FILE: reason of errno"; kNotFound when something on the path does not exist, else kIo.
/// Call it before anything else can change errno.
[[nodiscard]] Error systemError(std::string_view what, const std::filesystem::path& file);

/// Opens a regular file for reading, without blocking: a folder, FIFO or device is refused and
/// never hangs.
[[nodiscard]] Result<FileDescriptor> openRegularFile(const std::filesystem::path& file);

/// Reads up to `size` bytes; 0 at the end of the file. `file` is for the message.
[[nodiscard]] Result<std::size_t> readSome(int descriptor,
                                           char* buffer,
                                           std::size_t size,
                                           const std::filesystem::path& file);

/// Reads a whole regular file of at most `limit` bytes. Opens without blocking, so that a FIFO or a
/// device is refused ("not a regular file") and never hangs.
[[nodiscard]] Result<std::string> readFile(const std::filesystem::path& file, std::uint64_t limit);

/// Replaces `file` atomically: temporary file in the same folder, checked write, fsync, rename,
/// fsync of the folder. The file's mode is 0644 less the umask. On failure the old file is intact
/// and no temporary file is left.
[[nodiscard]] Status writeFileAtomically(const std::filesystem::path& file,
                                         std::string_view contents);

/// The text with control characters (escape sequences, carriage returns, C1 codes, direction
/// overrides) and invalid UTF-8 made visible, safe to print on a terminal. Newlines are kept when
/// `keep_newlines`.
[[nodiscard]] std::string escapeForTerminal(std::string_view text, bool keep_newlines = false);

/// Milliseconds since 1970 (UTC), for records. Durations use std::chrono::steady_clock instead.
[[nodiscard]] std::int64_t wallClockMs();

}  // namespace retort
