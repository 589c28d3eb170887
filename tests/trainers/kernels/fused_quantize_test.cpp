#include "trainers/kernels/fused_quantize.h"

#include "tests/trainers/tensor_testing.h"
#include "trainers/quantizers/straight_through.h"
#include "trainers/quantizers/symmetric.h"
#include "trainers/quantizers/ternary.h"
#include "trainers/training/device.h"

#include <ATen/ATen.h>

#include <gtest/gtest.h>

#include <limits>
#include <tuple>

namespace retort::train {
namespace {

TEST(FusedQuantize, LeavesTensorsOfTheCpuToAten) {
  const at::Tensor x = randomTensor({4, 8}, 1);

  EXPECT_FALSE(fusedSymmetric(x, {}).has_value());
  EXPECT_FALSE(fusedTernary(x, {}).has_value());
  EXPECT_FALSE(fusedStraightThrough(x, x, 2.5).has_value());
}

/// Needs a GPU and a build with CUDA kernels.
class FusedQuantizeOnGpu : public testing::TestWithParam<std::tuple<at::ScalarType, Granularity>> {
 protected:
  void SetUp() override {
    if (!hasCudaKernels()) {
      GTEST_SKIP() << "built without CUDA kernels";
    }
    std::string reason;
    device_ = selectDevice("auto", [&](const std::string& message) { reason = message; });
    if (!device_.is_cuda()) {
      GTEST_SKIP() << "no GPU here" << (reason.empty() ? "" : ": ") << reason;
    }
  }

  /// Values on both sides of the clip, with an all-zero row.
  [[nodiscard]] static at::Tensor values(const std::vector<std::int64_t>& shape = {37, 129}) {
    at::Tensor x = randomTensor(shape, 3, 1.5).to(std::get<0>(GetParam()));
    x[0].zero_();
    return x;
  }

  [[nodiscard]] static QuantizerOptions options(int bits = 8) {
    return {.bits = bits, .granularity = std::get<1>(GetParam())};
  }

  [[nodiscard]] at::Device device() const { return device_; }

 private:
  at::Device device_ = at::kCPU;
};

TEST_P(FusedQuantizeOnGpu, SymmetricGivesTheReferencesBits) {
  for (const int bits : {2, 4, 8}) {
    const at::Tensor x = values();

    const auto fused = fusedSymmetric(x.to(device()), options(bits));

    ASSERT_TRUE(fused.has_value());
    EXPECT_TRUE(at::equal(fused->cpu(), symmetricQuantize(x, options(bits)))) << bits << " bits";
  }
}

TEST_P(FusedQuantizeOnGpu, SymmetricGivesTheReferencesBitsOnLargeTensors) {
  const at::Tensor x = values({701, 1025});

  EXPECT_TRUE(
      at::equal(fusedSymmetric(x.to(device()), options())->cpu(), symmetricQuantize(x, options())));
}

TEST_P(FusedQuantizeOnGpu, FourDimensionsHaveAScaleForEachMatrix) {
  const at::Tensor x = values({3, 4, 17, 19});

  EXPECT_TRUE(
      at::equal(fusedSymmetric(x.to(device()), options())->cpu(), symmetricQuantize(x, options())));
}

TEST_P(FusedQuantizeOnGpu, TernaryGivesTheReferencesIntegers) {
  for (const auto& shape : {std::vector<std::int64_t>{37, 129}, {701, 1025}}) {
    const at::Tensor x = values(shape);

    const auto fused = fusedTernary(x.to(device()), options());

    ASSERT_TRUE(fused.has_value());
    const at::Tensor reference = ternaryQuantize(x, options());
    EXPECT_TRUE(at::equal(fused->cpu().sign(), reference.sign()));
    const double tolerance = x.scalar_type() == at::kDouble ? 1e-13 : 1e-5;
    EXPECT_LT(largestDifference(fused->cpu(), reference), tolerance);
  }
}

TEST_P(FusedQuantizeOnGpu, TheGradientIsThatOfTheReference) {
  const at::Tensor x = values();
  const at::Tensor weight = values();
  const auto through = [](const at::Tensor& leaf) {
    return straightThrough(leaf, leaf.detach(), 2.5);
  };

  EXPECT_TRUE(at::equal(gradientOf(through, x.to(device()), weight.to(device())).cpu(),
                        gradientOf(through, x, weight)));
}

TEST_P(FusedQuantizeOnGpu, GivesTheSameBitsEachTime) {
  const at::Tensor x = values({701, 1025}).to(device());

  EXPECT_TRUE(at::equal(*fusedTernary(x, options()), *fusedTernary(x, options())));
  EXPECT_TRUE(at::equal(*fusedSymmetric(x, options()), *fusedSymmetric(x, options())));
}

TEST_P(FusedQuantizeOnGpu, NanSpreadsAsInTheReference) {
  at::Tensor x = values();
  x[5][3] = std::numeric_limits<double>::quiet_NaN();

  EXPECT_TRUE(at::equal(fusedSymmetric(x.to(device()), options())->cpu().isnan(),
                        symmetricQuantize(x, options()).isnan()));
  EXPECT_TRUE(at::equal(fusedTernary(x.to(device()), options())->cpu().isnan(),
                        ternaryQuantize(x, options()).isnan()));
}

TEST_P(FusedQuantizeOnGpu, QuantizersUseIt) {
  const at::Tensor x = values().to(device());

  EXPECT_TRUE(at::equal(symmetricQuantize(x, options()), *fusedSymmetric(x, options())));
  EXPECT_TRUE(at::equal(ternaryQuantize(x, options()), *fusedTernary(x, options())));
}

TEST_P(FusedQuantizeOnGpu, LeavesOtherTypesAndLayoutsToAten) {
  const at::Tensor x = values().to(device());

  EXPECT_FALSE(fusedSymmetric(x.to(at::kBFloat16), options()).has_value());
  EXPECT_FALSE(fusedTernary(x.t(), options()).has_value());
  EXPECT_FALSE(fusedStraightThrough(x, x.t(), 2.5).has_value());
}

INSTANTIATE_TEST_SUITE_P(TypesAndGranularities,
                         FusedQuantizeOnGpu,
                         testing::Combine(testing::Values(at::kFloat, at::kDouble),
                                          testing::Values(Granularity::kTensor,
                                                          Granularity::kRow)));

}  // namespace
}  // namespace retort::train
