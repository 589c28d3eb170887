#include "trainers/quantizers/elastic_binary.h"

#include "tests/trainers/quantizers/held_grid_golden.h"

#include <gtest/gtest.h>

namespace retort::train {
namespace {

constexpr double kTolerance = 1e-14;
constexpr GridOptions kSigned = {.bits = 1};
constexpr GridOptions kUnsigned = {.bits = 1, .is_unsigned = true};

TEST(ElasticBinary, AgreesWithTheSecondImplementation) {
  for (const char* name :
       {"elastic_binary_signed", "elastic_binary_unsigned", "elastic_binary_heads"}) {
    EXPECT_LT(differenceFromGolden(elasticBinaryGrid(), name), kTolerance) << name;
  }
}

TEST(ElasticBinary, HasTwoLevels) {
  const at::Tensor x = tensorOf({-3.0, -0.1, 0.2, 0.6, 3.0});
  const auto quantize = [&x](const GridOptions& options) {
    return elasticBinaryGrid().quantize(x, {tensorOf({0.8})}, options);
  };

  EXPECT_EQ(largestDifference(quantize(kSigned), tensorOf({-0.8, -0.8, 0.8, 0.8, 0.8})), 0);
  EXPECT_EQ(largestDifference(quantize(kUnsigned), tensorOf({0.0, 0.0, 0.0, 0.8, 0.8})), 0);
}

TEST(ElasticBinary, ScaleLearnsFromAllValuesButOnlyTheInnerOnesPassTheirGradient) {
  const at::Tensor x = tensorOf({-3.0, -0.8, 0.2, 0.9});
  const GridDerivatives local = elasticBinaryGrid().derivatives(x, {tensorOf({0.8})}, kSigned);

  EXPECT_EQ(largestDifference(local.parameters[0], tensorOf({-1.0, -1.0, 1.0, 1.0})), 0);
  EXPECT_EQ(largestDifference(local.input, tensorOf({0.0, 1.0, 1.0, 0.0})), 0);
}

TEST(ElasticBinary, StartsAsItsAuthors) {
  const RangeStatistics seen = statisticsOf(tensorOf({-1.0, 2.0, 3.0}));
  const auto start = [&](const GridOptions& options, bool uses_range) {
    return elasticBinaryGrid().start(seen, options, uses_range)[0].item<double>();
  };

  EXPECT_EQ(start(kSigned, false), 4);
  EXPECT_EQ(start(kUnsigned, false), 8);
  EXPECT_EQ(start(kSigned, true), 3);
}

}  // namespace
}  // namespace retort::train
