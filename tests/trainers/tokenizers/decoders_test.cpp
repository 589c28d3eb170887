#include "trainers/tokenizers/decoders.h"

#include "trainers/train_error.h"

#include <gtest/gtest.h>

// The values are those of the tests in Hugging Face's tokenizers (decoders/*.rs).
namespace retort::train {

namespace {

using Tokens = std::vector<std::string>;

Tokens decoded(const Json& json, const Tokens& tokens) {
  return makeDecoder({json, "decoder"})(tokens);
}

}  // namespace

TEST(Decoders, ByteFallbackJoinsBytes) {
  const Json json = {{"type", "ByteFallback"}};

  EXPECT_EQ(decoded(json, {"Hey", "friend!"}), (Tokens{"Hey", "friend!"}));
  EXPECT_EQ(decoded(json, {"<0x61>"}), Tokens{"a"});
  EXPECT_EQ(decoded(json, {"<0xE5>"}), Tokens{"\uFFFD"});
  EXPECT_EQ(decoded(json, {"<0xE5>", "<0x8f>"}), (Tokens{"\uFFFD", "\uFFFD"}));
  EXPECT_EQ(decoded(json, {"<0xE5>", "<0x8f>", "<0xab>"}), Tokens{"\u53EB"});
  EXPECT_EQ(decoded(json, {"<0xE5>", "<0x8f>", "a"}), (Tokens{"\uFFFD", "\uFFFD", "a"}));
  EXPECT_EQ(decoded(json, {"<0xZZ>", "<0x6>"}), (Tokens{"<0xZZ>", "<0x6>"}));
}

TEST(Decoders, ByteLevelGivesBytes) {
  const Json json = {{"type", "ByteLevel"}};

  EXPECT_EQ(decoded(json, {"Hello", "\u0120w", "\u00C3", "\u00A9"}), Tokens{"Hello w\u00E9"});
  EXPECT_EQ(decoded(json, {"\u00C3"}), Tokens{"\uFFFD"});
  EXPECT_EQ(decoded(json, {"a b", "\u0120"}), Tokens{"a b "});  // a space stands for no byte
}

TEST(Decoders, MetaspaceGivesSpaces) {
  Json json = {{"type", "Metaspace"}, {"replacement", "_"}, {"prepend_scheme", "always"}};

  EXPECT_EQ(decoded(json, {"_Hey", "_friend"}), (Tokens{"Hey", " friend"}));
  json["prepend_scheme"] = "never";
  EXPECT_EQ(decoded(json, {"_Hey", "_friend"}), (Tokens{" Hey", " friend"}));
}

TEST(Decoders, StripTakesAtMostSoMany) {
  EXPECT_EQ(decoded({{"type", "Strip"}, {"content", "H"}, {"start", 1}, {"stop", 0}},
                    {"Hey", " friend!", "HHH"}),
            (Tokens{"ey", " friend!", "HH"}));
  EXPECT_EQ(decoded({{"type", "Strip"}, {"content", "y"}, {"start", 0}, {"stop", 1}},
                    {"Hey", " friend!"}),
            (Tokens{"He", " friend!"}));
}

TEST(Decoders, SequencesReplaceAndFuse) {
  const Json json = {
      {"type", "Sequence"},
      {"decoders",
       Json::array({{{"type", "Replace"}, {"pattern", {{"String", "_"}}}, {"content", " "}},
                    {{"type", "Fuse"}},
                    {{"type", "Strip"}, {"content", " "}, {"start", 1}}})}};

  EXPECT_EQ(decoded(json, {"_a", "_", "b"}), Tokens{"a b"});
}

TEST(Decoders, AStripOfNothingIsRefused) {
  EXPECT_THROW(static_cast<void>(makeDecoder({{{"type", "Strip"}, {"content", ""}}, "decoder"})),
               TrainError);
}

}  // namespace retort::train
