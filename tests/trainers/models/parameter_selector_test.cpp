#include "trainers/models/parameter_selector.h"

#include "trainers/train_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::train {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

bool matches(const std::string& pattern, const std::string& name) {
  return matchesNamePattern("test", pattern, name);
}

constexpr const char* kQuery3 = "bert.encoder.layer.3.attention.self.query.weight";
constexpr const char* kQuery12 = "bert.encoder.layer.12.attention.self.query.weight";
constexpr const char* kWords = "bert.embeddings.word_embeddings.weight";

TEST(NamePattern, StandsForWholeNames) {
  EXPECT_TRUE(matches(kQuery3, kQuery3));
  EXPECT_TRUE(matches("encoder.layer.3.attention.self.query.weight", kQuery3));
  EXPECT_FALSE(matches("layer.3.attention.self.query.weight", kQuery3));
}

TEST(NamePattern, StandsForAllThatBeginsWithIt) {
  EXPECT_TRUE(matches("encoder.layer.1", "bert.encoder.layer.1.output.dense.weight"));
  EXPECT_FALSE(matches("encoder.layer.1", kQuery12));
  EXPECT_TRUE(matches("embeddings.word", kWords));
  EXPECT_FALSE(matches("embeddings.wor", kWords));
}

TEST(NamePattern, HasStarsAndQuestionMarks) {
  EXPECT_TRUE(matches("*.query.weight", kQuery3));
  EXPECT_TRUE(matches("encoder.layer.?.attention.*", kQuery3));
  EXPECT_FALSE(matches("encoder.layer.?.attention.*", kQuery12));
  EXPECT_TRUE(matches("*", "classifier.weight"));
  EXPECT_FALSE(matches("*.key.*", kQuery3));
}

TEST(NamePattern, HasRangesOfNumbers) {
  EXPECT_TRUE(matches("encoder.layer.[0-3].attention.*", kQuery3));
  EXPECT_FALSE(matches("encoder.layer.[0-2].attention.*", kQuery3));
  EXPECT_TRUE(matches("encoder.layer.[4-12]", kQuery12));
  EXPECT_FALSE(matches("encoder.layer.[0-3]", kQuery12));
  EXPECT_TRUE(matches("encoder.layer.[12]", kQuery12));
}

TEST(NamePattern, RefusesMalformedRanges) {
  for (const char* pattern : {"layer.[", "layer.[0-", "layer.[a-b].x", "layer.[3-1]", "layer.[]"}) {
    EXPECT_THAT([pattern] { static_cast<void>(parseParameterSelector("quant.map", pattern)); },
                ThrowsMessage<TrainError>(HasSubstr("quant.map: '")))
        << pattern;
  }
}

TEST(ParameterSelector, KnowsPartsAndLayers) {
  EXPECT_TRUE(parseParameterSelector("test", "q")(kQuery3));
  EXPECT_FALSE(parseParameterSelector("test", "k")(kQuery3));
  EXPECT_TRUE(parseParameterSelector("test", "layer:2-3/q")(kQuery3));
  EXPECT_FALSE(parseParameterSelector("test", "layer:2-3/q")(kQuery12));
  EXPECT_TRUE(parseParameterSelector("test", "embeddings")(kWords));
}

TEST(ParameterSelector, NamesTheSettingThatIsWrong) {
  EXPECT_THAT([] { static_cast<void>(parseParameterSelector("quant.map", "embedings")); },
              ThrowsMessage<TrainError>(
                  HasSubstr("quant.map: unknown selector 'embedings'; did you mean 'embeddings'")));
}

}  // namespace
}  // namespace retort::train
