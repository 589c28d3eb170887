#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Lines of a text with '\n' or "\r\n" behind each.
namespace retort::experiments {

[[nodiscard]] std::size_t lineStart(std::string_view text, std::size_t position);

/// Before the '\n' or "\r\n" of the line; the text's end in the last one.
[[nodiscard]] std::size_t lineEnd(std::string_view text, std::size_t position);

/// Where the next line begins; the text's end behind the last one.
[[nodiscard]] std::size_t nextLine(std::string_view text, std::size_t position);

/// The blanks or other bytes between the line's start and `position`.
[[nodiscard]] std::size_t columnAt(std::string_view text, std::size_t position);

/// True when only blanks stand before `position` in its line.
[[nodiscard]] bool isFirstInLine(std::string_view text, std::size_t position);

/// `lines` with the line ends that `text` has.
[[nodiscard]] std::string withLineEndsOf(std::string_view text, std::string_view lines);

}  // namespace retort::experiments
