#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace retort {

/// Takes the first character off `text` and returns its code point; a byte that starts no
/// well-formed character is taken alone and returned as U+FFFD. `text` must not be empty.
[[nodiscard]] char32_t takeCodePoint(std::string_view& text);

/// Columns that UTF-8 text takes on a terminal: combining marks none, East Asian wide characters
/// and most emoji two, everything else one (Unicode TR 11). Control characters must have been
/// escaped.
[[nodiscard]] std::size_t displayWidth(std::string_view text);

/// The text, or as much of its beginning as fits before "…" in `width` columns (at least 1).
[[nodiscard]] std::string elideText(std::string_view text, std::size_t width);

/// The same from the other side: "…" and as much of the end as fits, for names whose ends differ.
[[nodiscard]] std::string elideStart(std::string_view text, std::size_t width);

/// Words on lines of at most `width` columns (longer words stay whole), each behind `indent` blanks
/// and ending with a newline. Empty text: no line.
[[nodiscard]] std::string wrapText(std::string_view text,
                                   std::size_t width,
                                   std::size_t indent = 0);

/// The text with blanks added on its right (or left) up to `width` columns.
[[nodiscard]] std::string padRight(std::string_view text, std::size_t width);
[[nodiscard]] std::string padLeft(std::string_view text, std::size_t width);

}  // namespace retort
