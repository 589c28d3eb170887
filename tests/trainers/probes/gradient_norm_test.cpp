#include "trainers/probes/gradient_norm.h"

#include <ATen/ATen.h>

#include <gtest/gtest.h>

#include <cmath>

namespace retort::train {

namespace {

TEST(GradientNormSeries, NamesLayerAndProjection) {
  EXPECT_EQ(gradientNormSeries("bert.encoder.layer.3.attention.self.query.weight"),
            (SeriesKey{.metric = "grad_norm", .layer = 3, .projection = "q"}));
  EXPECT_EQ(gradientNormSeries("bert.encoder.layer.0.intermediate.dense.weight"),
            (SeriesKey{.metric = "grad_norm", .layer = 0, .projection = "ffn1"}));
  EXPECT_EQ(gradientNormSeries("bert.encoder.layer.11.attention.output.dense.weight"),
            (SeriesKey{.metric = "grad_norm", .layer = 11, .projection = "o"}));
}

TEST(GradientNormSeries, KeepsTheThreeEmbeddingsApart) {
  for (const std::string table :
       {"word_embeddings", "position_embeddings", "token_type_embeddings"}) {
    EXPECT_EQ(gradientNormSeries("bert.embeddings." + table + ".weight"),
              (SeriesKey{.metric = "grad_norm", .projection = table}));
  }
  EXPECT_EQ(gradientNormSeries("transformer.wte.weight")->projection, "embeddings");
  EXPECT_EQ(gradientNormSeries("transformer.wpe.weight")->projection, "position_embeddings");
}

TEST(GradientNormSeries, LeavesBiasesAndNormsOut) {
  EXPECT_FALSE(gradientNormSeries("bert.encoder.layer.0.attention.self.query.bias"));
  EXPECT_FALSE(gradientNormSeries("bert.encoder.layer.0.output.LayerNorm.weight"));
  EXPECT_FALSE(gradientNormSeries("bert.embeddings.LayerNorm.weight"));
  EXPECT_FALSE(gradientNormSeries("something.else"));
  EXPECT_TRUE(gradientNormSeries("classifier.weight"));
  EXPECT_TRUE(gradientNormSeries("bert.pooler.dense.weight"));
}

TEST(RelativeNorm, DividesByTheWeight) {
  EXPECT_DOUBLE_EQ(relativeNorm(3, 4), 0.75);
  EXPECT_EQ(relativeNorm(0, 0), 0);
  EXPECT_TRUE(std::isinf(relativeNorm(1, 0)));
}

TEST(GradientNormProbe, ReportsNormsRelativeNormsAndTheTotal) {
  const NamedTensors parameters = {
      {"bert.encoder.layer.1.attention.self.value.weight", at::tensor({3.0, 4.0})},
      {"bert.encoder.layer.1.attention.self.value.bias", at::tensor({1.0})},
      {"classifier.weight", at::tensor({2.0})}};
  const std::vector<double> norms = {10, 2, 11};
  std::vector<MetricPoint> points;

  gradientNormProbe().measure({.parameters = &parameters, .gradient_norms = &norms}, points);

  ASSERT_EQ(points.size(), 5U);
  EXPECT_EQ(points[0].series.metric, "grad_norm_total");
  EXPECT_DOUBLE_EQ(points[0].value, 15);  // sqrt(100 + 4 + 121)
  EXPECT_EQ(points[1].series, (SeriesKey{.metric = "grad_norm", .layer = 1, .projection = "v"}));
  EXPECT_EQ(points[1].value, 10);
  EXPECT_EQ(points[3].series,
            (SeriesKey{.metric = "grad_norm_relative", .layer = 1, .projection = "v"}));
  EXPECT_DOUBLE_EQ(points[3].value, 2);
  EXPECT_DOUBLE_EQ(points[4].value, 5.5);
}

}  // namespace

}  // namespace retort::train
