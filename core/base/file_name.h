#pragma once

#include <string>
#include <string_view>

namespace retort {

/// A file name for something that has a name of its own: letters, digits, "-", "_" and "." of
/// ASCII, at most 60 characters and the ending. Never empty, never hidden, never a device's name
/// ("CON"), without separators. Whatever had to be changed is told apart by eight digits of the
/// name's hash: "a/b" and "a:b" differ. `ending` as it is: ".pdf".
[[nodiscard]] std::string safeFileName(std::string_view name, std::string_view ending);

/// The text as one word of a POSIX shell, in single quotes unless it needs none. NUL, which no
/// argument can hold, is left out.
[[nodiscard]] std::string quoteForShell(std::string_view text);

}  // namespace retort
