#include "trainers/models/gpt2.h"

#include "tests/trainers/models/tiny_gpt2.h"
#include "trainers/models/model_quantization.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::train {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

at::Tensor ids(const Json& values) {
  return tensorOf(values).to(at::kLong);
}

const Json kRows = {{1, 5, 9, 2, 7, 7}, {3, 3, 8, 0, 4, 6}};

/// A model with the formula's weights, ready to be trained.
Gpt2Model smallModel(const Gpt2Config& config = smallGpt2Config(),
                     const SettingValues& settings = {}) {
  Gpt2Model model(config,
                  hashedGpt2Parameters(config),
                  settings.empty() ? ModelQuantization{}
                                   : ModelQuantization{.weights = PrecisionMap(settings)});
  model.setTrainable({});
  return model;
}

const at::Tensor& parameter(const Gpt2Model& model, const std::string& name) {
  return *findTensor(model.parameters(), name);
}

at::Tensor logitsOf(const Gpt2Model& model, const Json& rows) {
  return model.forward({.input_ids = ids(rows)}, {}).logits;
}

TEST(Gpt2Model, ShapeIsTheConfigurations) {
  const ModelShape& shape = smallModel().shape();

  EXPECT_EQ(shape.layers, 2);
  EXPECT_EQ(shape.key_value_heads, 4);
  EXPECT_EQ(shape.head_size, 4);
  EXPECT_EQ(shape.intermediate_size, 64);
  EXPECT_EQ(shape.positions, 12);
  EXPECT_EQ(shape.outputs, 20);
  EXPECT_TRUE(shape.is_decoder);
  EXPECT_FALSE(shape.has_gates);
}

TEST(Gpt2Model, TracesAreMadeOfEachOther) {
  const Gpt2Model model = smallModel();
  const at::NoGradGuard no_grad;
  const ModelTrace trace = model.forward({.input_ids = ids(kRows)}, {.trace = TraceSet::all()});

  ASSERT_EQ(trace.hidden.size(), 3U);
  EXPECT_LT(largestDifference(
                trace.hidden[0][1][2],
                parameter(model, kGpt2TokenTable)[8] + parameter(model, kGpt2PositionTable)[2]),
            1e-15);
  for (const std::size_t layer : {0U, 1U}) {
    EXPECT_EQ(trace.value[layer].sizes(), at::IntArrayRef({2, 4, 6, 4}));
    EXPECT_LT(largestDifference(trace.prob[layer].matmul(trace.value[layer]), trace.context[layer]),
              1e-14);
    EXPECT_LT(largestDifference(trace.hidden[layer] + trace.dense[layer], trace.output[layer]),
              1e-14);
    EXPECT_TRUE(at::equal(trace.projection[layer].at("o"), trace.dense[layer]));
    EXPECT_LT(largestDifference(trace.output[layer] + trace.projection[layer].at("down"),
                                trace.hidden[layer + 1]),
              1e-14);
    EXPECT_EQ(trace.projection[layer].size(), 6U);
    EXPECT_EQ(trace.projection[layer].at("up").sizes(), at::IntArrayRef({2, 6, 64}));
    // (x - mean) / deviation * weight + bias, of what the attention gave.
    const std::string norm = "transformer.h." + std::to_string(layer) + ".ln_2.";
    const auto [variance, mean] = at::var_mean(trace.dense[layer], -1, /*unbiased=*/false, true);
    const at::Tensor expected =
        (trace.dense[layer] - mean) / (variance + 1e-5).sqrt() * parameter(model, norm + "weight") +
        parameter(model, norm + "bias");
    EXPECT_LT(largestDifference(trace.normed_dense[layer], expected), 1e-12);
  }
}

TEST(Gpt2Model, TracesChangeNoBit) {
  const TokenBatch batch = {.input_ids = ids(kRows), .labels = ids(kRows)};
  const Gpt2Model plain = smallModel();
  const Gpt2Model traced = smallModel();

  const ModelTrace without = plain.forward(batch, {});
  const ModelTrace with = traced.forward(batch, {.trace = TraceSet::all()});
  nextTokenLoss(without, batch).backward();
  nextTokenLoss(with, batch).backward();

  EXPECT_TRUE(at::equal(without.logits, with.logits));
  for (const NamedTensor& entry : plain.parameters()) {
    EXPECT_TRUE(at::equal(entry.tensor.grad(), parameter(traced, entry.name).grad())) << entry.name;
  }
}

TEST(Gpt2Model, NoTokenSeesWhatFollows) {
  const Gpt2Model model = smallModel();
  const at::NoGradGuard no_grad;
  Json changed = kRows;
  changed[0][4] = 11;

  const at::Tensor before = logitsOf(model, kRows);
  const at::Tensor after = logitsOf(model, changed);

  EXPECT_LT(largestDifference(before.narrow(0, 0, 4), after.narrow(0, 0, 4)), 1e-15);
  EXPECT_GT(largestDifference(before[4], after[4]), 1e-3);
}

TEST(Gpt2Model, PackedDocumentsAreDocumentsByThemselves) {
  const Gpt2Model model = smallModel();
  const at::NoGradGuard no_grad;
  const TokenBatch packed = {.input_ids = ids({{1, 5, 9, 2, 7, 7}}),
                             .segment_ids = ids({{0, 0, 1, 1, 1, 2}})};
  const at::Tensor apart =
      at::cat({logitsOf(model, {{1, 5}}), logitsOf(model, {{9, 2, 7}}), logitsOf(model, {{7}})});

  EXPECT_LT(largestDifference(model.forward(packed, {}).logits, apart), 1e-13);
}

TEST(Gpt2Model, PaddingChangesNothing) {
  const Gpt2Model model = smallModel();
  const at::NoGradGuard no_grad;
  const TokenBatch padded = {.input_ids = ids(kRows),
                             .attention_mask = ids({{1, 1, 1, 1, 1, 1}, {1, 1, 1, 0, 0, 0}})};

  const at::Tensor logits = model.forward(padded, {}).logits;

  EXPECT_LT(largestDifference(logits.narrow(0, 6, 3), logitsOf(model, {{3, 3, 8}})), 1e-14);
}

TEST(Gpt2Model, RefusesRowsLongerThanItsPositions) {
  const Gpt2Model model = smallModel(smallGpt2Config({{"n_positions", 4}}));

  EXPECT_THAT(
      [&] {
        static_cast<void>(logitsOf(model, {{1, 2, 3, 4, 5}}));
      },
      ThrowsMessage<c10::Error>(HasSubstr("N at most 4")));
}

TEST(Gpt2Model, DropsInTrainingOnly) {
  const Gpt2Model model = smallModel();
  const Gpt2Model sober =
      smallModel(smallGpt2Config({{"embd_pdrop", 0}, {"resid_pdrop", 0}, {"attn_pdrop", 0}}));
  const TokenBatch batch = {.input_ids = ids(kRows)};
  const at::NoGradGuard no_grad;
  at::manual_seed(1);

  const at::Tensor kept = model.forward(batch, {}).logits;

  EXPECT_TRUE(at::equal(kept, sober.forward(batch, {}).logits));
  EXPECT_LT(largestDifference(kept, sober.forward(batch, {.is_training = true}).logits), 1e-13);
  for (const char* place : {"embd_pdrop", "resid_pdrop", "attn_pdrop"}) {
    Json settings = {{"embd_pdrop", 0}, {"resid_pdrop", 0}, {"attn_pdrop", 0}};
    settings[place] = 0.5;
    const Gpt2Model dropping = smallModel(smallGpt2Config(settings));
    EXPECT_GT(largestDifference(kept, dropping.forward(batch, {.is_training = true}).logits), 1e-3)
        << place;
  }
}

TEST(Gpt2Model, DroppedActivationsAreScaledUp) {
  const Gpt2Model model =
      smallModel(smallGpt2Config({{"embd_pdrop", 0.25}, {"resid_pdrop", 0}, {"attn_pdrop", 0}}));
  const at::NoGradGuard no_grad;
  at::manual_seed(1);

  const at::Tensor kept =
      model.forward({.input_ids = ids(kRows)}, {.trace = TracePart::kHidden}).hidden[0];
  const at::Tensor dropped =
      model.forward({.input_ids = ids(kRows)}, {.is_training = true, .trace = TracePart::kHidden})
          .hidden[0];

  const at::Tensor is_zero = dropped.eq(0);
  EXPECT_LT(largestDifference(dropped.masked_select(is_zero.logical_not()),
                              kept.masked_select(is_zero.logical_not()) / 0.75),
            1e-14);
  EXPECT_NEAR(is_zero.to(at::kDouble).mean().item<double>(), 0.25, 0.1);
}

TEST(Gpt2Model, ATiedHeadIsQuantizedAndTheTableIsNot) {
  const Gpt2Model student =
      smallModel(smallGpt2Config(), {{"quant.weight.scheme", "none"}, {"quant.head.bits", 3}});
  const at::NoGradGuard no_grad;

  const ModelTrace seen = student.forward({.input_ids = ids(kRows)}, {.trace = TracePart::kHidden});

  // Three bits per row: -3 … 3 times a third of the row's largest magnitude.
  const at::Tensor& table = parameter(student, kGpt2TokenTable);
  const at::Tensor step = table.abs().amax(1, /*keepdim=*/true) / 3;
  const at::Tensor head = (table / step).round() * step;
  const at::Tensor normed = layerNorm(seen.hidden[2].flatten(0, 1),
                                      {.weight = parameter(student, "transformer.ln_f.weight"),
                                       .bias = parameter(student, "transformer.ln_f.bias")},
                                      student.config());
  EXPECT_LT(largestDifference(seen.logits, normed.matmul(head.t())), 1e-13);
  EXPECT_TRUE(
      at::equal(seen.hidden[0][0][0], table[1] + parameter(student, kGpt2PositionTable)[0]));
}

TEST(Gpt2Model, QuantizesTheLinearsAndNothingElse) {
  const Gpt2Model model = smallModel(smallGpt2Config(),
                                     {{"quant.weight.scheme", "symmetric_full"},
                                      {"quant.weight.bits", 4},
                                      {"quant.weight.granularity", "row"}});
  std::vector<std::string> names;
  for (const NamedTensor& weight : model.quantizedWeights()) {
    names.push_back(weight.name);
  }

  EXPECT_EQ(names.size(), 2 * 6 + 1);
  EXPECT_THAT(names, testing::Contains("transformer.h.1.attn.v_proj.weight"));
  EXPECT_THAT(names, testing::Contains(kGpt2Head));
  EXPECT_THAT(names, testing::Each(testing::Not(HasSubstr("ln_"))));
  EXPECT_THAT(names, testing::Not(testing::Contains(kGpt2TokenTable)));
  EXPECT_THAT(names, testing::Not(testing::Contains(kGpt2PositionTable)));
}

TEST(Gpt2Model, AQuantizedProjectionIsOnItsOwnGridPerOutput) {
  const Gpt2Model student = smallModel(smallGpt2Config(),
                                       {{"quant.weight.scheme", "none"},
                                        {"quant.head.scheme", "none"},
                                        {"quant.map", Json::array({"v = affine bits=2"})}});
  const at::NoGradGuard no_grad;

  for (const NamedTensor& weight : student.quantizedWeights()) {
    EXPECT_THAT(weight.name, HasSubstr("v_proj"));
    for (std::int64_t row = 0; row < weight.tensor.size(0); ++row) {
      EXPECT_LE(std::get<0>(at::_unique(weight.tensor[row])).numel(), 4);
    }
  }
  EXPECT_EQ(student.quantizedWeights().size(), 2U);
}

TEST(Gpt2Model, FrozenProjectionsGetNoGradient) {
  Gpt2Model model = smallModel();
  const TokenBatch batch = {.input_ids = ids(kRows), .labels = ids(kRows)};
  const std::string attention = "transformer.h.0.attn.";
  model.setTrainable({attention + "v_proj.weight", attention + "c_proj.weight"});

  nextTokenLoss(model.forward(batch, {}), batch).backward();

  EXPECT_FALSE(parameter(model, attention + "v_proj.weight").grad().defined());
  EXPECT_FALSE(parameter(model, attention + "c_proj.weight").grad().defined());
  EXPECT_TRUE(parameter(model, attention + "q_proj.weight").grad().defined());
  EXPECT_TRUE(parameter(model, attention + "v_proj.bias").grad().defined());
}

TEST(Gpt2Model, RefusesInterventions) {
  const Gpt2Model model = smallModel();

  EXPECT_THAT(
      [&] {
        static_cast<void>(
            model.forward({.input_ids = ids(kRows)}, {.intervention = Intervention::kMap}));
      },
      ThrowsMessage<c10::Error>(HasSubstr("decoders do not take over")));
}

}  // namespace
}  // namespace retort::train
