#include "trainers/models/activation_settings.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace retort::train {
namespace {

const ActivationOptions& at(const ActivationPoints& points, ActivationPoint point) {
  return points.at(static_cast<std::size_t>(point));
}

TEST(ActivationSettings, AreSymmetricEightBitsUnlessToldOtherwise) {
  EXPECT_EQ(readActivationSettings({}), everywhere({.scheme = "symmetric", .bits = 8}));
}

TEST(ActivationSettings, OfAllPointsHoldWhereAPointSaysNothing) {
  const ActivationPoints points =
      readActivationSettings({{"quant.activation.bits", 4},
                              {"quant.activation.granularity", "token"},
                              {"quant.activation.clip", 4.0},
                              {"quant.activation.probabilities.bits", 8},
                              {"quant.activation.probabilities.scheme", "asymmetric"},
                              {"quant.activation.query.bits", 0}});

  EXPECT_EQ(
      at(points, ActivationPoint::kFfn2Input),
      (ActivationOptions{.bits = 4, .granularity = ActivationGranularity::kToken, .clip = 4.0}));
  EXPECT_EQ(at(points, ActivationPoint::kProbabilities),
            (ActivationOptions{.scheme = "asymmetric",
                               .bits = 8,
                               .granularity = ActivationGranularity::kToken,
                               .clip = 4.0}));
  EXPECT_TRUE(at(points, ActivationPoint::kQuery).isIdentity());
}

TEST(ActivationSettings, ReadAllWords) {
  const ActivationPoints points =
      readActivationSettings({{"quant.activation.value.granularity", "head"},
                              {"quant.activation.value.range", "mse"},
                              {"quant.activation.value.grid", "unsigned"},
                              {"quant.activation.o_input.range", "percentile"},
                              {"quant.activation.o_input.percentile", 99.0},
                              {"quant.activation.o_input.shift", true}});

  const ActivationOptions& value = at(points, ActivationPoint::kValue);
  EXPECT_EQ(value.granularity, ActivationGranularity::kHead);
  EXPECT_EQ(value.range, ActivationRange::kMse);
  EXPECT_EQ(value.grid, ActivationGrid::kUnsigned);
  const ActivationOptions& input = at(points, ActivationPoint::kOInput);
  EXPECT_EQ(input.range, ActivationRange::kPercentile);
  EXPECT_EQ(input.percentile, 99);
  EXPECT_TRUE(input.has_shift);
}

TEST(ActivationSettings, OfAPointHaveNoDefaultOfTheirOwn) {
  for (const SettingSpec& spec : activationSettingSpecs()) {
    const bool is_common = std::count(spec.key.begin(), spec.key.end(), '.') == 2;
    const bool may_lack = spec.key.ends_with(".clip");
    EXPECT_EQ(spec.default_value.is_null(), !is_common || may_lack) << spec.key;
    EXPECT_FALSE(spec.is_required);
    ASSERT_EQ(spec.when.size(), 1U) << spec.key;
    EXPECT_EQ(spec.when.front().key, "phase");
  }
}

TEST(ActivationSettings, OfferHeadsAndShiftsWhereTheyExist) {
  const auto specs = activationSettingSpecs();
  const auto find = [&specs](const std::string& key) {
    return std::find_if(
        specs.begin(), specs.end(), [&key](const SettingSpec& spec) { return spec.key == key; });
  };

  EXPECT_EQ(find("quant.activation.query.granularity")->choices.size(), 3U);
  EXPECT_EQ(find("quant.activation.ffn1_input.granularity")->choices.size(), 2U);
  EXPECT_EQ(find("quant.activation.query.shift"), specs.end());
  EXPECT_NE(find("quant.activation.ffn1_input.shift"), specs.end());
}

TEST(ActivationPoints, AreIndexedByTheirValues) {
  for (std::size_t i = 0; i < kActivationPoints; ++i) {
    EXPECT_EQ(static_cast<std::size_t>(activationPoints().at(i).point), i);
  }
}

}  // namespace
}  // namespace retort::train
