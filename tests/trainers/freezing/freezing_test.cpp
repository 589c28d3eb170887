#include "trainers/freezing/freezing.h"

#include "trainers/models/bert_parameters.h"
#include "trainers/train_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::train {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

const std::vector<std::string>& parameterNames() {
  static const std::vector<std::string> kNames = [] {
    std::vector<std::string> names;
    for (const ParameterShape& parameter : bertParameterShapes({.num_hidden_layers = 6})) {
      names.push_back(parameter.name);
    }
    return names;
  }();
  return kNames;
}

std::set<std::string> frozenBy(const std::vector<std::string>& selectors) {
  return frozenParameters(selectors, parameterNames());
}

auto selecting(const std::string& selector) {
  return [selector] {
    static_cast<void>(frozenBy({selector}));
  };
}

TEST(Freezing, FreezesNothingByDefault) {
  EXPECT_TRUE(frozenBy({}).empty());
  EXPECT_TRUE(freezeSettings().read({}).selectors.empty());
}

TEST(Freezing, FreezesAProjectionInEveryLayer) {
  const auto frozen = frozenBy({"v"});

  EXPECT_EQ(frozen.size(), 12U);
  EXPECT_EQ(frozen.count("bert.encoder.layer.5.attention.self.value.weight"), 1U);
  EXPECT_EQ(frozen.count("bert.encoder.layer.5.attention.self.value.bias"), 1U);
  EXPECT_EQ(frozen.count("bert.encoder.layer.5.attention.self.query.weight"), 0U);
}

TEST(Freezing, FreezesTheMlpOfEncodersAndDecoders) {
  EXPECT_EQ(frozenBy({"mlp"}).size(), 24U);
  EXPECT_EQ(frozenParameters({"mlp"},
                             {"model.layers.0.mlp.up_proj.weight",
                              "model.layers.0.mlp.gate_proj.weight",
                              "model.layers.0.mlp.down_proj.weight",
                              "model.layers.0.self_attn.q_proj.weight"})
                .size(),
            3U);
}

TEST(Freezing, FreezesAllButWhatIsNamed) {
  const std::size_t all = parameterNames().size();

  EXPECT_EQ(frozenBy({"not:norms"}).size(), all - (2 + 6 * 4));
  EXPECT_EQ(frozenBy({"not:layer:0-5"}).count("classifier.weight"), 1U);
  EXPECT_EQ(frozenBy({"weights"}).size(), all);
}

TEST(Freezing, LeavesQuantizersToBeTrainedUnlessTheyAreNamed) {
  const std::string step = "quantizers.layer.0.query.lsq_4.step";
  const std::vector<std::string> names = {"classifier.weight", step};

  EXPECT_EQ(frozenParameters({"weights"}, names), std::set<std::string>{"classifier.weight"});
  EXPECT_EQ(frozenParameters({"not:norms"}, names), std::set<std::string>{"classifier.weight"});
  EXPECT_EQ(frozenParameters({"quantizers"}, names), std::set<std::string>{step});
}

TEST(Freezing, CountsTheLastLayersFromTheEnd) {
  EXPECT_EQ(frozenBy({"last:2"}), frozenBy({"layer:4-5"}));
  EXPECT_EQ(frozenBy({"last:6"}), frozenBy({"layer:0-5"}));
  EXPECT_EQ(frozenBy({"not:last:1"}), frozenBy({"not:layer:5"}));
  for (const char* selector : {"last:0", "last:7", "last:x", "last:"}) {
    EXPECT_THAT(selecting(selector), ThrowsMessage<TrainError>(HasSubstr("from 1 to 6")));
  }
}

TEST(Freezing, JoinsSelectors) {
  EXPECT_EQ(frozenBy({"o", "v"}).size(), 24U);
  EXPECT_EQ(frozenBy({"o", "o"}).size(), 12U);
}

TEST(Freezing, FreezesParts) {
  EXPECT_EQ(frozenBy({"embeddings"}).size(), 5U);
  EXPECT_EQ(frozenBy({"pooler"}).size(), 2U);
  EXPECT_EQ(frozenBy({"classifier"}).size(), 2U);
  EXPECT_EQ(frozenBy({"norms"}).size(), 2U + 6 * 4);
}

TEST(Freezing, FreezesLayers) {
  EXPECT_EQ(frozenBy({"layer:3"}).size(), 16U);
  EXPECT_EQ(frozenBy({"layer:0-2"}).size(), 48U);
  EXPECT_EQ(frozenBy({"layer:4-99"}).size(), 32U);
}

TEST(Freezing, FreezesProjectionsOfLayers) {
  EXPECT_EQ(frozenBy({"layer:3/q"}),
            (std::set<std::string>{"bert.encoder.layer.3.attention.self.query.bias",
                                   "bert.encoder.layer.3.attention.self.query.weight"}));
  EXPECT_EQ(frozenBy({"layer:0-2/ffn1"}).size(), 6U);
}

TEST(Freezing, FollowsPatterns) {
  EXPECT_EQ(frozenBy({"bert.encoder.layer.*.output.dense.weight"}).size(), 12U);
  EXPECT_EQ(frozenBy({"bert.encoder.layer.?.intermediate.dense.weight"}).size(), 6U);
  EXPECT_EQ(frozenBy({"*"}).size(), parameterNames().size());
  EXPECT_EQ(frozenBy({"classifier.weight"}).size(), 1U);
}

TEST(Freezing, AnswersHostilePatternsAtOnce) {
  const std::string stars = "*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*z";

  EXPECT_THROW(static_cast<void>(frozenParameters({stars}, {std::string(2000, 'a')})), TrainError);
}

TEST(Freezing, SuggestsTheNearestSelector) {
  EXPECT_THAT(selecting("ffn3"), ThrowsMessage<TrainError>(HasSubstr("did you mean 'ffn1'")));
  EXPECT_THAT(selecting("embedings"),
              ThrowsMessage<TrainError>(HasSubstr("did you mean 'embeddings'")));
}

TEST(Freezing, RefusesMalformedSelectors) {
  for (const char* selector : {"",
                               "value projection",
                               "layer:",
                               "layer:x",
                               "layer:2-1",
                               "layer:-1",
                               "layer:1/x",
                               "layer:1/"}) {
    EXPECT_THAT(selecting(selector),
                ThrowsMessage<TrainError>(HasSubstr("freeze: unknown selector")))
        << selector;
  }
}

TEST(Freezing, RefusesSelectorsThatChooseNothing) {
  EXPECT_THAT(selecting("layer:6"),
              ThrowsMessage<TrainError>(HasSubstr("'layer:6' matches no parameter")));
  EXPECT_THAT(selecting("decoder.*"), ThrowsMessage<TrainError>(HasSubstr("matches no parameter")));
}

TEST(Freezing, OffersPresets) {
  const SettingSpec& spec = freezeSettings().specs().front();

  EXPECT_EQ(spec.presets.at("none"), Json::array());
  EXPECT_EQ(spec.presets.at("ov"), (Json{"o", "v"}));
  EXPECT_EQ(freezeSpecs().size(), spec.presets.size());
}

TEST(Freezing, DescribesWhatIsFrozen) {
  EXPECT_EQ(describeFrozen({}, parameterNames()), "nothing frozen");
  EXPECT_EQ(describeFrozen(frozenBy({"v", "layer:0/q", "layer:2/q", "layer:3/q", "pooler"}),
                           parameterNames()),
            "20 of 105 parameters frozen: pooler, q (layers 0, 2-3), v (layers 0-5)");
}

TEST(Freezing, DescribesQuantizersInOneWord) {
  EXPECT_EQ(describeFrozen({"quantizers.layer.0.query.lsq_4.step", "quantizers.layer.1.key.shift"},
                           parameterNames()),
            "2 of 105 parameters frozen: quantizers");
}

}  // namespace
}  // namespace retort::train
