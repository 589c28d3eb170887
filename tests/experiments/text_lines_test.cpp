#include "experiments/text_lines.h"

#include <gtest/gtest.h>

#include <string>

namespace retort::experiments {
namespace {

TEST(TextLines, FindTheirEnds) {
  const std::string text = "ab\ncd\n\nef";
  EXPECT_EQ(lineStart(text, 0), 0U);
  EXPECT_EQ(lineStart(text, 2), 0U);
  EXPECT_EQ(lineStart(text, 3), 3U);
  EXPECT_EQ(lineStart(text, 6), 6U);
  EXPECT_EQ(lineStart(text, 9), 7U);
  EXPECT_EQ(lineEnd(text, 0), 2U);
  EXPECT_EQ(lineEnd(text, 2), 2U);
  EXPECT_EQ(lineEnd(text, 6), 6U);
  EXPECT_EQ(lineEnd(text, 7), 9U);
  EXPECT_EQ(nextLine(text, 0), 3U);
  EXPECT_EQ(nextLine(text, 6), 7U);
  EXPECT_EQ(nextLine(text, 8), 9U);
  EXPECT_EQ(columnAt(text, 4), 1U);
}

TEST(TextLines, EndBeforeTheReturn) {
  const std::string text = "ab\r\ncd\r\n";
  EXPECT_EQ(lineEnd(text, 0), 2U);
  EXPECT_EQ(lineStart(text, 5), 4U);
  EXPECT_EQ(nextLine(text, 0), 4U);
  EXPECT_EQ(lineEnd(text, 4), 6U);
}

TEST(TextLines, OfAnEmptyText) {
  EXPECT_EQ(lineStart("", 0), 0U);
  EXPECT_EQ(lineEnd("", 0), 0U);
  EXPECT_EQ(nextLine("", 0), 0U);
  EXPECT_TRUE(isFirstInLine("", 0));
}

TEST(TextLines, KnowWhatStandsFirst) {
  const std::string text = "a: 1\n  b: 2\n- c\n";
  EXPECT_TRUE(isFirstInLine(text, 0));
  EXPECT_FALSE(isFirstInLine(text, 3));
  EXPECT_TRUE(isFirstInLine(text, 7));
  EXPECT_FALSE(isFirstInLine(text, 14));
}

TEST(TextLines, TakeTheLineEndsOfAText) {
  EXPECT_EQ(withLineEndsOf("a\n", "x\ny"), "x\ny");
  EXPECT_EQ(withLineEndsOf("a\r\nb\n", "x\ny\n"), "x\r\ny\r\n");
  EXPECT_EQ(withLineEndsOf("a", "x\ny"), "x\ny");
  EXPECT_EQ(withLineEndsOf("\n", "x\ny"), "x\ny");
}

}  // namespace
}  // namespace retort::experiments
