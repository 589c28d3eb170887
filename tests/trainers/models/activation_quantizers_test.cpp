#include "trainers/models/activation_quantizers.h"

#include "tests/trainers/models/tiny_encoder.h"

#include <ATen/core/grad_mode.h>

#include <gtest/gtest.h>

#include <set>

namespace retort::train {
namespace {

/// The teacher's network of the tiny encoder with activations quantized, weights in full precision.
BertModel modelWith(const TinyEncoder& tiny, const ActivationPoints& points) {
  return BertModel(
      tiny.withoutDropout(), tiny.teacher().parameters(), ModelQuantization{.activation = points});
}

ActivationPoints only(ActivationPoint point, const ActivationOptions& options) {
  ActivationPoints points;
  points.at(static_cast<std::size_t>(point)) = options;
  return points;
}

/// Keeps what comes to each place; lets it be quantized.
struct Listener : ActivationObserver {
  bool takes(ActivationPoint point,
             std::size_t layer,
             const at::Tensor& x,
             const at::Tensor& /*is_real*/) override {
    seen.emplace_back(point, layer);
    if (point == wanted) {
      inputs.push_back(x);
    }
    return false;
  }

  std::vector<std::pair<ActivationPoint, std::size_t>> seen;
  ActivationPoint wanted = ActivationPoint::kQuery;
  std::vector<at::Tensor> inputs;
};

ModelTrace forward(const BertModel& model, const TinyEncoder& tiny, ForwardOptions options = {}) {
  const at::NoGradGuard no_grad;
  return model.forward(tiny.batch, options);
}

TEST(ActivationQuantizers, AreOnePerLayerAndPoint) {
  const TinyEncoder tiny;
  Listener listener;

  forward(modelWith(tiny, {}), tiny, {.observer = &listener});

  const std::set<std::pair<ActivationPoint, std::size_t>> places(listener.seen.begin(),
                                                                 listener.seen.end());
  EXPECT_EQ(places.size(), listener.seen.size());
  EXPECT_EQ(places.size(), 2 * (kActivationPoints - 1) + 1);
}

TEST(ActivationQuantizers, EachPointChangesTheOutputByItself) {
  const TinyEncoder tiny;
  const at::Tensor exact = forward(modelWith(tiny, {}), tiny).logits;

  for (const ActivationPointFacts& facts : activationPoints()) {
    const BertModel model = modelWith(tiny, only(facts.point, {.bits = 3}));
    EXPECT_GT(largestDifference(forward(model, tiny).logits, exact), 0) << facts.name;
  }
}

TEST(ActivationQuantizers, AllPointsTogetherAreTheDefaultStudent) {
  const TinyEncoder tiny;
  const ActivationPoints points = everywhere({.bits = 8, .clip = 2.5});
  const BertModel student = tiny.student();
  const BertModel same(student.config(),
                       student.parameters(),
                       {.weights = student.quantization().weights, .activation = points});

  EXPECT_EQ(largestDifference(forward(same, tiny).logits, forward(student, tiny).logits), 0);
}

TEST(ActivationQuantizers, QuantizeWhatThePointSays) {
  const TinyEncoder tiny;
  const BertModel model = modelWith(tiny, only(ActivationPoint::kProbabilities, {.bits = 2}));
  Listener listener;
  listener.wanted = ActivationPoint::kProbabilities;

  const ModelTrace trace =
      forward(model, tiny, {.trace = TraceSet(TracePart::kProb), .observer = &listener});

  ASSERT_EQ(listener.inputs.size(), 2U);
  EXPECT_EQ(largestDifference(listener.inputs[1], trace.prob[1]), 0);
}

TEST(ActivationQuantizers, NameTheirTensorsByPlace) {
  const TinyEncoder tiny;
  const BertModel model = modelWith(tiny, everywhere({.scheme = "lsq", .bits = 4}));
  const NamedTensors parameters = model.quantizerParameters();

  ASSERT_EQ(parameters.size(), 2 * (kActivationPoints - 1) + 1);
  EXPECT_EQ(parameters.front().name, "quantizers.layer.0.qkv_input.lsq_4.step");
  EXPECT_EQ(parameters[1].name, "quantizers.layer.0.query.lsq_4.step");
  EXPECT_EQ(parameters.back().name, "quantizers.pooler_input.lsq_4.step");
  EXPECT_EQ(parameters.front().tensor.scalar_type(), at::kDouble);
}

TEST(ActivationQuantizers, AreTrainedUnlessFixedOrFrozen) {
  const TinyEncoder tiny;
  ActivationPoints points = everywhere({.scheme = "lsq", .bits = 4});
  points[0] = {.bits = 8, .range = ActivationRange::kMinMax};
  BertModel model = modelWith(tiny, points);

  model.setTrainable({"quantizers.pooler_input.lsq_4.step"});

  const NamedTensors trained = model.trainableParameters();
  EXPECT_EQ(trained.size(), model.parameters().size() + 2 * (kActivationPoints - 2));
  EXPECT_EQ(findTensor(trained, "quantizers.layer.0.qkv_input.fixed_symmetric_8.bound"), nullptr);
  EXPECT_EQ(findTensor(trained, "quantizers.pooler_input.lsq_4.step"), nullptr);
  EXPECT_NE(findTensor(trained, "quantizers.layer.1.value.lsq_4.step"), nullptr);
}

TEST(ActivationQuantizers, ShareOfClippedActivationsIsTraced) {
  const TinyEncoder tiny;
  const BertModel model =
      modelWith(tiny, only(ActivationPoint::kFfn1Input, {.bits = 8, .clip = 1}));
  Listener listener;
  listener.wanted = ActivationPoint::kFfn1Input;

  const ModelTrace trace =
      forward(model, tiny, {.trace = TraceSet(TracePart::kClipped), .observer = &listener});

  ASSERT_EQ(trace.clipped.size(), 2U);
  EXPECT_EQ(trace.clipped[1].point, ActivationPoint::kFfn1Input);
  EXPECT_EQ(trace.clipped[1].layer, 1U);
  const at::Tensor real = tiny.batch.attention_mask.to(at::kDouble).unsqueeze(2);
  const at::Tensor beyond = listener.inputs[1].abs().gt(1).to(at::kDouble) * real;
  const double values = real.sum().item<double>() * 16;
  EXPECT_NEAR(trace.clipped[1].share.item<double>(), beyond.sum().item<double>() / values, 1e-6);
  EXPECT_GT(beyond.sum().item<double>(), 0);
}

TEST(RealElements, LeaveOutPaddedRowsAndKeys) {
  const at::Tensor is_real = tensorOf({{1, 1, 0}}, at::kBool).view({1, 1, 1, 3});
  const auto count = [&](ActivationPoint point, at::IntArrayRef shape) {
    return realElements(point, is_real).expand(shape).sum().item<std::int64_t>();
  };

  EXPECT_EQ(count(ActivationPoint::kFfn2Input, {1, 3, 5}), 10);
  EXPECT_EQ(count(ActivationPoint::kValue, {1, 2, 3, 4}), 16);
  EXPECT_EQ(count(ActivationPoint::kProbabilities, {1, 2, 3, 3}), 8);
  EXPECT_EQ(count(ActivationPoint::kPoolerInput, {1, 5}), 5);
}

}  // namespace
}  // namespace retort::train
