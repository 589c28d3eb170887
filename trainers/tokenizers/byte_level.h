#pragma once

#include <string>
#include <string_view>

/// GPT-2's writing of bytes as visible characters: printable ones of Latin-1 stand for themselves,
/// the other 68 for U+0100 … U+0143 in their order.
namespace retort::train {

/// One character for each byte.
[[nodiscard]] std::string bytesToCharacters(std::string_view bytes);

/// The bytes again. A text with a character that stands for no byte stays as it is.
[[nodiscard]] std::string charactersToBytes(std::string_view text);

}  // namespace retort::train
