#include "trainers/losses/distillation.h"

#include "tests/trainers/tensor_testing.h"
#include "trainers/losses/attention_output.h"
#include "trainers/losses/hidden.h"
#include "trainers/losses/logits.h"
#include "trainers/losses/registry.h"
#include "trainers/train_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
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

  [[nodiscard]] LossTerms evaluate(const std::vector<WeightedLoss>& losses) const {
    return Distillation(losses).evaluate({student_, teacher_, batch_});
  }

  BertTrace student_;
  BertTrace teacher_;
  EncoderBatch batch_;
};

TEST_F(DistillationTest, SumsLayersAndWeighsLosses) {
  const LossTerms terms =
      evaluate({{&logitsLoss(), 1}, {&hiddenLoss(), 0.5}, {&attentionOutputLoss(), 2}});

  EXPECT_DOUBLE_EQ(terms.total.item<double>(), 4 + 0.5 * (1 + 4) + 2 * 25);
}

TEST_F(DistillationTest, ReportsValuesBeforeTheirCoefficients) {
  const LossTerms terms = evaluate({{&hiddenLoss(), 0.5}});

  ASSERT_EQ(terms.components.size(), 1U);
  EXPECT_EQ(terms.components[0].name, "hidden");
  EXPECT_EQ(terms.components[0].coefficient, 0.5);
  EXPECT_DOUBLE_EQ(terms.components[0].value.item<double>(), 5);
  ASSERT_EQ(terms.components[0].layers.size(), 2U);
  EXPECT_DOUBLE_EQ(terms.components[0].layers[1].item<double>(), 4);
}

TEST_F(DistillationTest, GivesLossesWithoutLayersNone) {
  EXPECT_TRUE(evaluate({{&logitsLoss(), 1}}).components[0].layers.empty());
}

TEST_F(DistillationTest, KeepsTheGradientInTheTotalOnly) {
  const LossTerms terms = evaluate({{&attentionOutputLoss(), 2}});

  terms.total.backward();

  EXPECT_DOUBLE_EQ(student_.output[0].grad().item<double>(), -20);
  EXPECT_FALSE(terms.components[0].value.requires_grad());
  EXPECT_FALSE(terms.components[0].layers[0].requires_grad());
}

TEST_F(DistillationTest, DropsLossesWithoutCoefficient) {
  const Distillation distillation({{&logitsLoss(), 1}, {&hiddenLoss(), 0}});

  EXPECT_EQ(distillation.losses().size(), 1U);
  EXPECT_EQ(distillation.needs(), TraceSet());
}

TEST_F(DistillationTest, FailsWhenATraceIsMissing) {
  student_.hidden.clear();
  teacher_.hidden.clear();

  EXPECT_THROW(evaluate({{&hiddenLoss(), 1}}), c10::Error);
}

TEST(DistillationSettings, DeclareEveryLoss) {
  const auto specs = Distillation::settingSpecs();

  ASSERT_EQ(specs.size(), lossRegistry().size());
  EXPECT_EQ(specs[0].key, "distill.logits.coefficient");
  EXPECT_EQ(specs[0].default_value, 1.0);
  EXPECT_TRUE(specs[0].is_shorthand);
}

TEST(DistillationSettings, DefaultToLogitsAndHidden) {
  const Distillation distillation = Distillation::fromSettings({});

  ASSERT_EQ(distillation.losses().size(), 2U);
  EXPECT_EQ(distillation.needs(), TraceSet(TracePart::kHidden));
}

TEST(DistillationSettings, TakeTheCoefficientsGiven) {
  const Distillation distillation =
      Distillation::fromSettings({{"distill.logits.coefficient", 0.0},
                                  {"distill.hidden.coefficient", 0.0},
                                  {"distill.attention_map.coefficient", 0.3},
                                  {"distill.attention_output.coefficient", 0.7}});

  ASSERT_EQ(distillation.losses().size(), 2U);
  EXPECT_EQ(distillation.losses()[1].coefficient, 0.7);
  EXPECT_EQ(distillation.needs(), TraceSet(TracePart::kProb) | TracePart::kOutput);
}

TEST(DistillationSettings, RefuseToLearnNothing) {
  SettingValues values;
  for (const SettingSpec& spec : Distillation::settingSpecs()) {
    values[spec.key] = 0.0;
  }

  EXPECT_THAT([&] { static_cast<void>(Distillation::fromSettings(values)); },
              testing::ThrowsMessage<TrainError>(testing::HasSubstr("nothing would be learned")));
}

TEST(LossRegistry, ListsEveryFileOfItsFolder) {
  const std::set<std::string> not_losses = {
      "distillation", "layer_mse", "loss", "registry", "task_loss"};
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
