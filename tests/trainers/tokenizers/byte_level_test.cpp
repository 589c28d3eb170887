#include "trainers/tokenizers/byte_level.h"

#include <gtest/gtest.h>

namespace retort::train {

TEST(ByteLevel, PrintableBytesStandForThemselves) {
  EXPECT_EQ(bytesToCharacters("aZ~!"), "aZ~!");
  EXPECT_EQ(bytesToCharacters("\xA1\xFF"), "\u00A1\u00FF");
  EXPECT_EQ(bytesToCharacters(" \n"), "\u0120\u010A");
  EXPECT_EQ(bytesToCharacters(std::string("\0\x7F\xA0\xAD", 4)), "\u0100\u0121\u0142\u0143");
}

TEST(ByteLevel, EveryByteComesBack) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) {
    bytes += static_cast<char>(byte);
  }

  EXPECT_EQ(charactersToBytes(bytesToCharacters(bytes)), bytes);
}

TEST(ByteLevel, ATextWithOtherCharactersStays) {
  EXPECT_EQ(charactersToBytes("\u0120a\u4E2D"), "\u0120a\u4E2D");
  EXPECT_EQ(charactersToBytes("a b"), "a b");
}

}  // namespace retort::train
