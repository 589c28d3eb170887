#include "trainers/tokenizers/byte_level.h"

#include "trainers/tokenizers/basic_tokenizer.h"

#include <array>
#include <unordered_map>

namespace retort::train {

namespace {

bool standsForItself(unsigned byte) {
  return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

const std::array<std::string, 256>& characterOfByte() {
  static const auto kCharacters = [] {
    std::array<std::string, 256> characters;
    char32_t next = 0x100;
    for (unsigned byte = 0; byte < 256; ++byte) {
      characters[byte] = encodeUtf8(std::u32string(1, standsForItself(byte) ? byte : next++));
    }
    return characters;
  }();
  return kCharacters;
}

const std::unordered_map<char32_t, char>& byteOfCharacter() {
  static const auto kBytes = [] {
    std::unordered_map<char32_t, char> bytes;
    for (unsigned byte = 0; byte < 256; ++byte) {
      bytes[decodeUtf8(characterOfByte()[byte]).front()] = static_cast<char>(byte);
    }
    return bytes;
  }();
  return kBytes;
}

}  // namespace

std::string bytesToCharacters(std::string_view bytes) {
  std::string text;
  text.reserve(2 * bytes.size());
  for (const char byte : bytes) {
    text += characterOfByte()[static_cast<unsigned char>(byte)];
  }
  return text;
}

std::string charactersToBytes(std::string_view text) {
  std::string bytes;
  for (const char32_t code : decodeUtf8(text)) {
    const auto found = byteOfCharacter().find(code);
    if (found == byteOfCharacter().end()) {
      return std::string(text);
    }
    bytes += found->second;
  }
  return bytes;
}

}  // namespace retort::train
