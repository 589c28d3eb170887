#include "core/tables/text_width.h"

#include <gtest/gtest.h>

namespace retort {
namespace {

TEST(TextWidth, CountsColumnsNotBytes) {
  EXPECT_EQ(displayWidth(""), 0U);
  EXPECT_EQ(displayWidth("map"), 3U);
  EXPECT_EQ(displayWidth("Δ ± é"), 5U);
}

TEST(TextWidth, CountsWideCharactersTwiceAndMarksNotAtAll) {
  EXPECT_EQ(displayWidth("注意"), 4U);
  EXPECT_EQ(displayWidth("e\xcc\x81"), 1U);  // e + combining acute
  EXPECT_EQ(displayWidth("🔥"), 2U);
  EXPECT_EQ(displayWidth("한글"), 4U);
}

TEST(TextWidth, CountsABadByteAsOneCharacter) {
  EXPECT_EQ(displayWidth("a\xff"), 2U);
  EXPECT_EQ(displayWidth("\xe6\xb3"), 2U);  // torn sequence
}

TEST(TextWidth, TakesCodePointsInOrder) {
  std::string_view text = "aé注🔥\xff";

  EXPECT_EQ(takeCodePoint(text), U'a');
  EXPECT_EQ(takeCodePoint(text), U'é');
  EXPECT_EQ(takeCodePoint(text), U'注');
  EXPECT_EQ(takeCodePoint(text), U'🔥');
  EXPECT_EQ(takeCodePoint(text), U'\xFFFD');
  EXPECT_TRUE(text.empty());
}

TEST(ElideText, KeepsWhatFits) {
  EXPECT_EQ(elideText("score", 5), "score");
  EXPECT_EQ(elideText("", 1), "");
}

TEST(ElideText, EndsWhatDoesNotFitWithAnEllipsis) {
  EXPECT_EQ(elideText("attention", 5), "atte…");
  EXPECT_EQ(elideText("attention", 1), "…");
}

TEST(ElideText, NeverSplitsOrOverfillsWithWideCharacters) {
  EXPECT_EQ(elideText("注意力", 6), "注意力");
  EXPECT_EQ(elideText("注意力", 5), "注意…");
  EXPECT_EQ(elideText("注意力", 4), "注…");  // one column stays free
}

TEST(ElideStart, KeepsTheEnd) {
  EXPECT_EQ(elideStart("loss=map seed=2", 15), "loss=map seed=2");
  EXPECT_EQ(elideStart("loss=map seed=2", 7), "…seed=2");
  EXPECT_EQ(elideStart("注意力", 4), "…力");
  EXPECT_EQ(elideStart("abc", 1), "…");
}

TEST(WrapText, BreaksBetweenWords) {
  EXPECT_EQ(wrapText("one two three", 7), "one two\nthree\n");
  EXPECT_EQ(wrapText("one two three", 9, 2), "  one two\n  three\n");
  EXPECT_EQ(wrapText("unbreakable word", 4), "unbreakable\nword\n");
  EXPECT_EQ(wrapText("", 4), "");
}

TEST(PadText, FillsUpToTheWidth) {
  EXPECT_EQ(padRight("±1", 4), "±1  ");
  EXPECT_EQ(padLeft("±1", 4), "  ±1");
  EXPECT_EQ(padLeft("12345", 3), "12345");
}

}  // namespace
}  // namespace retort
