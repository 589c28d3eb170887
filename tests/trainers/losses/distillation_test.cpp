#include "trainers/losses/distillation.h"

#include "tests/trainers/tensor_testing.h"
#include "trainers/losses/registry.h"
#include "trainers/train_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

namespace retort::train {
namespace {

class DistillationTest : public testing::Test {
 protected:
  DistillationTest() {
    student_.logits = tensorOf({{1.0}});
    teacher_.logits = tensorOf({{3.0}});
    student_.hidden = {tensorOf({1.0}), tensorOf({2.0})};
    teacher_.hidden = {tensorOf({2.0}), tensorOf({4.0})};
    student_.output = {tensorOf({0.0}).requires_grad_()};
    teacher_.output = {tensorOf({5.0})};
  }

  /// `coefficients` of losses by name; all others are off.
  static Distillation distillationOf(const std::map<std::string, Json>& coefficients,
                                     SettingValues settings = {}) {
    for (const LossDefinition* loss : lossRegistry()) {
      settings["distill." + loss->spec.name + ".coefficient"] = 0.0;
    }
    for (const auto& [name, value] : coefficients) {
      settings["distill." + name + ".coefficient"] = value;
    }
    return Distillation::fromSettings({.settings = settings, .layers = 1});
  }

  [[nodiscard]] LossTerms evaluate(const Distillation& distillation, std::int64_t step = 0) const {
    return distillation.evaluate({student_, teacher_, batch_, step, 10});
  }

  ModelTrace student_;
  ModelTrace teacher_;
  TokenBatch batch_;
};

TEST_F(DistillationTest, SumsLayersAndWeighsLosses) {
  const LossTerms terms =
      evaluate(distillationOf({{"logits", 1.0}, {"hidden", 0.5}, {"attention_output", 2.0}}));

  EXPECT_DOUBLE_EQ(terms.total.item<double>(), 4 + 0.5 * (1 + 4) + 2 * 25);
}

TEST_F(DistillationTest, ReportsValuesBeforeTheirCoefficients) {
  const LossTerms terms = evaluate(distillationOf({{"hidden", 0.5}}));

  ASSERT_EQ(terms.components.size(), 1U);
  EXPECT_EQ(terms.components[0].name, "hidden");
  EXPECT_EQ(terms.components[0].coefficient, 0.5);
  EXPECT_DOUBLE_EQ(terms.components[0].value.item<double>(), 5);
  ASSERT_EQ(terms.components[0].layers.size(), 2U);
  EXPECT_DOUBLE_EQ(terms.components[0].layers[1].value.item<double>(), 4);
}

TEST_F(DistillationTest, GivesLossesWithoutLayersNone) {
  EXPECT_TRUE(evaluate(distillationOf({{"logits", 1.0}})).components[0].layers.empty());
}

TEST_F(DistillationTest, KeepsTheGradientInTheTotalOnly) {
  const LossTerms terms = evaluate(distillationOf({{"attention_output", 2.0}}));

  terms.total.backward();

  EXPECT_DOUBLE_EQ(student_.output[0].grad().item<double>(), -20);
  EXPECT_FALSE(terms.components[0].value.requires_grad());
  EXPECT_FALSE(terms.components[0].layers[0].value.requires_grad());
}

TEST_F(DistillationTest, DropsLossesWithoutCoefficient) {
  const Distillation distillation = distillationOf({{"logits", 1.0}, {"hidden", 0.0}});

  EXPECT_EQ(distillation.losses().size(), 1U);
  EXPECT_EQ(distillation.needs(), TraceSet());
}

TEST_F(DistillationTest, FailsWhenATraceIsMissing) {
  student_.hidden.clear();
  teacher_.hidden.clear();

  EXPECT_THROW(evaluate(distillationOf({{"hidden", 1.0}})), c10::Error);
}

TEST_F(DistillationTest, LooksAtTheSelectedLayersOnly) {
  const LossTerms terms =
      evaluate(distillationOf({{"hidden", 1.0}}, {{"distill.hidden.layers", Json::array({"1"})}}));

  EXPECT_DOUBLE_EQ(terms.total.item<double>(), 4);
  ASSERT_EQ(terms.components[0].layers.size(), 1U);
  EXPECT_EQ(terms.components[0].layers[0].layer, 1);
}

TEST_F(DistillationTest, ChangesCoefficientsOverTheRun) {
  const Distillation distillation = distillationOf({{"logits", 1.0}, {"hidden", 2.0}},
                                                   {{"distill.hidden.schedule.kind", "linear"},
                                                    {"distill.hidden.schedule.from", 1.0},
                                                    {"distill.hidden.schedule.to", 0.0}});

  EXPECT_DOUBLE_EQ(evaluate(distillation, 0).total.item<double>(), 4 + 2 * 5);
  EXPECT_DOUBLE_EQ(evaluate(distillation, 5).total.item<double>(), 4 + 5);
  EXPECT_EQ(evaluate(distillation, 5).components[1].coefficient, 1);
}

TEST_F(DistillationTest, ReportsALossThatIsSwitchedOff) {
  const Distillation distillation =
      distillationOf({{"attention_output", 1.0}},
                     {{"distill.attention_output.schedule.kind", "switch"},
                      {"distill.attention_output.schedule.start", 3}});

  const LossTerms off = evaluate(distillation, 2);

  EXPECT_EQ(off.total.item<double>(), 0);
  EXPECT_DOUBLE_EQ(off.components[0].value.item<double>(), 25);
  EXPECT_DOUBLE_EQ(evaluate(distillation, 3).total.item<double>(), 25);
}

std::vector<SettingSpec> lossesAndPhase() {
  std::vector<SettingSpec> specs = Distillation::settingSpecs();
  specs.push_back({.key = "phase", .default_value = "kd_qat"});
  return specs;
}

SettingValues resolvedLosses(const SettingValues& given) {
  return resolveSettings({.trainer = "t", .settings = lossesAndPhase()}, given).value().values;
}

TEST(DistillationSettings, DeclareEveryLoss) {
  const auto specs = Distillation::settingSpecs();

  EXPECT_EQ(specs[0].key, "distill.logits.coefficient");
  EXPECT_EQ(specs[0].default_value, 1.0);
  EXPECT_TRUE(specs[0].is_shorthand);
  for (const LossDefinition* loss : lossRegistry()) {
    const TechniqueSpec technique = lossTechnique(*loss);
    EXPECT_EQ(technique.settings.front(), "distill." + loss->spec.name + ".coefficient");
    for (const std::string& key : technique.settings) {
      EXPECT_TRUE(std::ranges::any_of(specs, [&](const SettingSpec& spec) {
        return spec.key == key;
      })) << key;
    }
  }
}

TEST(DistillationSettings, ApplyWhereTheLossIsOn) {
  const SettingValues off = resolvedLosses({});
  const SettingValues on = resolvedLosses({{"distill.attention_output", 1}});

  EXPECT_FALSE(off.contains("distill.attention_output.layers"));
  EXPECT_EQ(on.at("distill.attention_output.layers"), Json::array({"all"}));
  EXPECT_EQ(on.at("distill.attention_output.schedule.kind"), "constant");
  EXPECT_FALSE(on.contains("distill.attention_output.schedule.start"));
}

TEST(DistillationSettings, GiveLossesWithoutLayersNoSelection) {
  EXPECT_FALSE(resolvedLosses({{"distill.logits", 1}}).contains("distill.logits.layers"));
}

TEST(DistillationSettings, TakeASchedulesKindAsShorthand) {
  const SettingValues values = resolvedLosses({{"distill.hidden.schedule", "switch"}});

  EXPECT_EQ(values.at("distill.hidden.schedule.start"), 0);
  EXPECT_FALSE(values.contains("distill.hidden.schedule.length"));
}

TEST(DistillationSettings, DefaultToLogitsAndHidden) {
  const Distillation distillation = Distillation::fromSettings({.settings = {}, .layers = 2});

  ASSERT_EQ(distillation.losses().size(), 2U);
  EXPECT_EQ(distillation.needs(), TraceSet(TracePart::kHidden));
  EXPECT_TRUE(distillation.parameters().empty());
}

TEST(DistillationSettings, TakeTheCoefficientsGiven) {
  const Distillation distillation =
      Distillation::fromSettings({.settings = {{"distill.logits.coefficient", 0.0},
                                               {"distill.hidden.coefficient", 0.0},
                                               {"distill.attention_map.coefficient", 0.3},
                                               {"distill.attention_output.coefficient", 0.7}},
                                  .layers = 2});

  ASSERT_EQ(distillation.losses().size(), 2U);
  EXPECT_EQ(distillation.losses()[1].coefficient, (CoefficientSchedule{.coefficient = 0.7}));
  EXPECT_EQ(distillation.needs(), TraceSet(TracePart::kProb) | TracePart::kOutput);
}

TEST(DistillationSettings, RefuseLayersThatAreNotThere) {
  const SettingValues settings = {{"distill.hidden.layers", Json::array({"3"})}};

  EXPECT_THROW(static_cast<void>(Distillation::fromSettings({.settings = settings, .layers = 2})),
               TrainError);
}

TEST(DistillationSettings, RefuseToLearnNothing) {
  SettingValues values;
  for (const LossDefinition* loss : lossRegistry()) {
    values["distill." + loss->spec.name + ".coefficient"] = 0.0;
  }

  EXPECT_THAT(
      [&] { static_cast<void>(Distillation::fromSettings({.settings = values, .layers = 2})); },
      testing::ThrowsMessage<TrainError>(testing::HasSubstr("nothing would be learned")));
}

TEST(LossRegistry, ListsEveryFileOfItsFolder) {
  const std::set<std::string> not_losses = {"coefficient_schedule",
                                            "distillation",
                                            "layer_mse",
                                            "layer_selection",
                                            "loss",
                                            "registry",
                                            "task_loss",
                                            "top_logits"};
  std::set<std::string> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(TEST_DATA_DIR) + "/../../trainers/losses")) {
    const std::string stem = entry.path().stem().string();
    if (entry.path().extension() == ".cpp" && not_losses.count(stem) == 0) {
      files.insert(stem);
    }
  }

  std::set<std::string> names;
  for (const LossDefinition* loss : lossRegistry()) {
    names.insert(loss->spec.name);
  }

  EXPECT_EQ(names, files);
}

}  // namespace
}  // namespace retort::train
