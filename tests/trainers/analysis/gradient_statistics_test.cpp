#include "trainers/analysis/gradient_statistics.h"

#include "tests/trainers/models/tiny_encoder.h"

#include <gtest/gtest.h>

#include <cmath>

namespace retort::train {
namespace {

TEST(GradientNoise, FindsWhatTheExpectationsWereMadeOf) {
  // E|G_B|^2 = |G|^2 + S / B with |G|^2 = 3 and S = 40.
  const GradientNoise noise = gradientNoise(3 + 40.0 / 4, 4, 3 + 40.0 / 32, 32);

  EXPECT_NEAR(noise.squared_norm, 3, 1e-13);
  EXPECT_NEAR(noise.trace, 40, 1e-12);
  EXPECT_NEAR(noise.scale, 40.0 / 3, 1e-12);
}

TEST(GradientNoise, IsUnbiasedForGradientsOfRows) {
  // Rows with gradients 1, 2, 3, 6: all pairs as small batches, all four as the big one. The means
  // over the pairs are exact: |G_small|^2 = mean of ((a + b) / 2)^2.
  const double small = (2.25 + 4 + 12.25 + 6.25 + 16 + 20.25) / 6;
  const GradientNoise noise = gradientNoise(small, 2, 9, 4);

  // Sampling without replacement: the sample variance with 3 degrees of freedom is 14 / 3.
  EXPECT_NEAR(noise.trace, 14.0 / 3, 1e-12);
  EXPECT_NEAR(noise.squared_norm, 9 - 14.0 / 12, 1e-12);
}

TEST(GradientNoise, RefusesSizesThatTellNothing) {
  EXPECT_THROW(static_cast<void>(gradientNoise(1, 4, 1, 4)), c10::Error);
  EXPECT_THROW(static_cast<void>(gradientNoise(1, 0, 1, 4)), c10::Error);
  EXPECT_TRUE(std::isinf(noiseScale(1, 0)));
}

TEST(Cosine, IsThatOfTheAngle) {
  const TensorList x = {tensorOf({3}), tensorOf({{4}})};

  EXPECT_DOUBLE_EQ(*cosine(x, {tensorOf({6}), tensorOf({{8}})}), 1);
  EXPECT_DOUBLE_EQ(*cosine(x, {tensorOf({-4}), tensorOf({{3}})}), 0);
  EXPECT_DOUBLE_EQ(*cosine(x, {tensorOf({0}), tensorOf({{-2}})}), -0.8);
  EXPECT_FALSE(cosine(x, {tensorOf({0}), tensorOf({{0}})}));
}

TEST(Cosine, OfTheLossesOfAnEncoderIsThatOfTheSecondImplementation) {
  const Json golden = testData("analysis_golden.json").at("gradients").at("cosine");
  const TinyEncoder tiny;
  BertModel student = tiny.student();
  student.setTrainable({});
  const BertModel teacher = tiny.teacher();
  const TensorList parameters = tensorsOf(student.parameters());
  const auto gradient = [&](TraceSet trace, auto term) {
    const ModelTrace s = student.forward(tiny.batch, {.trace = trace});
    const ModelTrace t = teacher.forward(tiny.batch, {.trace = trace});
    return gradientOf(term(s, t), parameters);
  };
  const auto squares = [](const std::vector<at::Tensor>& a, const std::vector<at::Tensor>& b) {
    at::Tensor sum = (a[0] - b[0]).square().mean();
    for (std::size_t i = 1; i < a.size(); ++i) {
      sum = sum + (a[i] - b[i]).square().mean();
    }
    return sum;
  };

  const TensorList output = gradient(TracePart::kOutput, [&](const auto& s, const auto& t) {
    return squares(s.output, t.output);
  });
  const TensorList hidden = gradient(TracePart::kHidden, [&](const auto& s, const auto& t) {
    return squares(s.hidden, t.hidden);
  });

  EXPECT_NEAR(*cosine(output, hidden), golden.at("output_loss rep_loss").get<double>(), 1e-9);
}

}  // namespace
}  // namespace retort::train
