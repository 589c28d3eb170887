#pragma once

#include <string>
#include <string_view>

/// What tokenizers need to know of Unicode, by ICU.
namespace retort::train {

enum class NormalForm { kNfc, kNfd, kNfkc, kNfkd };

/// A Unicode normal form. Time is proportional to the text, also for a text of nothing but marks.
[[nodiscard]] std::u32string normalized(std::u32string_view text, NormalForm form);

/// The same for UTF-8 (well-formed).
[[nodiscard]] std::string normalizedUtf8(std::string_view text, NormalForm form);

/// The text itself when it is UTF-8; else with U+FFFD for each maximal part of a broken sequence,
/// as Python's bytes.decode(errors="replace") and the W3C's rule have it.
[[nodiscard]] std::string wellFormed(std::string_view text);

/// Every `from` (not empty) as `to`, from the left and without looking at what was put in.
[[nodiscard]] std::string replaceAll(std::string_view text,
                                     std::string_view from,
                                     std::string_view to);

/// Unicode's White_Space property: what Rust and regular expressions take for white space.
[[nodiscard]] bool isWhiteSpace(char32_t code);

/// Numbers of any script (categories Nd, Nl, No).
[[nodiscard]] bool isNumeric(char32_t code);

/// A part of a word, as \w of regular expressions: letters, marks, decimal digits, connectors.
[[nodiscard]] bool isWordCharacter(char32_t code);

/// Bytes of white space that the text begins and ends with.
[[nodiscard]] std::size_t leadingWhiteSpace(std::string_view text);
[[nodiscard]] std::size_t trailingWhiteSpace(std::string_view text);

/// The first and the last code point of a well-formed text that is not empty.
[[nodiscard]] char32_t firstCharacter(std::string_view text);
[[nodiscard]] char32_t lastCharacter(std::string_view text);

}  // namespace retort::train
