#include "trainers/tokenizers/pre_tokenizers.h"

#include "trainers/train_error.h"

#include <gtest/gtest.h>

// The behaviours are those of the tests in Hugging Face's tokenizers (normalizer.rs).
namespace retort::train {

namespace {

using Parts = std::vector<std::string>;

Parts splitAtDashes(const std::string& text, SplitBehavior behavior, bool invert = false) {
  Parts parts;
  for (const auto part : splitText(text, Pattern::literal("-").find(text), behavior, invert)) {
    parts.emplace_back(part);
  }
  return parts;
}

Parts piecesOf(const Json& json, const std::string& text) {
  Parts parts;
  for (const Piece& piece :
       makePreTokenizer({json, "pre_tokenizer"})({{.text = text, .starts_text = true}})) {
    parts.push_back(piece.text);
  }
  return parts;
}

std::string refusalOf(const Json& json) {
  try {
    static_cast<void>(makePreTokenizer({json, "pre_tokenizer"}));
  } catch (const TrainError& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST(SplitText, MatchesGoWhereTheBehaviorSays) {
  const std::string text = "the-final--countdown";

  EXPECT_EQ(splitAtDashes(text, SplitBehavior::kRemoved), (Parts{"the", "final", "countdown"}));
  EXPECT_EQ(splitAtDashes(text, SplitBehavior::kIsolated),
            (Parts{"the", "-", "final", "-", "-", "countdown"}));
  EXPECT_EQ(splitAtDashes(text, SplitBehavior::kMergedWithPrevious),
            (Parts{"the-", "final-", "-", "countdown"}));
  EXPECT_EQ(splitAtDashes(text, SplitBehavior::kMergedWithNext),
            (Parts{"the", "-final", "-", "-countdown"}));
  EXPECT_EQ(splitAtDashes(text, SplitBehavior::kContiguous),
            (Parts{"the", "-", "final", "--", "countdown"}));
}

TEST(SplitText, InvertedMatchesAreWhatLiesBetween) {
  EXPECT_EQ(splitAtDashes("a-b", SplitBehavior::kRemoved, true), Parts{"-"});
  EXPECT_EQ(splitAtDashes("-a-", SplitBehavior::kMergedWithPrevious, true), (Parts{"-a", "-"}));
}

TEST(SplitText, TheEndsMayMatch) {
  EXPECT_EQ(splitAtDashes("-a-", SplitBehavior::kMergedWithPrevious), (Parts{"-", "a-"}));
  EXPECT_EQ(splitAtDashes("-a-", SplitBehavior::kMergedWithNext), (Parts{"-a", "-"}));
  EXPECT_EQ(splitAtDashes("-", SplitBehavior::kRemoved), Parts{});
  EXPECT_EQ(splitAtDashes("", SplitBehavior::kIsolated), Parts{});
}

TEST(PreTokenizers, ByteLevelSplitsWordsWithTheirSpace) {
  const Json json = {{"type", "ByteLevel"}, {"add_prefix_space", false}};

  EXPECT_EQ(piecesOf(json, "I'm here  now1\n"),
            (Parts{"I", "'m", "\u0120here", "\u0120", "\u0120now", "1", "\u010A"}));
  EXPECT_EQ(piecesOf({{"type", "ByteLevel"}}, "a"), Parts{"\u0120a"});
  EXPECT_EQ(piecesOf({{"type", "ByteLevel"}, {"use_regex", false}}, "a b"),
            Parts{"\u0120a\u0120b"});
}

TEST(PreTokenizers, MetaspaceMarksTheBeginningOfWords) {
  const auto metaspace = [](const char* scheme, bool split) {
    return Json{
        {"type", "Metaspace"}, {"replacement", "_"}, {"prepend_scheme", scheme}, {"split", split}};
  };

  EXPECT_EQ(piecesOf(metaspace("always", true), "a  b"), (Parts{"_a", "_", "_b"}));
  EXPECT_EQ(piecesOf(metaspace("never", true), "a b"), (Parts{"a", "_b"}));
  EXPECT_EQ(piecesOf(metaspace("first", false), " a b"), Parts{"_a_b"});
}

TEST(PreTokenizers, MetaspaceFirstMarksTheBeginningOfTheTextOnly) {
  const Json json = {{"type", "Metaspace"}, {"replacement", "_"}, {"prepend_scheme", "first"}};

  const auto pieces = makePreTokenizer({json, "pre_tokenizer"})(
      {{.text = "a b", .starts_text = true}, {.text = "c", .starts_text = false}});

  EXPECT_EQ(pieces,
            (std::vector<Piece>{{.text = "_a", .starts_text = true},
                                {.text = "_b", .starts_text = false},
                                {.text = "c", .starts_text = false}}));
}

TEST(PreTokenizers, DigitsPunctuationAndWhiteSpaceAreSplitOff) {
  EXPECT_EQ(piecesOf({{"type", "Digits"}}, "ab12\u0663c"), (Parts{"ab", "12\u0663", "c"}));
  EXPECT_EQ(piecesOf({{"type", "Digits"}, {"individual_digits", true}}, "a12"),
            (Parts{"a", "1", "2"}));
  EXPECT_EQ(piecesOf({{"type", "Punctuation"}}, "a_b!\u201C$"),
            (Parts{"a", "_", "b", "!", "\u201C", "$"}));
  EXPECT_EQ(piecesOf({{"type", "Punctuation"}, {"behavior", "Removed"}}, "a!b"), (Parts{"a", "b"}));
  EXPECT_EQ(piecesOf({{"type", "WhitespaceSplit"}}, " a!\u3000b\n"), (Parts{"a!", "b"}));
  EXPECT_EQ(piecesOf({{"type", "Whitespace"}}, " a!?\u3000b\n"), (Parts{"a", "!?", "b"}));
}

TEST(PreTokenizers, SequencesGoOnFromPieceToPiece) {
  const Json json = {
      {"type", "Sequence"},
      {"pretokenizers",
       Json::array(
           {{{"type", "Split"}, {"pattern", {{"String", ","}}}, {"behavior", "Removed"}},
            {{"type", "Split"}, {"pattern", {{"Regex", "b+"}}}, {"behavior", "Isolated"}}})}};

  EXPECT_EQ(piecesOf(json, "abba,b"), (Parts{"a", "bb", "a", "b"}));
}

TEST(PreTokenizers, UnknownBehaviorsAreRefused) {
  EXPECT_EQ(refusalOf({{"type", "Split"}, {"pattern", {{"String", ","}}}, {"behavior", "Odd"}}),
            "pre_tokenizer: behavior Odd is not known");
  EXPECT_EQ(refusalOf({{"type", "Split"}, {"behavior", "Removed"}}),
            "pre_tokenizer: there is no \"pattern\"");
  EXPECT_EQ(
      refusalOf({{"type", "Metaspace"}, {"replacement", "_"}, {"prepend_scheme", "sometimes"}}),
      "pre_tokenizer: prepend_scheme sometimes is not known");
}

}  // namespace retort::train
