#include "tests/trainers/models/shared_encoder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

namespace retort::train {
namespace {

/// The first 16 rows of SST-2, padded to 64 (encoder.md 8).
EncoderBatch fixedBatch() {
  return batchFromJson(sharedJson("fixed_batch_sst-2_16x64.json"));
}

/// What the second implementation gave on one kind of processor. Fifteen elements of this batch lie
/// exactly between two 8-bit levels (the context is a product of two integer grids, and x is half
/// of max|x|); the last bit of the matrix product decides where they go, and processors differ in
/// it.
const std::vector<Json>& resolutions() {
  static const std::vector<Json> kResolutions = {sharedJson("golden_float64_16x64.json"),
                                                 testData("encoder_float64_16x64_ties.json")};
  return kResolutions;
}

/// The largest relative difference of losses and gradient norms from the resolution that is
/// nearest.
double differenceFromGolden(const LossTerms& terms,
                            const BertModel& student,
                            const std::string& variant) {
  double nearest = std::numeric_limits<double>::infinity();
  for (const Json& golden : resolutions()) {
    const double losses =
        largestRelativeDifference(lossValues(terms), golden.at("loss").at(variant));
    const double norms =
        largestRelativeDifference(moduleGradientNorms(student), golden.at("grad").at(variant));
    nearest = std::min(nearest, std::max(losses, norms));
  }
  return nearest;
}

class SharedGolden : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (!hasSharedEncoder()) {
      GTEST_SKIP() << "the encoder of ../shared is not there";
    }
  }
};

TEST_P(SharedGolden, AgreesInDoublePrecision) {
  const std::string variant = GetParam();
  const SharedEncoder encoder(at::kDouble);
  const BertModel student = encoder.student();

  const LossTerms terms = forwardBackward(variant, student, encoder.teacher(), fixedBatch());

  EXPECT_LT(differenceFromGolden(terms, student, variant), 1e-9);
}

INSTANTIATE_TEST_SUITE_P(
    All,
    SharedGolden,
    testing::Values("score", "map", "output", "unified", "context", "sa", "OI", "CI", "MI"),
    [](const auto& test) { return std::string(test.param); });

class SharedFloatGolden : public SharedGolden {};

TEST_P(SharedFloatGolden, StaysNearTheAuthorsLosses) {
  const std::string variant = GetParam();
  const bool is_intervention = interventionOf(variant) != Intervention::kNone;
  const Json golden =
      sharedJson(is_intervention ? "golden_ti_sst2_16x64.json" : "golden_kd_sst2_16x64.json");
  const SharedEncoder encoder(at::kFloat);

  const LossTerms terms =
      forwardBackward(variant, encoder.student(), encoder.teacher(), fixedBatch());

  const auto values = lossValues(terms);
  for (const auto& [name, expected] : golden.at("loss").at(variant).items()) {
    // One-ulp differences flip 8-bit roundings and spread: encoder.md 8.
    EXPECT_LT(relativeDifference(values.at(name), expected.get<double>()), 2e-3) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(
    All,
    SharedFloatGolden,
    testing::Values("score", "map", "output", "unified", "context", "sa", "OI", "CI", "MI"),
    [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace retort::train
