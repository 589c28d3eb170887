#include "trainers/models/calibration.h"

#include "tests/trainers/models/tiny_encoder.h"
#include "trainers/train_error.h"

#include <ATen/Context.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/sort.h>
#include <ATen/ops/zeros.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

namespace retort::train {
namespace {

bool goOn() {
  return true;
}

BertModel modelWith(const TinyEncoder& tiny, const ActivationPoints& points) {
  return BertModel(
      tiny.withoutDropout(), tiny.teacher().parameters(), ModelQuantization{.activation = points});
}

ActivationPoints only(ActivationPoint point, const ActivationOptions& options) {
  ActivationPoints points;
  points.at(static_cast<std::size_t>(point)) = options;
  return points;
}

/// The values of real tokens at a place, as they come in full precision.
struct Listener : ActivationObserver {
  explicit Listener(ActivationPoint point) : wanted(point) {}

  bool takes(ActivationPoint point,
             std::size_t layer,
             const at::Tensor& x,
             const at::Tensor& is_real) override {
    if (point == wanted && layer == 0) {
      values.push_back(x.masked_select(realElements(point, is_real).expand_as(x)));
    }
    return true;
  }

  ActivationPoint wanted;
  std::vector<at::Tensor> values;
};

at::Tensor valuesAt(ActivationPoint point, const TinyEncoder& tiny) {
  const at::NoGradGuard no_grad;
  Listener listener(point);
  static_cast<void>(modelWith(tiny, {}).forward(tiny.batch, {.observer = &listener}));
  return at::cat(listener.values);
}

double boundAfter(const TinyEncoder& tiny,
                  ActivationPoint point,
                  const ActivationOptions& options) {
  BertModel model = modelWith(tiny, only(point, options));
  EXPECT_TRUE(calibrateActivations(model, {tiny.batch}, goOn));
  return model.quantizerParameters().front().tensor.max().item<double>();
}

TEST(Calibration, FindsTheExtremesOfRealTokens) {
  const TinyEncoder tiny;
  const ActivationOptions options = {.bits = 8, .range = ActivationRange::kMinMax};

  for (const ActivationPoint point : {ActivationPoint::kQkvInput,
                                      ActivationPoint::kQuery,
                                      ActivationPoint::kProbabilities,
                                      ActivationPoint::kPoolerInput}) {
    EXPECT_EQ(boundAfter(tiny, point, options), valuesAt(point, tiny).abs().max().item<double>());
  }
}

TEST(Calibration, FindsTheExtremesOverAllBatches) {
  const TinyEncoder tiny;
  const ActivationOptions options = {.bits = 8, .range = ActivationRange::kMinMax};
  std::vector<TokenBatch> rows;
  for (std::int64_t row = 0; row < tiny.batch.input_ids.size(0); ++row) {
    TokenBatch& part = rows.emplace_back(tiny.batch);
    for (at::Tensor* tensor : {&part.input_ids, &part.attention_mask, &part.segment_ids}) {
      *tensor = tensor->slice(0, row, row + 1);
    }
  }
  BertModel model = modelWith(tiny, only(ActivationPoint::kFfn2Input, options));

  ASSERT_TRUE(calibrateActivations(model, rows, goOn));

  EXPECT_NEAR(model.quantizerParameters().front().tensor.item<double>(),
              boundAfter(tiny, ActivationPoint::kFfn2Input, options),
              1e-12);
}

TEST(Calibration, GivesEachHeadItsRange) {
  const TinyEncoder tiny;
  const ActivationOptions options = {
      .bits = 8, .granularity = ActivationGranularity::kHead, .range = ActivationRange::kMinMax};
  BertModel model = modelWith(tiny, only(ActivationPoint::kValue, options));

  ASSERT_TRUE(calibrateActivations(model, {tiny.batch}, goOn));

  const at::Tensor bounds = model.quantizerParameters().front().tensor;
  EXPECT_EQ(bounds.sizes(), (at::IntArrayRef{2, 1, 1}));
  EXPECT_EQ(bounds.max().item<double>(),
            valuesAt(ActivationPoint::kValue, tiny).abs().max().item<double>());
  EXPECT_NE(bounds[0].item<double>(), bounds[1].item<double>());
}

TEST(Calibration, FindsAPercentileToABin) {
  const TinyEncoder tiny;
  const at::Tensor sorted = std::get<0>(valuesAt(ActivationPoint::kFfn1Input, tiny).sort());
  const double high = sorted[sorted.size(0) * 9 / 10].item<double>();
  const double low = sorted[sorted.size(0) / 10].item<double>();
  const double bin = (sorted[-1] - sorted[0]).item<double>() / static_cast<double>(kRangeBins);

  const double bound =
      boundAfter(tiny,
                 ActivationPoint::kFfn1Input,
                 {.bits = 8, .range = ActivationRange::kPercentile, .percentile = 90, .clip = 100});

  EXPECT_NEAR(bound, std::max(high, -low), 3 * bin + 0.02);
  EXPECT_LT(bound, sorted.abs().max().item<double>());
}

TEST(Calibration, StartsLearnedStepsAsTheirAuthors) {
  const TinyEncoder tiny;
  const double mean = valuesAt(ActivationPoint::kQuery, tiny).abs().mean().item<double>();

  // 2 mean|x| / sqrt(p), p = 7.
  EXPECT_NEAR(boundAfter(tiny, ActivationPoint::kQuery, {.scheme = "lsq", .bits = 4}),
              2 * mean / std::sqrt(7.0),
              1e-12);
}

TEST(Calibration, IsTheSameEveryTimeAndDrawsNoRandomNumbers) {
  const TinyEncoder tiny;
  const ActivationPoints points = everywhere({.bits = 4, .range = ActivationRange::kMse});
  BertModel first = modelWith(tiny, points);
  BertModel second = modelWith(tiny, points);
  at::manual_seed(3);
  ASSERT_TRUE(calibrateActivations(first, {tiny.batch}, goOn));
  const at::Tensor drawn = at::zeros({1}).normal_();
  at::manual_seed(3);
  EXPECT_EQ(largestDifference(drawn, at::zeros({1}).normal_()), 0);

  ASSERT_TRUE(calibrateActivations(second, {tiny.batch}, goOn));

  const NamedTensors expected = first.quantizerParameters();
  const NamedTensors found = second.quantizerParameters();
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(largestDifference(found[i].tensor, expected[i].tensor), 0) << expected[i].name;
  }
  EXPECT_FALSE(second.activations().needRanges());
}

TEST(Calibration, LeavesAloneWhatHasNumbers) {
  const TinyEncoder tiny;
  BertModel model = modelWith(tiny, everywhere({.scheme = "lsq", .bits = 4}));
  const at::Tensor step = model.quantizerParameters()[3].tensor;
  step.fill_(0.125);

  ASSERT_TRUE(calibrateActivations(model, {tiny.batch}, goOn));

  EXPECT_EQ(step.item<double>(), 0.125);
  EXPECT_NE(model.quantizerParameters()[2].tensor.item<double>(), 0.125);
}

TEST(Calibration, GivesUpWhenTold) {
  const TinyEncoder tiny;
  BertModel model = modelWith(tiny, everywhere({.scheme = "lsq", .bits = 4}));

  EXPECT_FALSE(calibrateActivations(model, {tiny.batch}, [] { return false; }));
  EXPECT_TRUE(model.activations().needRanges());
}

TEST(Calibration, NamesThePlaceOfNumbersThatAreNotFinite) {
  const TinyEncoder tiny;
  BertModel model = modelWith(tiny, everywhere({.scheme = "lsq", .bits = 4}));
  findTensor(model.parameters(), "bert.embeddings.LayerNorm.bias")
      ->fill_(std::numeric_limits<double>::infinity());

  EXPECT_THROW(static_cast<void>(calibrateActivations(model, {tiny.batch}, goOn)), TrainError);
}

RangeHistogram histogramOf(const at::Tensor& values) {
  RangeHistogram histogram{.low = values.amin(1),
                           .high = values.amax(1),
                           .counts = at::zeros({values.size(0), kRangeBins}, at::kLong)};
  addToHistogram(values, histogram);
  return histogram;
}

TEST(RangeHistogram, CountsEachValueOnce) {
  const at::Tensor values = randomTensor({2, 500}, 9);
  RangeHistogram histogram = histogramOf(values);
  addToHistogram(values, histogram);

  EXPECT_EQ(histogram.counts[0].sum().item<std::int64_t>(), 1000);
  EXPECT_EQ(histogram.counts[1][kRangeBins - 1].item<std::int64_t>(), 2);
}

TEST(PercentileRange, IsTheSortedValueToABin) {
  const at::Tensor values = randomTensor({1, 10000}, 10);
  const at::Tensor sorted = std::get<0>(values[0].sort());
  const double bin =
      (sorted[-1] - sorted[0]).item<double>() / static_cast<double>(kRangeBins) + 1e-3;

  const RangeStatistics range = percentileRange(histogramOf(values), 99);

  EXPECT_NEAR(range.high.item<double>(), sorted[9900].item<double>(), bin);
  EXPECT_NEAR(range.low.item<double>(), sorted[100].item<double>(), bin);
  EXPECT_NEAR(percentileRange(histogramOf(values), 100).high.item<double>(),
              sorted[-1].item<double>(),
              1e-12);
}

TEST(LeastErrorRange, BeatsEveryOtherFactor) {
  const at::Tensor values = randomTensor({1, 20000}, 11);
  const HeldGrid& grid = *findHeldGrid("fixed_symmetric");
  const GridOptions options = {.bits = 3, .clip = 100};
  const auto errorWith = [&](double bound) {
    const at::Tensor x_q = grid.quantize(values, {tensorOf({bound})}, options);
    return (values - x_q).square().mean().item<double>();
  };

  const RangeStatistics range = leastErrorRange(histogramOf(values), grid, options);

  const double largest = values.abs().max().item<double>();
  const double found = std::max(range.high.item<double>(), -range.low.item<double>());
  double least = std::numeric_limits<double>::infinity();
  for (int percent = 1; percent <= 100; ++percent) {
    least = std::min(least, errorWith(largest * percent / 100));
  }
  EXPECT_LT(found, 0.9 * largest);
  EXPECT_LT(errorWith(found), least * 1.001);
}

TEST(LeastErrorRange, KeepsTheWholeRangeWhereItFits) {
  // Levels -3 .. 3: the extremes are on the grid, and so are all values.
  const at::Tensor values = tensorOf({{-3.0, -2.0, 0.0, 1.0, 3.0}});

  const RangeStatistics range = leastErrorRange(
      histogramOf(values), *findHeldGrid("fixed_symmetric"), {.bits = 3, .clip = 9});

  EXPECT_NEAR(range.high.item<double>(), 3, 0.04);
}

}  // namespace
}  // namespace retort::train
