#include "trainers/models/recomputed_layer.h"

#include "tests/trainers/models/tiny_decoder.h"
#include "tests/trainers/models/tiny_gpt2.h"
#include "tests/trainers/tensor_memory.h"

#include <ATen/ATen.h>

#include <gtest/gtest.h>

namespace retort::train {
namespace {

TEST(Recomputed, HasTheGradientsOfTheFunction) {
  const at::Tensor w = randomTensor({3, 3}, 1).requires_grad_();
  const auto layer = [&](const at::Tensor& x) {
    const at::Tensor y = x.matmul(w).tanh();
    return std::vector<at::Tensor>{y.matmul(w), y};
  };
  const auto loss = [&](const at::Tensor& x) {
    const std::vector<at::Tensor> results = recomputed(layer, x, {w});
    return (results[0].square().sum() + results[1].sin().sum());
  };

  EXPECT_LT(gradientError(loss, randomTensor({2, 3}, 2)), 1e-7);
  w.mutable_grad().reset();
  const at::Tensor x = randomTensor({2, 3}, 2).requires_grad_();
  loss(x).backward();
  const at::Tensor found = w.grad().clone();
  w.mutable_grad().reset();
  const std::vector<at::Tensor> plain = layer(x);
  (plain[0].square().sum() + plain[1].sin().sum()).backward();
  EXPECT_LT(largestDifference(found, w.grad()), 1e-15);
}

TEST(Recomputed, DrawsTheSameRandomNumbers) {
  const at::Tensor x = at::ones({64}, at::kDouble).requires_grad_();
  at::manual_seed(3);

  const std::vector<at::Tensor> results = recomputed(
      [](const at::Tensor& input) {
        return std::vector<at::Tensor>{at::dropout(input, 0.5, /*train=*/true)};
      },
      x,
      {});
  const at::Tensor next = at::rand({4});
  results[0].sum().backward();

  EXPECT_TRUE(at::equal(x.grad(), results[0].detach()));
  // The backward pass leaves the generator where it was.
  const at::Tensor after = at::rand({4});
  at::manual_seed(3);
  static_cast<void>(at::dropout(x.detach(), 0.5, /*train=*/true));
  EXPECT_TRUE(at::equal(at::rand({4}), next));
  EXPECT_TRUE(at::equal(at::rand({4}), after));
}

TEST(Recomputed, RefusesGradientsOfGradients) {
  const at::Tensor x = randomTensor({3}, 1).requires_grad_();
  const std::vector<at::Tensor> results = recomputed(
      [](const at::Tensor& input) { return std::vector<at::Tensor>{input.square()}; }, x, {});

  EXPECT_THROW(
      static_cast<void>(results[0].sum().backward({}, std::nullopt, /*create_graph=*/true)),
      c10::Error);
}

/// Gradients of every parameter after one pass of a golden decoder.
NamedTensors gradients(const Model& model, const TokenBatch& batch, const ForwardOptions& options) {
  for (const NamedTensor& entry : model.parameters()) {
    entry.tensor.mutable_grad().reset();
  }
  const ModelTrace trace = model.forward(batch, options);
  at::Tensor loss = nextTokenLoss(trace, batch);
  for (const at::Tensor& score : trace.score) {
    loss = loss + score.clamp_min(-50).square().mean();
  }
  for (const at::Tensor& value : trace.value) {
    loss = loss + value.square().mean();
  }
  for (const ProjectionOutputs& outputs : trace.projection) {
    loss = loss + outputs.at("up").square().mean();
  }
  loss.backward();
  NamedTensors found;
  for (const NamedTensor& entry : model.parameters()) {
    found.push_back({entry.name, entry.tensor.grad().clone()});
  }
  return found;
}

/// Of a pass whose layers are computed again, and of one whose layers are not, bit for bit.
void expectSameGradients(const Model& model, const TokenBatch& batch) {
  for (const TraceSet trace :
       {TraceSet(), TracePart::kScore | TraceSet(TracePart::kValue) | TracePart::kProjection}) {
    const NamedTensors plain = gradients(model, batch, {.trace = trace});
    const NamedTensors again = gradients(model, batch, {.trace = trace, .recomputes_layers = true});
    for (std::size_t i = 0; i < plain.size(); ++i) {
      EXPECT_TRUE(at::equal(plain[i].tensor, again[i].tensor))
          << plain[i].name << ": " << largestDifference(plain[i].tensor, again[i].tensor);
    }
  }
}

class RecomputedDecoder : public testing::TestWithParam<const char*> {};

TEST_P(RecomputedDecoder, HasTheSameGradientsBitForBit) {
  const TinyDecoder decoder(GetParam());
  expectSameGradients(decoder.model(), decoder.batch);
}

INSTANTIATE_TEST_SUITE_P(Families, RecomputedDecoder, testing::Values("llama", "qwen3"));

TEST(RecomputedGpt2, HasTheSameGradientsBitForBit) {
  const TinyGpt2 decoder("gpt2_documents");
  expectSameGradients(decoder.model(), decoder.batch);
  expectSameGradients(decoder.model({.kv_cache_bits = 4}), decoder.batch);
}

TEST(RecomputedLayers, KeepTheirInputsOnly) {
  const DecoderConfig config = smallDecoderConfig({{"num_hidden_layers", 6}});
  LlamaModel model(config, hashedParameters(decoderParameterShapes(config)));
  model.setTrainable({});
  const at::Tensor ids = at::arange(64).remainder(20).view({1, 64});
  const auto kept = [&](bool recomputes) {
    const TensorMemory memory;
    const ModelTrace trace = model.forward({.input_ids = ids}, {.recomputes_layers = recomputes});
    return memory.live();
  };

  // 6 D + 4 H d + H + 2 + 4 I numbers of a token in each layer, or its input, D.
  const std::int64_t layer = 6 * 16 + 4 * 16 + 4 + 2 + 4 * 24;
  const auto state = at::globalContext().defaultGenerator(at::kCPU).get_state().nbytes();
  const std::int64_t difference = kept(false) - (kept(true) - 6 * static_cast<std::int64_t>(state));
  EXPECT_NEAR(
      static_cast<double>(difference), 6 * 64 * 8 * (layer - 16), 0.03 * 6 * 64 * 8 * layer);
}

}  // namespace
}  // namespace retort::train
