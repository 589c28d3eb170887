#include "trainers/tokenizers/basic_tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::train {

namespace {

using ::testing::ElementsAre;

std::vector<std::string> split(std::string_view text, const BasicTokenizerOptions& options = {}) {
  std::vector<std::string> words;
  for (const std::u32string& word : splitWords(decodeUtf8(text), options, {U"[SEP]"})) {
    words.push_back(encodeUtf8(word));
  }
  return words;
}

}  // namespace

TEST(BasicTokenizer, RoundTripsEveryLengthOfUtf8) {
  const std::string text = "a\u00e9\u4e2d\U0001F600";

  EXPECT_EQ(decodeUtf8(text), U"a\u00e9\u4e2d\U0001F600");
  EXPECT_EQ(encodeUtf8(decodeUtf8(text)), text);
}

TEST(BasicTokenizer, ReplacesMalformedBytesOneByOne) {
  EXPECT_EQ(decodeUtf8("\xFFz\xE4\xB8"), U"\uFFFDz\uFFFD\uFFFD");
  EXPECT_EQ(encodeUtf8(std::u32string{0xD800, 0x110000}), "\uFFFD\uFFFD");
}

// The cases of Hugging Face's own tests (tests/models/bert/test_tokenization_bert.py).
TEST(BasicTokenizer, SplitsAsTheReferenceTestsDo) {
  EXPECT_THAT(split("ah\u535A\u63A8zz"), ElementsAre("ah", "\u535A", "\u63A8", "zz"));
  EXPECT_THAT(split(" \tHeLLo!how  \n Are yoU?  "),
              ElementsAre("hello", "!", "how", "are", "you", "?"));
  EXPECT_THAT(split("H\u00E9llo"), ElementsAre("hello"));
  EXPECT_THAT(
      split(" \tH\u00E4LLo!how  \n Are yoU?  ", {.do_lower_case = true, .strip_accents = false}),
      ElementsAre("h\u00E4llo", "!", "how", "are", "you", "?"));
  EXPECT_THAT(
      split(" \tHeLLo!how  \n Are yoU?  ", {.do_lower_case = false, .strip_accents = false}),
      ElementsAre("HeLLo", "!", "how", "Are", "yoU", "?"));
  EXPECT_THAT(
      split(" \tH\u00E4LLo!how  \n Are yoU?  ", {.do_lower_case = false, .strip_accents = true}),
      ElementsAre("HaLLo", "!", "how", "Are", "yoU", "?"));
}

TEST(BasicTokenizer, ComposesWhenAccentsStay) {
  const BasicTokenizerOptions cased = {.do_lower_case = false, .strip_accents = false};

  EXPECT_THAT(split("e\u0301 \u1112\u1161\u11AB a\u0302\u0323", cased),
              ElementsAre("\u00E9", "\uD55C", "\u1EAD"));
}

TEST(BasicTokenizer, LeavesProtectedWords) {
  EXPECT_THAT(split("[SEP] a.[SEP]"), ElementsAre("[SEP]", "a", ".", "[", "sep", "]"));
}

TEST(BasicTokenizer, KeepsChineseTogetherWhenAsked) {
  EXPECT_THAT(split("ah\u535A\u63A8zz", {.tokenize_chinese_chars = false}),
              ElementsAre("ah\u535A\u63A8zz"));
}

TEST(BasicTokenizer, LowersWithoutRegardToNeighbours) {
  EXPECT_EQ(lowerCase(U"A\u0130\u03A3z\u1E9E"), U"ai\u0307\u03C3z\u00DF");
}

}  // namespace retort::train
