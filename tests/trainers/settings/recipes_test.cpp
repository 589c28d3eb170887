#include "trainers/settings/recipes.h"

#include "core/settings/resolve.h"
#include "trainers/catalog.h"

#include <gtest/gtest.h>

#include <string>

namespace retort::train {
namespace {

SettingValues resolved(const std::string& task, SettingValues more = {}) {
  more["data.task"] = task;
  more["data.path"] = "/glue";
  more["model.teacher"] = "/teacher";
  const auto values = resolveSettings(trainerCatalogue(), more);
  return values ? values->values : SettingValues();
}

SettingValues kim2022(const std::string& task, SettingValues more = {}) {
  more["recipe"] = "kim2022";
  return resolved(task, std::move(more));
}

/// The numbers of the paper's code (main.py:392-401), written down apart from the presets.
struct TaskNumbers {
  const char* task;
  int batch;
  int max_length;
  int eval_every;
};

class Kim2022 : public ::testing::TestWithParam<TaskNumbers> {};

TEST_P(Kim2022, HasTheNumbersOfThePapersCode) {
  const SettingValues values = kim2022(GetParam().task);

  EXPECT_EQ(values.at("train.batch"), GetParam().batch);
  EXPECT_EQ(values.at("data.max_length"), GetParam().max_length);
  EXPECT_EQ(values.at("train.eval_every"), GetParam().eval_every);
  EXPECT_EQ(values.at("train.epochs"), 3);
  EXPECT_EQ(values.at("train.learning_rate"), 2e-5);
  EXPECT_EQ(values.at("train.optimizer"), "bert_adam");
  EXPECT_EQ(values.at("quant.weight.scheme"), "ternary");
  EXPECT_EQ(values.at("quant.activation.bits"), 8);
}

INSTANTIATE_TEST_SUITE_P(Tasks,
                         Kim2022,
                         ::testing::Values(TaskNumbers{"cola", 16, 64, 50},
                                           TaskNumbers{"sst2", 32, 64, 100},
                                           TaskNumbers{"mrpc", 32, 128, 50},
                                           TaskNumbers{"stsb", 32, 128, 100},
                                           TaskNumbers{"qqp", 32, 128, 1000},
                                           TaskNumbers{"qnli", 32, 128, 1000},
                                           TaskNumbers{"mnli", 32, 128, 8000},
                                           TaskNumbers{"rte", 32, 128, 20}),
                         [](const auto& numbers) { return std::string(numbers.param.task); });

TEST(Kim2022Recipe, EvaluatesAugmentedRowsLessOften) {
  EXPECT_EQ(kim2022("cola", {{"data.augmentation", 30}}).at("train.eval_every"), 400);
  EXPECT_EQ(kim2022("rte", {{"data.augmentation", 30}}).at("train.eval_every"), 100);
  EXPECT_EQ(kim2022("sst2", {{"data.augmentation", 20}}).at("train.eval_every"), 100);
}

TEST(Kim2022Recipe, LeavesWhatIsGiven) {
  EXPECT_EQ(kim2022("cola", {{"train.batch", 2}}).at("train.batch"), 2);
}

TEST(Kim2022Recipe, DoesNothingUnasked) {
  const SettingValues values = resolved("cola");
  EXPECT_EQ(values.at("recipe"), "none");
  EXPECT_EQ(values.at("train.batch"), 32);
  EXPECT_EQ(values.at("train.eval_every"), 0);
}

TEST(Kim2022Recipe, IsNoPartOfARunsIdentity) {
  EXPECT_FALSE(trainerCatalogue().findSetting("recipe")->affects_result);
}

}  // namespace
}  // namespace retort::train
