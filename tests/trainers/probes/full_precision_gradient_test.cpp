#include "trainers/probes/full_precision_gradient.h"

#include "tests/trainers/analysis/probe_fixture.h"
#include "trainers/analysis/tensor_list.h"
#include "trainers/probes/gradient_norm.h"

namespace retort::train {
namespace {

class FullPrecisionGradient : public ProbedEncoder {
 protected:
  [[nodiscard]] ProbeInput withFullPrecision() {
    ProbeInput probed = input();
    probed.training.full_precision = [this] {
      return std::make_unique<BertModel>(student_.config(), student_.parameters());
    };
    return probed;
  }
};

TEST_F(FullPrecisionGradient, IsThatOfTheSameWeightsWithoutQuantizers) {
  BertModel unquantized(student_.config(), student_.parameters());
  unquantized.setTrainable({});
  const NamedTensors weights = unquantized.parameters();
  const TensorList gradients =
      gradientOf(input().training.objective(unquantized, tiny_.batch).total, tensorsOf(weights));

  std::vector<MetricPoint> points;
  fullPrecisionGradientProbe().measure(withFullPrecision(), points);

  std::size_t norms = 0;
  std::size_t squares = 0;
  for (const MetricPoint& point : points) {
    for (std::size_t i = 0; i < weights.size(); ++i) {
      auto series = gradientNormSeries(weights[i].name);
      if (!series || series->layer != point.series.layer ||
          series->projection != point.series.projection) {
        continue;
      }
      if (point.series.metric == "full_precision_grad_norm") {
        EXPECT_NEAR(point.value, norm({gradients[i]}), 1e-12) << weights[i].name;
        ++norms;
      } else if (point.series.metric == "full_precision_grad_norm_squared") {
        EXPECT_NEAR(point.value, gradients[i].square().sum().item<double>(), 1e-12);
        ++squares;
      }
    }
  }
  EXPECT_GT(norms, 10U);
  EXPECT_EQ(squares, norms);
  expectUntouched();
}

TEST_F(FullPrecisionGradient, OfAModelWithoutQuantizersIsItsOwn) {
  ProbeInput probed = withFullPrecision();
  BertModel plain(student_.config(), student_.parameters());
  plain.setTrainable({});
  const NamedTensors parameters = plain.parameters();
  probed.training.student = &plain;
  probed.parameters = &parameters;

  std::vector<MetricPoint> points;
  fullPrecisionGradientProbe().measure(probed, points);

  int cosines = 0;
  for (const MetricPoint& point : points) {
    if (!point.series.metric.starts_with("full_precision_grad_norm")) {
      EXPECT_NEAR(point.value, 1, 1e-12) << point.series.metric;
      ++cosines;
    }
  }
  EXPECT_GT(cosines, 10);
}

TEST_F(FullPrecisionGradient, IsBiasedByQuantization) {
  std::vector<MetricPoint> points;
  fullPrecisionGradientProbe().measure(withFullPrecision(), points);

  double least = 1;
  for (const MetricPoint& point : points) {
    if (point.series.metric == "full_precision_grad_cosine") {
      least = std::min(least, point.value);
    }
  }
  EXPECT_LT(least, 0.999);
}

TEST_F(FullPrecisionGradient, NeedsAModelToCompareWith) {
  std::vector<MetricPoint> points;

  fullPrecisionGradientProbe().measure(input(), points);

  EXPECT_TRUE(points.empty());
}

}  // namespace
}  // namespace retort::train
