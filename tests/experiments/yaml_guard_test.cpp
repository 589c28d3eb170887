#include "experiments/yaml_guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::experiments {
namespace {

using ::testing::HasSubstr;

std::string normalized(const std::string& bytes) {
  const auto text = normalizeText(bytes, "f.yaml");
  return text ? *text : "refused: " + text.error().message;
}

std::string repeated(const std::string& part, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) {
    text += part;
  }
  return text;
}

bool isDeep(const std::string& text) {
  Place place;
  return isTooDeep(text, place);
}

TEST(NormalizeText, KeepsOrdinaryText) {
  EXPECT_EQ(normalized(""), "");
  EXPECT_EQ(normalized("a: é\n\tb\n"), "a: é\n\tb\n");
}

TEST(NormalizeText, UnifiesLineEnds) {
  EXPECT_EQ(normalized("a\r\nb\r\n"), "a\nb\n");
  EXPECT_EQ(normalized("a\rb\r"), "a\nb\n");
  EXPECT_EQ(normalized("a\r\r\nb\n\r"), "a\n\nb\n\n");
}

TEST(NormalizeText, DropsTheByteOrderMarkAtTheBeginningOnly) {
  EXPECT_EQ(normalized("\xEF\xBB\xBF"
                       "a"),
            "a");
  EXPECT_EQ(normalized("a\xEF\xBB\xBF"), "a\xEF\xBB\xBF");
}

TEST(NormalizeText, NamesTheFileAndTheByte) {
  const auto text = normalizeText("ab\xC3\n", "d/f.yaml");
  ASSERT_FALSE(text);
  EXPECT_EQ(formatDiagnostics({text.error()}), "d/f.yaml: not UTF-8 at byte 3 (line 1)\n");
}

TEST(NormalizeText, RefusesControlCharacters) {
  for (const char c : {'\x01', '\x07', '\x08', '\x0B', '\x0C', '\x1B', '\x7F'}) {
    EXPECT_EQ(normalized(std::string("a\nb") + c),
              "refused: a control character at byte 4 (line 2)");
  }
  EXPECT_EQ(normalized(std::string(1, '\0')), "refused: a NUL at byte 1 (line 1)");
}

TEST(NormalizeText, LimitsTheSize) {
  EXPECT_EQ(normalized(std::string(kLargestYamlBytes, 'x')).size(), kLargestYamlBytes);
  EXPECT_THAT(normalized(std::string(kLargestYamlBytes + 1, 'x')),
              HasSubstr("at most 1000000 are read"));
}

TEST(IsTooDeep, CountsBrackets) {
  EXPECT_FALSE(isDeep(repeated("[", 63) + repeated("]", 63)));
  EXPECT_TRUE(isDeep(repeated("[", 64)));
  EXPECT_TRUE(isDeep(repeated("{a: ", 64)));
  EXPECT_TRUE(isDeep(repeated("[{a: ", 33)));
  EXPECT_TRUE(isDeep("a:\n" + repeated("[\n", 70)));
  EXPECT_TRUE(isDeep(repeated("\"q\": [", 70)));
  EXPECT_FALSE(isDeep(repeated("[1], ", 500)));
  EXPECT_FALSE(isDeep(repeated("a: [1, {b: 2}]\n", 500)));
}

TEST(IsTooDeep, CountsIndentation) {
  const auto ladder = [](int levels) {
    std::string text;
    for (int i = 0; i < levels; ++i) {
      text += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
    }
    return text;
  };
  EXPECT_FALSE(isDeep(ladder(64)));
  EXPECT_TRUE(isDeep(ladder(65)));
  EXPECT_FALSE(isDeep(repeated(ladder(20), 20)));
}

TEST(IsTooDeep, CountsDashesOfCompactLists) {
  EXPECT_FALSE(isDeep(repeated("- ", 60) + "x"));
  EXPECT_TRUE(isDeep(repeated("- ", 65) + "x"));
  EXPECT_FALSE(isDeep(repeated("- x\n", 1000)));
}

TEST(IsTooDeep, PassesOverTextAndComments) {
  EXPECT_FALSE(isDeep("a: '" + repeated("[", 100) + "'\n"));
  EXPECT_FALSE(isDeep("a: \"\\\"" + repeated("[", 100) + "\"\n"));
  EXPECT_FALSE(isDeep("# " + repeated("[", 100) + "\n"));
  EXPECT_FALSE(isDeep("a: 1 # " + repeated("[", 100) + "\n"));
  EXPECT_FALSE(isDeep("a: x" + repeated("[", 100) + "\n"));
  EXPECT_TRUE(isDeep("a: x#y\nb: " + repeated("[", 100) + "\n"));
}

TEST(IsTooDeep, SaysWhere) {
  Place place;
  ASSERT_TRUE(isTooDeep("a: 1\nb: " + repeated("[", 100), place));
  EXPECT_EQ(place.line, 2);
  EXPECT_EQ(place.column, 67) << "the 64th bracket, below the map itself";
}

}  // namespace
}  // namespace retort::experiments
