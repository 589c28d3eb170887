#include "trainers/tokenizers/unicode_text.h"

#include <gtest/gtest.h>

// The expected values are those of Python's unicodedata and bytes.decode(errors="replace").
namespace retort::train {

TEST(ReplaceAll, TakesEveryPlaceFromTheLeft) {
  EXPECT_EQ(replaceAll("aXbXX", "X", "-"), "a-b--");
  EXPECT_EQ(replaceAll("aaa", "aa", "a"), "aa");
  EXPECT_EQ(replaceAll("", "X", "-"), "");
}

TEST(UnicodeText, NormalFormsAreUnicodes) {
  const std::string text = "\uFB01 e\u0301 \u00C5 \u1E9B\u0323 \uAC01 \u00B2";

  EXPECT_EQ(normalizedUtf8(text, NormalForm::kNfc),
            "\uFB01 \u00E9 \u00C5 \u1E9B\u0323 \uAC01 \u00B2");
  EXPECT_EQ(normalizedUtf8(text, NormalForm::kNfd),
            "\uFB01 e\u0301 A\u030A \u017F\u0323\u0307 \u1100\u1161\u11A8 \u00B2");
  EXPECT_EQ(normalizedUtf8(text, NormalForm::kNfkc), "fi \u00E9 \u00C5 \u1E69 \uAC01 2");
  EXPECT_EQ(normalizedUtf8(text, NormalForm::kNfkd),
            "fi e\u0301 A\u030A s\u0323\u0307 \u1100\u1161\u11A8 2");
  EXPECT_EQ(normalizedUtf8("\u00A0", NormalForm::kNfkc), " ");
  EXPECT_EQ(normalizedUtf8("plain", NormalForm::kNfkc), "plain");
}

TEST(UnicodeText, BrokenSequencesAreReplacedByTheirMaximalParts) {
  EXPECT_EQ(wellFormed("\u00E9\xFF!"), "\u00E9\uFFFD!");
  EXPECT_EQ(wellFormed("\xE4\xB8"), "\uFFFD");
  EXPECT_EQ(wellFormed("\xF0\x9F\x98z"), "\uFFFDz");
  EXPECT_EQ(wellFormed("\xC0\x80"), "\uFFFD\uFFFD");
  EXPECT_EQ(wellFormed("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(wellFormed(std::string_view("\0x", 2)), std::string("\0x", 2));
}

TEST(UnicodeText, WhiteSpaceAtTheEndsIsMeasuredInBytes) {
  EXPECT_EQ(leadingWhiteSpace(" \u3000\tx "), 5U);
  EXPECT_EQ(trailingWhiteSpace(" x\u00A0\u2003\n"), 6U);
  EXPECT_EQ(leadingWhiteSpace("\u200Bx"), 0U);
  EXPECT_EQ(trailingWhiteSpace(""), 0U);
  EXPECT_EQ(trailingWhiteSpace(" \n"), 2U);
}

TEST(UnicodeText, CharactersHaveTheirClasses) {
  EXPECT_TRUE(isWhiteSpace(0x85) && isWhiteSpace(0x0B) && isWhiteSpace(0x2028));
  EXPECT_FALSE(isWhiteSpace(0x200B) || isWhiteSpace(0x1C));
  EXPECT_TRUE(isNumeric(U'7') && isNumeric(0x661) && isNumeric(0x2167) && isNumeric(0xBD));
  EXPECT_FALSE(isNumeric(0x4E8C) || isNumeric(U'a'));
  EXPECT_TRUE(isWordCharacter(U'_') && isWordCharacter(0x301) && isWordCharacter(0x4E2D));
  EXPECT_FALSE(isWordCharacter(U'-') || isWordCharacter(U' ') || isWordCharacter(0xBD));
}

TEST(UnicodeText, TheEndsOfATextAreCodePoints) {
  EXPECT_EQ(firstCharacter("\U0001F600x"), U'\U0001F600');
  EXPECT_EQ(lastCharacter("x\u00E9"), U'\u00E9');
}

}  // namespace retort::train
