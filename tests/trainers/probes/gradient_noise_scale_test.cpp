#include "trainers/probes/gradient_noise_scale.h"

#include "tests/trainers/analysis/probe_fixture.h"

#include <ATen/ops/cat.h>

namespace retort::train {
namespace {

class NoiseScaleProbe : public ProbedEncoder {};

TEST_F(NoiseScaleProbe, ComesFromTheGradientsOfTheSecondImplementation) {
  settings_ = {{"probe.gradient_noise_scale.rows", 2}};
  const Json& golden = golden_.at("gradients");
  const double big = golden.at("big").get<double>();
  const double small =
      (golden.at("small").at(0).get<double>() + golden.at("small").at(1).get<double>()) / 2;
  const double squared_norm = (4 * big - 2 * small) / 2;
  const double trace = (small - big) / (0.5 - 0.25);

  const auto values = measured(gradientNoiseScaleProbe(), input());

  EXPECT_LT(relativeDifference(values.at("gradient_squared_norm"), squared_norm), 1e-9);
  EXPECT_LT(relativeDifference(values.at("gradient_noise_trace"), trace), 1e-9);
  EXPECT_LT(relativeDifference(values.at("gradient_noise_scale"), trace / squared_norm), 1e-9);
  expectUntouched();
}

TEST_F(NoiseScaleProbe, HasNoNoiseWhereAllRowsAreAlike) {
  ProbeInput alike = input();
  const std::vector<at::Tensor*> parts = {&alike.batch.input_ids,
                                          &alike.batch.attention_mask,
                                          &alike.batch.segment_ids,
                                          &alike.batch.lengths,
                                          &alike.batch.labels};
  for (at::Tensor* part : parts) {
    *part = at::cat({part->narrow(0, 0, 1),
                     part->narrow(0, 0, 1),
                     part->narrow(0, 0, 1),
                     part->narrow(0, 0, 1)});
  }

  const auto values = measured(gradientNoiseScaleProbe(), alike);

  EXPECT_NEAR(values.at("gradient_noise_scale"), 0, 1e-9);
  EXPECT_GT(values.at("gradient_squared_norm"), 0);
}

TEST_F(NoiseScaleProbe, GivesNothingForOneSize) {
  settings_ = {{"probe.gradient_noise_scale.rows", 4}};
  EXPECT_TRUE(measured(gradientNoiseScaleProbe(), input()).empty());

  settings_ = {};
  ProbeInput stopped = input();
  stopped.pulse = [] {
    return false;
  };
  EXPECT_TRUE(measured(gradientNoiseScaleProbe(), stopped).empty());
}

TEST(CorrectNoiseScale, DividesTheMeans) {
  std::vector<MetricPoint> means = {{.series = {.metric = "gradient_noise_scale"}, .value = -5},
                                    {.series = {.metric = "gradient_noise_trace"}, .value = 12},
                                    {.series = {.metric = "gradient_squared_norm"}, .value = 3}};

  correctNoiseScale(means);

  EXPECT_EQ(means[0].value, 4);
  EXPECT_EQ(means[1].value, 12);
}

}  // namespace
}  // namespace retort::train
