#include "trainers/models/llama.h"

#include "tests/trainers/models/tiny_decoder.h"
#include "tests/trainers/tensor_memory.h"
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
LlamaModel smallModel(const DecoderConfig& config, const SettingValues& settings = {}) {
  LlamaModel model(config,
                   hashedParameters(decoderParameterShapes(config)),
                   settings.empty() ? ModelQuantization{}
                                    : ModelQuantization{.weights = PrecisionMap(settings)});
  model.setTrainable({});
  return model;
}

const at::Tensor& parameter(const LlamaModel& model, const std::string& name) {
  return *findTensor(model.parameters(), name);
}

at::Tensor logitsOf(const LlamaModel& model, const Json& rows) {
  return model.forward({.input_ids = ids(rows)}, {}).logits;
}

TEST(LlamaModel, ShapeIsTheConfigurations) {
  const DecoderConfig config = smallDecoderConfig({{"head_dim", 6}});
  const ModelShape& shape = smallModel(config).shape();

  EXPECT_EQ(shape.layers, 2);
  EXPECT_EQ(shape.heads, 4);
  EXPECT_EQ(shape.key_value_heads, 2);
  EXPECT_EQ(shape.head_size, 6);
  EXPECT_EQ(shape.outputs, 20);
}

TEST(LlamaModel, TracesAreMadeOfEachOther) {
  const LlamaModel model = smallModel(smallDecoderConfig());
  const at::NoGradGuard no_grad;
  const ModelTrace trace = model.forward({.input_ids = ids(kRows)}, {.trace = TraceSet::all()});

  ASSERT_EQ(trace.hidden.size(), 3U);
  for (const std::size_t layer : {0U, 1U}) {
    EXPECT_EQ(trace.value[layer].sizes(), at::IntArrayRef({2, 4, 6, 4}));
    EXPECT_LT(largestDifference(trace.score[layer].softmax(-1), trace.prob[layer]), 1e-15);
    EXPECT_LT(largestDifference(trace.prob[layer].matmul(trace.value[layer]), trace.context[layer]),
              1e-14);
    EXPECT_LT(largestDifference(trace.hidden[layer] + trace.dense[layer], trace.output[layer]),
              1e-14);
    EXPECT_TRUE(at::equal(trace.sum[layer], trace.output[layer]));
    EXPECT_TRUE(at::equal(trace.projection[layer].at("o"), trace.dense[layer]));
    EXPECT_LT(largestDifference(trace.output[layer] + trace.projection[layer].at("down"),
                                trace.hidden[layer + 1]),
              1e-14);
    EXPECT_EQ(trace.projection[layer].size(), 7U);
    EXPECT_EQ(trace.projection[layer].at("k").sizes(), at::IntArrayRef({2, 6, 8}));
    EXPECT_EQ(trace.projection[layer].at("gate").sizes(), at::IntArrayRef({2, 6, 24}));
  }
}

TEST(LlamaModel, TracesChangeNoBit) {
  for (const char* family : {"llama", "mistral"}) {
    const Json changes = {{"model_type", family}, {"sliding_window", 3}};
    const TokenBatch batch = {.input_ids = ids(kRows), .labels = ids(kRows)};
    const LlamaModel plain = smallModel(smallDecoderConfig(changes));
    const LlamaModel traced = smallModel(smallDecoderConfig(changes));

    const ModelTrace without = plain.forward(batch, {});
    const ModelTrace with = traced.forward(batch, {.trace = TraceSet::all()});
    nextTokenLoss(without, batch).backward();
    nextTokenLoss(with, batch).backward();

    EXPECT_TRUE(at::equal(without.logits, with.logits));
    for (const NamedTensor& entry : plain.parameters()) {
      EXPECT_TRUE(at::equal(entry.tensor.grad(), parameter(traced, entry.name).grad()))
          << entry.name;
    }
  }
}

TEST(LlamaModel, GradientsOfTracedProbabilitiesReachTheQueries) {
  const LlamaModel model = smallModel(smallDecoderConfig());
  const ModelTrace trace = model.forward({.input_ids = ids(kRows)}, {.trace = TracePart::kProb});

  trace.prob[1].square().sum().backward();

  const std::string attention = "model.layers.1.self_attn.";
  EXPECT_GT(parameter(model, attention + "q_proj.weight").grad().abs().max().item<double>(), 1e-4);
  EXPECT_FALSE(parameter(model, attention + "v_proj.weight").grad().defined());
}

TEST(LlamaModel, ProjectionsAreInputTimesWeight) {
  const LlamaModel model = smallModel(smallDecoderConfig({{"attention_bias", true}}));
  const at::NoGradGuard no_grad;
  const ModelTrace trace = model.forward(
      {.input_ids = ids(kRows)}, {.trace = TraceSet(TracePart::kProjection) | TracePart::kHidden});

  const std::string layer = "model.layers.1.";
  const at::Tensor normed =
      rmsNorm(trace.hidden[1], parameter(model, layer + "input_layernorm.weight"), 1e-6);
  const at::Tensor query = normed.matmul(parameter(model, layer + "self_attn.q_proj.weight").t()) +
                           parameter(model, layer + "self_attn.q_proj.bias");
  EXPECT_LT(largestDifference(trace.projection[1].at("q"), query), 1e-14);
}

TEST(LlamaModel, NoTokenSeesWhatFollows) {
  const LlamaModel model = smallModel(smallDecoderConfig());
  const at::NoGradGuard no_grad;
  Json changed = kRows;
  changed[0][4] = 11;

  const at::Tensor before = logitsOf(model, kRows);
  const at::Tensor after = logitsOf(model, changed);

  EXPECT_LT(largestDifference(before.narrow(0, 0, 4), after.narrow(0, 0, 4)), 1e-15);
  EXPECT_GT(largestDifference(before[4], after[4]), 1e-3);
  EXPECT_GT(largestDifference(before[5], after[5]), 1e-3);
}

TEST(LlamaModel, PaddingChangesNothing) {
  const LlamaModel model = smallModel(smallDecoderConfig());
  const at::NoGradGuard no_grad;
  const TokenBatch padded = {.input_ids = ids(kRows),
                             .attention_mask = ids({{1, 1, 1, 1, 1, 1}, {1, 1, 1, 0, 0, 0}})};
  const at::Tensor alone = logitsOf(model, {{3, 3, 8}});

  const at::Tensor logits = model.forward(padded, {}).logits;
  EXPECT_LT(largestDifference(logits.narrow(0, 6, 3), alone), 1e-14);
}

TEST(LlamaModel, RefusesPaddingThatComesFirst) {
  const LlamaModel model = smallModel(smallDecoderConfig());
  const TokenBatch batch = {.input_ids = ids({{1, 2, 3}}), .attention_mask = ids({{0, 1, 1}})};

  EXPECT_THAT([&] { static_cast<void>(model.forward(batch, {})); },
              ThrowsMessage<c10::Error>(HasSubstr("1 for tokens and then 0 for padding")));
}

TEST(LlamaModel, PackedDocumentsAreDocumentsByThemselves) {
  for (const Json& changes :
       {Json::object(), Json{{"model_type", "mistral"}, {"sliding_window", 2}}}) {
    const LlamaModel model = smallModel(smallDecoderConfig(changes));
    const at::NoGradGuard no_grad;
    const TokenBatch packed = {.input_ids = ids({{1, 5, 9, 2, 7, 7}}),
                               .segment_ids = ids({{0, 0, 1, 1, 1, 2}})};
    const at::Tensor apart =
        at::cat({logitsOf(model, {{1, 5}}), logitsOf(model, {{9, 2, 7}}), logitsOf(model, {{7}})});

    EXPECT_LT(largestDifference(model.forward(packed, {}).logits, apart), 1e-13);
  }
}

TEST(LlamaModel, AWindowEndsWhatIsSeen) {
  // Two layers of windows of 2: a token reaches 2 positions further.
  const LlamaModel model =
      smallModel(smallDecoderConfig({{"model_type", "mistral"}, {"sliding_window", 2}}));
  const at::NoGradGuard no_grad;
  Json changed = kRows;
  changed[0][0] = 12;

  const at::Tensor before = logitsOf(model, kRows);
  const at::Tensor after = logitsOf(model, changed);

  EXPECT_GT(largestDifference(before[2], after[2]), 1e-6);
  EXPECT_LT(largestDifference(before.narrow(0, 3, 3), after.narrow(0, 3, 3)), 1e-15);
}

TEST(LlamaModel, LogitsAreThoseOfJudgedPositions) {
  const LlamaModel model = smallModel(smallDecoderConfig());
  const at::NoGradGuard no_grad;
  const at::Tensor labels = ids({{-100, 9, -100, 7, 7, -100}, {-100, -100, 0, -100, -100, 2}});

  const at::Tensor judged = model.forward({.input_ids = ids(kRows), .labels = labels}, {}).logits;

  EXPECT_LT(
      largestDifference(judged, logitsOf(model, kRows).index_select(0, ids({1, 3, 4, 8, 11}))),
      1e-14);
}

/// Keys and values repeated, so that each query has its own.
NamedTensors ungrouped(const NamedTensors& parameters, std::int64_t queries, std::int64_t width) {
  NamedTensors repeated;
  for (const NamedTensor& entry : parameters) {
    const bool is_shared = entry.name.find("k_proj") != std::string::npos ||
                           entry.name.find("v_proj") != std::string::npos;
    repeated.push_back(
        {entry.name,
         is_shared
             ? entry.tensor.unflatten(0, {-1, width}).repeat_interleave(queries, 0).flatten(0, 1)
             : entry.tensor});
  }
  return repeated;
}

TEST(LlamaModel, GradientsOfSharedKeysAndValuesAreSumsOverTheQueryGroup) {
  const DecoderConfig grouped = smallDecoderConfig();
  const DecoderConfig apart = smallDecoderConfig({{"num_key_value_heads", 4}});
  const NamedTensors parameters = hashedParameters(decoderParameterShapes(grouped));
  LlamaModel shared(grouped, parameters);
  LlamaModel repeated(apart, ungrouped(parameters, 2, 4));
  const TokenBatch batch = {.input_ids = ids(kRows), .labels = ids(kRows)};
  for (LlamaModel* model : {&shared, &repeated}) {
    model->setTrainable({});
    nextTokenLoss(model->forward(batch, {}), batch).backward();
  }

  for (const char* name :
       {"model.layers.0.self_attn.k_proj.weight", "model.layers.1.self_attn.v_proj.weight"}) {
    const at::Tensor summed =
        parameter(repeated, name).grad().unflatten(0, {2, 2, 4}).sum(1).flatten(0, 1);
    EXPECT_LT(largestDifference(parameter(shared, name).grad(), summed), 1e-14) << name;
    EXPECT_GT(summed.abs().max().item<double>(), 1e-4);
  }
}

TEST(LlamaModel, ATiedHeadIsQuantizedAndTheTableIsNot) {
  const DecoderConfig config = smallDecoderConfig({{"tie_word_embeddings", true}});
  const SettingValues settings = {{"quant.weight.scheme", "none"}, {"quant.head.bits", 3}};
  const LlamaModel student = smallModel(config, settings);
  const LlamaModel teacher = smallModel(config);
  const TokenBatch batch = {.input_ids = ids(kRows)};
  const at::NoGradGuard no_grad;

  const ModelTrace seen = student.forward(batch, {.trace = TracePart::kHidden});
  const ModelTrace full = teacher.forward(batch, {.trace = TracePart::kHidden});

  const at::Tensor& table = parameter(student, kTokenTable);
  EXPECT_TRUE(at::equal(seen.hidden[0], full.hidden[0]));
  EXPECT_TRUE(at::equal(seen.hidden[2], full.hidden[2]));
  // Three bits per row: -3 … 3 times a third of the row's largest magnitude.
  const at::Tensor step = table.abs().amax(1, /*keepdim=*/true) / 3;
  const at::Tensor head = (table / step).round() * step;
  const at::Tensor normed =
      rmsNorm(seen.hidden[2].flatten(0, 1), parameter(student, "model.norm.weight"), 1e-6);
  EXPECT_LT(largestDifference(seen.logits, normed.matmul(head.t())), 1e-13);
  EXPECT_GT(largestDifference(seen.logits, full.logits), 1e-2);

  const NamedTensors quantized = student.quantizedWeights();
  ASSERT_EQ(quantized.size(), 1U);
  EXPECT_EQ(quantized.front().name, kHeadWeight);
  EXPECT_LT(largestDifference(quantized.front().tensor, head), 1e-14);
}

TEST(LlamaModel, ATiedTablesGradientHasBothParts) {
  const DecoderConfig tied = smallDecoderConfig({{"tie_word_embeddings", true}});
  NamedTensors parameters = hashedParameters(decoderParameterShapes(tied));
  LlamaModel together(tied, parameters);
  parameters.push_back({kHeadWeight, findTensor(parameters, kTokenTable)->clone()});
  LlamaModel apart(smallDecoderConfig(), parameters);
  const TokenBatch batch = {.input_ids = ids(kRows), .labels = ids(kRows)};
  for (LlamaModel* model : {&together, &apart}) {
    model->setTrainable({});
    nextTokenLoss(model->forward(batch, {}), batch).backward();
  }

  EXPECT_LT(largestDifference(
                parameter(together, kTokenTable).grad(),
                parameter(apart, kTokenTable).grad() + parameter(apart, kHeadWeight).grad()),
            1e-14);
}

TEST(LlamaModel, ATiedHeadLearnsAGridOfItsOwn) {
  const DecoderConfig config = smallDecoderConfig({{"tie_word_embeddings", true}});
  const LlamaModel model = smallModel(config,
                                      {{"quant.weight.scheme", "min_max"},
                                       {"quant.weight.bits", 4},
                                       {"quant.weight.granularity", "group"},
                                       {"quant.weight.group_size", 8},
                                       {"quant.head.scheme", "lsq"}});
  const TokenBatch batch = {.input_ids = ids(kRows), .labels = ids(kRows)};
  nextTokenLoss(model.forward(batch, {}), batch).backward();

  const NamedTensors held = model.quantizerParameters();
  const at::Tensor* step = findTensor(held, "quantizers.lm_head.weight.lsq_8.step");
  ASSERT_NE(step, nullptr);
  EXPECT_EQ(step->sizes(), at::IntArrayRef({20, 1}));
  const std::string query = "quantizers.model.layers.0.self_attn.q_proj.weight.min_max_4.";
  for (const char* end : {"low", "high"}) {
    const at::Tensor* learned = findTensor(held, query + end);
    ASSERT_NE(learned, nullptr);
    EXPECT_EQ(learned->sizes(), at::IntArrayRef({32, 1}));
    EXPECT_GT(learned->grad().abs().max().item<double>(), 0);
  }
  EXPECT_EQ(findTensor(held, "quantizers.model.embed_tokens.weight.min_max_4.low"), nullptr);
}

TEST(LlamaModel, QuantizesTheLinearsAndNothingElse) {
  const LlamaModel model =
      smallModel(smallDecoderConfig({{"model_type", "qwen3"}, {"head_dim", 4}}),
                 {{"quant.weight.scheme", "symmetric_full"},
                  {"quant.weight.bits", 4},
                  {"quant.weight.granularity", "row"}});
  std::vector<std::string> names;
  for (const NamedTensor& weight : model.quantizedWeights()) {
    names.push_back(weight.name);
  }

  EXPECT_EQ(names.size(), 2 * 7 + 1);
  EXPECT_THAT(names, testing::Each(testing::Not(HasSubstr("norm"))));
  EXPECT_THAT(names, testing::Not(testing::Contains(kTokenTable)));
  EXPECT_THAT(names, testing::Contains(kHeadWeight));
}

TEST(LlamaModel, QuantizesActivationsWhereItIsTold) {
  const DecoderConfig config = smallDecoderConfig({{"model_type", "qwen3"}, {"head_dim", 6}});
  const SettingValues settings = {{"quant.weight.scheme", "none"},
                                  {"quant.head.scheme", "none"},
                                  {"quant.activation.bits", 8},
                                  {"quant.activation.scheme", "lsq"},
                                  {"quant.activation.granularity", "head"}};
  const LlamaModel model(
      config, hashedParameters(decoderParameterShapes(config)), makeModelQuantization(settings));

  const NamedTensors held = model.quantizerParameters();
  EXPECT_EQ(held.size(), 2 * 8);
  EXPECT_EQ(findTensor(held, "quantizers.layer.1.query.lsq_8.step")->sizes(),
            at::IntArrayRef({4, 1, 1}));
  EXPECT_EQ(findTensor(held, "quantizers.layer.1.key.lsq_8.step")->sizes(),
            at::IntArrayRef({2, 1, 1}));
}

TEST(LlamaModel, EightBitActivationsStayNear) {
  const DecoderConfig config = smallDecoderConfig();
  const SettingValues settings = {{"quant.weight.scheme", "none"},
                                  {"quant.head.scheme", "none"},
                                  {"quant.activation.bits", 8},
                                  {"quant.activation.granularity", "token"}};
  const LlamaModel student(
      config, hashedParameters(decoderParameterShapes(config)), makeModelQuantization(settings));
  const at::NoGradGuard no_grad;

  const ModelTrace trace = student.forward({.input_ids = ids(kRows)}, {.trace = TracePart::kValue});
  const at::Tensor full = logitsOf(smallModel(config), kRows);

  // 255 levels for the four numbers of a token's head.
  const at::Tensor value = trace.value[0];
  const at::Tensor step = value.abs().amax(-1, /*keepdim=*/true) / 127;
  EXPECT_LT(largestDifference((value / step).round() * step, value), 1e-14);
  const double difference = largestDifference(trace.logits, full);
  EXPECT_GT(difference, 1e-6);
  EXPECT_LT(difference, 0.1);
}

TEST(LlamaModel, FrozenWeightsGetNoGradient) {
  const std::string frozen = "model.layers.0.self_attn.v_proj.weight";
  LlamaModel model = smallModel(smallDecoderConfig());
  model.setTrainable({frozen});
  const TokenBatch batch = {.input_ids = ids(kRows), .labels = ids(kRows)};
  nextTokenLoss(model.forward(batch, {}), batch).backward();

  EXPECT_FALSE(parameter(model, frozen).grad().defined());
  EXPECT_TRUE(parameter(model, "model.layers.0.self_attn.q_proj.weight").grad().defined());
}

/// Bytes of tensors that a second forward pass leaves behind.
std::int64_t keptBytes(LlamaModel& model, const std::set<std::string>& frozen) {
  model.setTrainable(frozen);
  const TokenBatch batch = {.input_ids = ids(kRows), .labels = ids(kRows)};
  static_cast<void>(model.forward(batch, {}));
  const TensorMemory memory;
  const ModelTrace trace = model.forward(batch, {});
  return memory.live();
}

TEST(LlamaModel, APassKeepsNeitherInputNorQuantizedCopyForFrozenWeights) {
  const DecoderConfig config = smallDecoderConfig();
  LlamaModel model = smallModel(config,
                                {{"quant.weight.scheme", "symmetric"},
                                 {"quant.weight.bits", 4},
                                 {"quant.weight.granularity", "row"}});
  const std::string down = "model.layers.1.mlp.down_proj.weight";
  const std::int64_t tokens = ids(kRows).numel();
  const std::int64_t kept = keptBytes(model, {});
  const std::int64_t bytes =
      tokens * config.intermediate_size + config.hidden_size * config.intermediate_size;

  EXPECT_EQ(kept - keptBytes(model, {down}), bytes * 8);
}

TEST(LlamaModel, FrozenWeightsAreQuantizedOnceAndTheSame) {
  const std::string frozen = "model.layers.0.self_attn.v_proj.weight";
  LlamaModel model = smallModel(smallDecoderConfig({{"tie_word_embeddings", true}}),
                                {{"quant.weight.scheme", "ternary"}, {"quant.head.bits", 3}});
  const at::Tensor before = model.forward({.input_ids = ids(kRows)}, {}).logits.detach();
  const at::Tensor computed = model.weightInUse(frozen);
  model.setTrainable({frozen, kTokenTable});

  EXPECT_TRUE(at::equal(model.weightInUse(frozen), computed));
  EXPECT_TRUE(model.weightInUse(frozen).is_alias_of(model.weightInUse(frozen)));
  EXPECT_TRUE(model.weightInUse(kHeadWeight).is_alias_of(model.weightInUse(kHeadWeight)));
  EXPECT_FALSE(model.weightInUse(frozen).is_alias_of(parameter(model, frozen)));
  EXPECT_TRUE(at::equal(model.forward({.input_ids = ids(kRows)}, {}).logits.detach(), before));
  // A weight that is trained again is quantized in each pass.
  model.setTrainable({});
  EXPECT_FALSE(model.weightInUse(frozen).is_alias_of(model.weightInUse(frozen)));
}

TEST(LlamaModel, RangesOfFrozenWeightsLearnUnlessTheyAreFrozen) {
  const std::string weight = "model.layers.0.self_attn.o_proj.weight";
  const std::string step = "quantizers." + weight + ".lsq_4.step";
  LlamaModel model =
      smallModel(smallDecoderConfig(), {{"quant.weight.scheme", "lsq"}, {"quant.weight.bits", 4}});
  const TokenBatch batch = {.input_ids = ids(kRows), .labels = ids(kRows)};
  const at::Tensor& held = *findTensor(model.quantizerParameters(), step);
  for (const bool learns : {true, false}) {
    model.setTrainable(learns ? std::set<std::string>{weight}
                              : std::set<std::string>{weight, step});
    model.clearGradients();

    nextTokenLoss(model.forward(batch, {}), batch).backward();

    EXPECT_EQ(held.grad().defined(), learns);
    EXPECT_FALSE(parameter(model, weight).grad().defined());
    EXPECT_EQ(model.weightInUse(weight).is_alias_of(model.weightInUse(weight)), !learns);
  }
}

TEST(LlamaModel, DropoutIsForTrainingOnly) {
  const DecoderConfig config = smallDecoderConfig({{"attention_dropout", 0.5}});
  const LlamaModel model = smallModel(config);
  const at::NoGradGuard no_grad;
  const TokenBatch batch = {.input_ids = ids(kRows)};

  EXPECT_TRUE(at::equal(model.forward(batch, {}).logits, model.forward(batch, {}).logits));
  at::manual_seed(3);
  const at::Tensor dropped = model.forward(batch, {.is_training = true}).logits;
  EXPECT_GT(largestDifference(dropped, model.forward(batch, {}).logits), 1e-3);
}

TEST(LlamaModel, HalfPrecisionStaysNearFull) {
  const DecoderConfig config = smallDecoderConfig();
  const NamedTensors narrow = hashedParameters(decoderParameterShapes(config), at::kBFloat16);
  NamedTensors wide;
  for (const NamedTensor& entry : narrow) {
    wide.push_back({entry.name, entry.tensor.to(at::kDouble)});
  }
  const at::NoGradGuard no_grad;
  const at::Tensor expected = logitsOf(LlamaModel(config, wide), kRows);
  const LlamaModel model(config, narrow);

  const ModelTrace trace = model.forward({.input_ids = ids(kRows)}, {.trace = TracePart::kProb});

  EXPECT_EQ(trace.logits.scalar_type(), at::kBFloat16);
  EXPECT_EQ(trace.prob[0].scalar_type(), at::kBFloat16);
  // Eight significant bits, through two layers.
  EXPECT_LT(largestDifference(trace.logits.to(at::kDouble), expected), 0.1);
}

TEST(LlamaModel, RefusesInterventions) {
  const LlamaModel model = smallModel(smallDecoderConfig());
  EXPECT_THROW(static_cast<void>(
                   model.forward({.input_ids = ids(kRows)}, {.intervention = Intervention::kMap})),
               c10::Error);
}

TEST(LlamaModel, RefusesLabelsOfAnotherShape) {
  const LlamaModel model = smallModel(smallDecoderConfig());
  EXPECT_THAT(
      [&] {
        static_cast<void>(model.forward({.input_ids = ids(kRows), .labels = ids({{1}, {2}})}, {}));
      },
      ThrowsMessage<c10::Error>(HasSubstr("must have the shape of input_ids")));
}

}  // namespace
}  // namespace retort::train
