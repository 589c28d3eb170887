#include "tests/trainers/models/tiny_decoder.h"
#include "tests/trainers/tensor_memory.h"
#include "trainers/training/decoder_source.h"

#include <ATen/ATen.h>

#include <gtest/gtest.h>

#include <ostream>
#include <set>

namespace retort::train {
namespace {

constexpr std::int64_t kRows = 2;
constexpr std::int64_t kLength = 64;

TokenBatch tokensOf(bool has_documents) {
  TokenBatch batch = {.input_ids =
                          at::arange(kRows * kLength).remainder(20).view({kRows, kLength})};
  if (has_documents) {
    batch.segment_ids = at::arange(kLength).floor_divide(40).expand({kRows, kLength}).contiguous();
  }
  return batch;
}

/// Each layer that is computed again keeps one.
at::Tensor generatorState() {
  return at::globalContext().defaultGenerator(at::kCPU).get_state();
}

/// A pass of a decoder of three layers.
struct Pass {
  const char* name;
  std::set<std::string> frozen_parts = {};  ///< of each layer, without ".weight"
  bool has_documents = false;
  bool recomputes_layers = false;
};

void PrintTo(const Pass& pass, std::ostream* out) {
  *out << pass.name;
}

class KeptByAPass : public testing::TestWithParam<Pass> {};

/// What tensors take after a pass, but for the logits and tables that all layers share.
TEST_P(KeptByAPass, IsWhatIsCounted) {
  const Pass& pass = GetParam();
  const DecoderConfig config = smallDecoderConfig({{"num_hidden_layers", 3}});
  LlamaModel model(config, hashedParameters(decoderParameterShapes(config), at::kFloat));
  StepShape shape = {.rows = kRows, .length = kLength};
  shape.has_document_mask = pass.has_documents;
  shape.recomputes_layers = pass.recomputes_layers;
  for (const std::string layer : {"0", "1", "2"}) {
    for (const std::string& part : pass.frozen_parts) {
      shape.frozen.insert("model.layers." + layer + "." + part + ".weight");
    }
  }
  model.setTrainable(shape.frozen);
  const TokenBatch batch = tokensOf(pass.has_documents);
  const TensorMemory memory;

  const ModelTrace trace = model.forward(batch, {.recomputes_layers = pass.recomputes_layers});

  const std::int64_t rows = pass.has_documents ? kRows : 1;
  std::int64_t tables = 2 * rows * kLength * config.head_dim * 4;
  if (pass.recomputes_layers) {
    tables += 3 * static_cast<std::int64_t>(generatorState().nbytes());
  }
  const auto kept = static_cast<double>(memory.live() -
                                        static_cast<std::int64_t>(trace.logits.nbytes()) - tables);
  double counted = static_cast<double>(stepBytes(config, shape).layers);
  if (pass.recomputes_layers) {
    // The layer that is computed again is not there yet.
    StepShape one = shape;
    one.recomputes_layers = false;
    DecoderConfig single = config;
    single.num_hidden_layers = 1;
    counted -= static_cast<double>(stepBytes(single, one).layers - kRows * kLength * 3 * 16 * 4);
  }
  EXPECT_NEAR(kept, counted, 0.02 * counted);
}

INSTANTIATE_TEST_SUITE_P(
    Passes,
    KeptByAPass,
    testing::Values(Pass{"all trained"},
                    Pass{"ov", {"self_attn.o_proj", "self_attn.v_proj"}},
                    Pass{"qkv", {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"}},
                    Pass{"mlp", {"mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"}},
                    Pass{"norms", {"input_layernorm", "post_attention_layernorm"}},
                    Pass{"documents", {}, true},
                    Pass{"again", {}, false, true}));

TEST(StepBytes, CountLogitsAndTheirLosses) {
  const DecoderConfig config = smallDecoderConfig();
  const StepShape alone = {.rows = 2, .length = 6};
  StepShape distilling = alone;
  distilling.has_teacher = true;
  distilling.logit_losses = 2;

  EXPECT_EQ(stepBytes(config, alone).logits, 4 * 12 * 20 * (2 + 2));
  EXPECT_EQ(stepBytes(config, distilling).logits, 4 * 12 * 20 * (5 + 4));
  distilling.logit_rows = 5;
  EXPECT_EQ(stepBytes(config, distilling).logits, 4 * (5 * 20 * 9 + 2 * 20 * 16));
  distilling.logit_rows = 500;
  EXPECT_EQ(stepBytes(config, distilling).logits, 4 * (12 * 20 * 9 + 2 * 20 * 16));
}

TEST(StepBytes, TracedPartsAddWhatTheyTake) {
  const DecoderConfig config = smallDecoderConfig();
  StepShape shape = {.rows = 2, .length = 6, .has_teacher = true};
  const std::uint64_t plain = stepBytes(config, shape).layers;

  shape.traces = TracePart::kHidden;
  EXPECT_EQ(stepBytes(config, shape).layers - plain, 4 * 12 * 2 * 16);
  shape.traces = TracePart::kValue;
  EXPECT_EQ(stepBytes(config, shape).layers - plain, 4 * 12 * 2 * 16);
  shape.traces = TracePart::kScore;
  EXPECT_EQ(stepBytes(config, shape).layers - plain, 4 * 12 * 2 * 3 * 4 * 6);
  shape.element_bytes = 8;
  EXPECT_EQ(stepBytes(config, shape).layers, 2 * (plain + 4 * 12 * 2 * 3 * 4 * 6));
}

TEST(EstimateDecoderMemory, GradientsComeIntoTheRoomOfActivations) {
  const StepBytes step = {.layers = 1000, .logits = 500};

  const MemoryEstimate small = estimateDecoderMemory(step, {.latent = 100, .trainable = 100});
  const MemoryEstimate large = estimateDecoderMemory(step, {.latent = 9000, .trainable = 9000});

  EXPECT_EQ(small.activations, 1500U);
  EXPECT_EQ(small.workspace - large.workspace, 600U + 150U - 100U);
  EXPECT_EQ(large.optimizer, 18000U);
  EXPECT_EQ(small.total(),
            small.program + small.latent + small.gradients + small.optimizer + small.activations +
                small.workspace);
}

/// A run of retort-train on the CPU (three steps of kd_qat, cross entropy and divergence, the
/// probes that are on by default, one thread, glibc 2.36, LibTorch 2.11): what --check counts, and
/// the most resident memory it had, in megabytes.
struct MeasuredRun {
  const char* name;
  double peak;
  double layers;
  double logits;
  double latent;
  double trainable;
  double teacher;
  double quantized;
};

void PrintTo(const MeasuredRun& run, std::ostream* out) {
  *out << run.name;
}

class MeasuredDecoder : public testing::TestWithParam<MeasuredRun> {};

TEST_P(MeasuredDecoder, IsEstimatedWithinATenth) {
  const MeasuredRun& run = GetParam();
  const auto bytes = [](double megabytes) {
    return static_cast<std::uint64_t>(megabytes * 1e6);
  };

  const MemoryEstimate memory =
      estimateDecoderMemory({.layers = bytes(run.layers), .logits = bytes(run.logits)},
                            {.latent = bytes(run.latent),
                             .trainable = bytes(run.trainable),
                             .teacher = bytes(run.teacher),
                             .quantized = bytes(run.quantized)});

  EXPECT_NEAR(static_cast<double>(memory.total()) / 1e6, run.peak, 0.1 * run.peak);
}

INSTANTIATE_TEST_SUITE_P(
    Runs,
    MeasuredDecoder,
    testing::Values(MeasuredRun{"1 x 256", 891, 149, 4.7, 103, 103, 103, 102},
                    MeasuredRun{"1 x 256, ov frozen", 874, 149, 4.7, 87, 87, 103, 102},
                    MeasuredRun{"4 x 256", 1541, 598, 18.9, 103, 103, 103, 102},
                    MeasuredRun{"4 x 256, layers again", 1159, 302, 18.9, 103, 103, 103, 102},
                    MeasuredRun{"4 x 256, 8000 tokens", 933, 153, 295, 29, 29, 29, 21},
                    MeasuredRun{"the same in parts", 542, 153, 53, 29, 29, 29, 21},
                    MeasuredRun{"8 x 256", 815, 306, 38, 13, 13, 13, 12}));

}  // namespace
}  // namespace retort::train
