#include "tests/trainers/models/shared_encoder.h"

#include <ATen/Version.h>

#include <gtest/gtest.h>

#include <cstdlib>

namespace retort::train {
namespace {

/// The first 16 rows of SST-2, padded to 64 (encoder.md 8).
TokenBatch fixedBatch() {
  return batchFromJson(sharedJson("fixed_batch_sst-2_16x64.json"));
}

/// Fifteen elements of this batch lie exactly between two 8-bit levels: the context is a product of
/// two integer grids, and x is half of max|x|. The last bit of a matrix product decides where they
/// go, so that the second implementation itself gives other numbers (by 1e-7 to 1e-5) on another
/// processor. MKL's portable code path gives the bits of the golden file; it must be chosen before
/// MKL's first use.
const bool kIsPortable = ::setenv("MKL_CBWR", "COMPATIBLE", 1) == 0;

/// The golden file's processor had AVX-512, which ATen's softmax and sums show in their last bits;
/// and its ties of Teacher Intervention on maps are not those of the portable path. For these, what
/// the second implementation gives on the portable path.
const Json& goldenFor(const std::string& variant) {
  static const Json kGolden = sharedJson("golden_float64_16x64.json");
  static const Json kTies = testData("encoder_float64_16x64_ties.json");
  const bool is_avx512 = at::get_cpu_capability() == "AVX512";
  return is_avx512 && variant != "MI" ? kGolden : kTies;
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

  ASSERT_TRUE(kIsPortable);
  const Json& golden = goldenFor(variant);
  EXPECT_LT(largestRelativeDifference(lossValues(terms), golden.at("loss").at(variant)), 1e-9);
  EXPECT_LT(largestRelativeDifference(moduleGradientNorms(student), golden.at("grad").at(variant)),
            1e-9);
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
