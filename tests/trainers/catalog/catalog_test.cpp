#include "trainers/catalog.h"

#include "core/base/json.h"
#include "core/settings/resolve.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace retort::train {

namespace {

TEST(TrainerCatalogue, ReadsBackFromItsText) {
  const auto json = parseJson(toJson(trainerCatalogue()).dump());
  ASSERT_TRUE(json.has_value());

  const auto back = catalogueFromJson(*json);

  ASSERT_TRUE(back.has_value()) << back.error().message;
  EXPECT_EQ(*back, trainerCatalogue());
}

TEST(TrainerCatalogue, DocumentsEverything) {
  for (const SettingSpec& setting : trainerCatalogue().settings) {
    EXPECT_FALSE(setting.documentation.empty()) << setting.key;
  }
  for (const MetricSpec& metric : trainerCatalogue().metrics) {
    EXPECT_FALSE(metric.documentation.empty()) << metric.name;
  }
  for (const TechniqueSpec& technique : trainerCatalogue().techniques) {
    EXPECT_FALSE(technique.documentation.empty()) << technique.name;
  }
}

TEST(TrainerCatalogue, NamesFormulaAndSourceOfEachMetric) {
  for (const MetricSpec& metric : trainerCatalogue().metrics) {
    EXPECT_FALSE(metric.formula.empty()) << metric.name;
    EXPECT_FALSE(metric.source.empty()) << metric.name;
  }
}

TEST(TrainerCatalogue, NamesFormulaAndSourceOfEachTechniqueThatComputes) {
  const std::set<std::string> kinds = {
      "quantizer", "calibration", "distillation_loss", "optimizer", "schedule", "probe"};
  std::set<std::string> seen;
  for (const TechniqueSpec& technique : trainerCatalogue().techniques) {
    if (kinds.contains(technique.kind)) {
      seen.insert(technique.kind);
      EXPECT_FALSE(technique.formula.empty()) << technique.kind << " " << technique.name;
      EXPECT_FALSE(technique.source.empty()) << technique.kind << " " << technique.name;
    }
  }
  EXPECT_EQ(seen, kinds);
}

TEST(TrainerCatalogue, CombinesNormsInSquaresAndSpikesByTheLargest) {
  const auto combination = [](const char* name) {
    return trainerCatalogue().findMetric(name)->combine;
  };
  EXPECT_EQ(combination("grad_norm"), Combination::kRootOfSquares);
  EXPECT_EQ(combination("full_precision_grad_norm"), Combination::kRootOfSquares);
  EXPECT_EQ(combination("grad_norm_squared"), Combination::kSum);
  EXPECT_EQ(combination("grad_share"), Combination::kSum);
  EXPECT_EQ(combination("grad_spike_max"), Combination::kMaximum);
  EXPECT_EQ(combination("attention_output_min"), Combination::kMinimum);
  EXPECT_EQ(combination("projection_sqnr"), Combination::kMean);
}

TEST(TrainerCatalogue, HasEachDefaultWithinItsOwnBounds) {
  for (const SettingSpec& setting : trainerCatalogue().settings) {
    if (!setting.default_value.is_null()) {
      const auto checked = checkSettingValue(setting, setting.default_value);
      EXPECT_TRUE(checked.has_value()) << setting.key;
    }
  }
}

TEST(TrainerCatalogue, HasOneSeedAndUniqueNames) {
  ASSERT_NE(trainerCatalogue().seedSetting(), nullptr);
  EXPECT_EQ(trainerCatalogue().seedSetting()->key, "seed");
  std::set<std::string> metrics;
  for (const MetricSpec& metric : trainerCatalogue().metrics) {
    EXPECT_TRUE(metrics.insert(metric.name).second) << metric.name;
  }
}

TEST(TrainerCatalogue, DeclaresTheMetricsOfThePlotsAndTables) {
  for (const char* name : {"train.loss",
                           "train.loss_component",
                           "train.loss_layer",
                           "learning_rate",
                           "step_time",
                           "tokens_per_second",
                           "memory",
                           "eval.loss",
                           "eval.accuracy",
                           "eval.matthews",
                           "teacher.eval.accuracy",
                           "grad_norm",
                           "grad_norm_relative",
                           "grad_norm_total",
                           "attention_map_kl",
                           "attention_output_mse",
                           "hidden_mse",
                           "hidden_cosine",
                           "hidden_sqnr",
                           "activation_mean",
                           "activation_variance",
                           "activation_variance_ratio"}) {
    EXPECT_NE(trainerCatalogue().findMetric(name), nullptr) << name;
  }
}

TEST(TrainerCatalogue, LeavesOutOfTheIdentityWhatDoesNotChangeNumbers) {
  for (const char* key :
       {"device", "threads", "checkpoint.every", "checkpoint.keep", "checkpoint.best"}) {
    ASSERT_NE(trainerCatalogue().findSetting(key), nullptr) << key;
    EXPECT_FALSE(trainerCatalogue().findSetting(key)->affects_result) << key;
  }
  EXPECT_TRUE(trainerCatalogue().findSetting("train.batch")->affects_result);
}

}  // namespace

}  // namespace retort::train
