#include "trainers/tokenizers/normalizers.h"

#include "trainers/train_error.h"

#include <gtest/gtest.h>

namespace retort::train {

namespace {

std::string normalizedBy(const Json& json, const std::string& text) {
  return makeNormalizer({json, "normalizer"})(text);
}

}  // namespace

TEST(Normalizers, FormsAreUnicodes) {
  const std::string text = "\uFB01 e\u0301 \u00C5";

  EXPECT_EQ(normalizedBy({{"type", "NFC"}}, text), "\uFB01 \u00E9 \u00C5");
  EXPECT_EQ(normalizedBy({{"type", "NFD"}}, text), "\uFB01 e\u0301 A\u030A");
  EXPECT_EQ(normalizedBy({{"type", "NFKC"}}, text), "fi \u00E9 \u00C5");
  EXPECT_EQ(normalizedBy({{"type", "NFKD"}}, text), "fi e\u0301 A\u030A");
}

TEST(Normalizers, LowercaseKnowsNoNeighbours) {
  EXPECT_EQ(normalizedBy({{"type", "Lowercase"}}, "\u00C9 \u0130 \u039F\u03A3"),
            "\u00E9 i\u0307 \u03BF\u03C3");
}

TEST(Normalizers, StripTakesWhiteSpaceOfBothEnds) {
  EXPECT_EQ(normalizedBy({{"type", "Strip"}}, " \u3000a b\n"), "a b");
  EXPECT_EQ(normalizedBy({{"type", "Strip"}, {"strip_left", false}}, " a "), " a");
  EXPECT_EQ(normalizedBy({{"type", "Strip"}, {"strip_right", false}}, " a "), "a ");
  EXPECT_EQ(normalizedBy({{"type", "Strip"}}, " \n"), "");
}

TEST(Normalizers, NothingIsPutBeforeNothing) {
  const Json json = {{"type", "Prepend"}, {"prepend", "_"}};

  EXPECT_EQ(normalizedBy(json, "a"), "_a");
  EXPECT_EQ(normalizedBy(json, ""), "");
}

TEST(Normalizers, ReplaceTakesTextsAndExpressions) {
  const auto replace = [](const Json& pattern, const char* content) {
    return Json{{"type", "Replace"}, {"pattern", pattern}, {"content", content}};
  };

  EXPECT_EQ(normalizedBy(replace({{"String", "aa"}}, "b"), "aaaxa"), "baxa");
  EXPECT_EQ(normalizedBy(replace({{"Regex", R"(\s+)"}}, " "), "a \u3000\n b "), "a b ");
  EXPECT_EQ(normalizedBy(replace({{"String", ""}}, "b"), "ab"), "ab");
}

TEST(Normalizers, SequencesAreCarriedOutInOrder) {
  const Json json = {
      {"type", "Sequence"},
      {"normalizers",
       Json::array({{{"type", "Prepend"}, {"prepend", "A"}}, {{"type", "Lowercase"}}})}};

  EXPECT_EQ(normalizedBy(json, "B"), "ab");
}

TEST(Normalizers, APatternHasOneOfTwoForms) {
  try {
    static_cast<void>(normalizedBy({{"type", "Replace"}, {"pattern", "x"}, {"content", "y"}}, "x"));
    FAIL();
  } catch (const TrainError& error) {
    EXPECT_EQ(std::string(error.what()),
              "normalizer.pattern: expected a pattern: {\"String\": …} or {\"Regex\": …}");
  }
}

}  // namespace retort::train
