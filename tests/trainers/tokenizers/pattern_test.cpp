#include "trainers/tokenizers/pattern.h"

#include "trainers/train_error.h"

#include <gtest/gtest.h>

namespace retort::train {

namespace {

using Matches = std::vector<Match>;

}  // namespace

TEST(Pattern, TextsAreFoundWithoutOverlap) {
  const Pattern pattern = Pattern::literal("aa");

  EXPECT_EQ(pattern.find("aaaaa"), (Matches{{0, 2}, {2, 4}}));
  EXPECT_EQ(pattern.find(""), Matches{});
  EXPECT_EQ(Pattern::literal("").find("aa"), Matches{});
}

TEST(Pattern, PlacesAreBytesOfTheText) {
  const Pattern pattern = Pattern::regex(R"(\p{L}+|\x{1F600})", "place");

  EXPECT_EQ(pattern.find("\u00E9\u4E2D \U0001F600a"), (Matches{{0, 5}, {6, 10}, {10, 11}}));
}

TEST(Pattern, EmptyMatchesAreNone) {
  EXPECT_EQ(Pattern::regex("b*", "place").find("abba"), (Matches{{1, 3}}));
}

TEST(Pattern, WhiteSpaceIsUnicodes) {
  EXPECT_EQ(Pattern::regex(R"(\s)", "place").find("\u000B\u0085\u2028x\u001C"),
            (Matches{{0, 1}, {1, 3}, {3, 6}}));
}

TEST(Pattern, LongRunsNeedNoStack) {
  const std::string text(1'000'000, ' ');

  EXPECT_EQ(Pattern::regex(R"(\s+(?!\S)|\s+)", "place").find(text + "a"),
            (Matches{{0, 999'999}, {999'999, 1'000'000}}));
}

TEST(Pattern, WhatIsNoExpressionIsRefused) {
  try {
    static_cast<void>(Pattern::regex("a(", "file: pre_tokenizer"));
    FAIL();
  } catch (const TrainError& error) {
    EXPECT_EQ(std::string(error.what()),
              "file: pre_tokenizer: the regular expression \"a(\" is not understood "
              "(U_REGEX_MISMATCHED_PAREN)");
  }
}

}  // namespace retort::train
