#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace retort {

/// Reads a whole regular file of at most `limit` bytes. Opens without blocking, so that a FIFO or a
/// device is refused ("not a regular file") and never hangs.
[[nodiscard]] Result<std::string> readFile(const std::filesystem::path& file, std::uint64_t limit);

/// Replaces `file` atomically: temporary file in the same folder, checked write, fsync, rename, fsync of the
/// folder. On failure the old file is intact and no temporary file is left.
[[nodiscard]] Status writeFileAtomically(const std::filesystem::path& file, std::string_view contents);

/// The text with control characters (escape sequences, carriage returns, C1 codes) and invalid UTF-8 made
/// visible, safe to print on a terminal. Newlines are kept when `keep_newlines`.
[[nodiscard]] std::string escapeForTerminal(std::string_view text, bool keep_newlines = false);

/// Milliseconds since 1970 (UTC), for records. Durations use std::chrono::steady_clock instead.
[[nodiscard]] std::int64_t wallClockMs();

}  // namespace retort
