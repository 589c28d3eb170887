#include "trainers/tokenizers/added_tokens.h"

#include <gtest/gtest.h>

namespace retort::train {

namespace {

/// "text" for the others, "#id:text" for an added token.
std::vector<std::string> partsOf(const std::vector<AddedToken>& tokens, std::string_view text) {
  const AddedTokenFinder finder(tokens);
  std::vector<std::string> parts;
  for (const TextPart& part : finder.split(text)) {
    parts.push_back((part.token != nullptr ? "#" + std::to_string(part.token->id) + ":" : "") +
                    std::string(part.text));
  }
  return parts;
}

using Parts = std::vector<std::string>;

}  // namespace

TEST(AddedTokens, NothingIsFoundInNothing) {
  EXPECT_EQ(partsOf({{.content = "<s>", .id = 1}}, ""), Parts{});
  EXPECT_EQ(partsOf({}, "a text"), Parts{"a text"});
}

TEST(AddedTokens, TheLeftmostIsTakenAndOfThoseTheLongest) {
  const std::vector<AddedToken> tokens = {{.content = "ab", .id = 1},
                                          {.content = "abc", .id = 2},
                                          {.content = "bcd", .id = 3},
                                          {.content = "", .id = 4}};

  EXPECT_EQ(partsOf(tokens, "xabcdx"), (Parts{"x", "#2:abc", "dx"}));
  EXPECT_EQ(partsOf(tokens, "abab"), (Parts{"#1:ab", "#1:ab"}));
  EXPECT_EQ(partsOf(tokens, "bcdab"), (Parts{"#3:bcd", "#1:ab"}));
}

TEST(AddedTokens, StrippingTakesTheWhiteSpaceBeside) {
  EXPECT_EQ(partsOf({{.content = "<m>", .id = 1, .lstrip = true}}, "a \u3000<m> b"),
            (Parts{"a", "#1: \u3000<m>", " b"}));
  EXPECT_EQ(partsOf({{.content = "<m>", .id = 1, .rstrip = true}}, "a <m> \n b"),
            (Parts{"a ", "#1:<m> \n ", "b"}));
  EXPECT_EQ(partsOf({{.content = "<m>", .id = 1, .lstrip = true, .rstrip = true}}, " <m> <m> "),
            (Parts{"#1: <m> ", "#1:<m> "}));
}

TEST(AddedTokens, SingleWordsStandAlone) {
  const std::vector<AddedToken> tokens = {{.content = "word", .id = 1, .single_word = true}};

  EXPECT_EQ(partsOf(tokens, "word, wordy word_ \u00E9word (word)"),
            (Parts{"#1:word", ", wordy word_ \u00E9word (", "#1:word", ")"}));
}

}  // namespace retort::train
