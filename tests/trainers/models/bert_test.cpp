#include "trainers/models/bert.h"

#include "tests/trainers/models/tiny_encoder.h"
#include "trainers/quantizers/registry.h"
#include "trainers/train_error.h"

#include <ATen/Context.h>
#include <ATen/core/grad_mode.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace retort::train {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr BertConfig kSmall = {.vocab_size = 11,
                               .hidden_size = 8,
                               .num_hidden_layers = 2,
                               .num_attention_heads = 2,
                               .intermediate_size = 12,
                               .max_position_embeddings = 6};

TokenBatch smallBatch() {
  return batchFromJson({{"input_ids", {{1, 2, 3, 4}, {5, 6, 0, 0}}},
                        {"input_mask", {{1, 1, 1, 1}, {1, 1, 0, 0}}},
                        {"segment_ids", {{0, 0, 1, 1}, {0, 0, 0, 0}}},
                        {"seq_lengths", {4, 2}},
                        {"label_ids", {1, 0}}});
}

BertModel smallModel(const ModelQuantization& quantization = {},
                     const BertConfig& config = kSmall) {
  at::manual_seed(5);
  return BertModel(config, randomBertParameters(config, at::kDouble), quantization);
}

at::Tensor logitsOf(const BertModel& model, const TokenBatch& batch) {
  const at::NoGradGuard no_grad;
  return model.forward(batch, {}).logits;
}

TEST(BertModel, TracesOnlyWhatIsAskedFor) {
  const ModelTrace trace = smallModel().forward(
      smallBatch(), {.trace = TraceSet(TracePart::kProb) | TracePart::kHidden});

  EXPECT_EQ(trace.prob.size(), 2U);
  EXPECT_EQ(trace.hidden.size(), 3U);
  EXPECT_TRUE(trace.score.empty() && trace.context.empty() && trace.dense.empty() &&
              trace.output.empty());
}

TEST(BertModel, TracesTheShapesThatItDeclares) {
  const ModelTrace trace = smallModel().forward(smallBatch(), {.trace = TraceSet::all()});

  EXPECT_EQ(trace.score[0].sizes(), (at::IntArrayRef{2, 2, 4, 4}));
  EXPECT_EQ(trace.prob[1].sizes(), (at::IntArrayRef{2, 2, 4, 4}));
  EXPECT_EQ(trace.context[0].sizes(), (at::IntArrayRef{2, 2, 4, 4}));
  EXPECT_EQ(trace.dense[0].sizes(), (at::IntArrayRef{2, 4, 8}));
  EXPECT_EQ(trace.output[1].sizes(), (at::IntArrayRef{2, 4, 8}));
  EXPECT_EQ(trace.hidden[2].sizes(), (at::IntArrayRef{2, 4, 8}));
  EXPECT_EQ(trace.logits.sizes(), (at::IntArrayRef{2, 2}));
}

TEST(BertModel, GivesPaddedKeysNoProbability) {
  const ModelTrace trace = smallModel().forward(smallBatch(), {.trace = TracePart::kProb});

  EXPECT_EQ(trace.prob[0][1].slice(-1, 2).abs().max().item<double>(), 0);
}

TEST(BertModel, IgnoresWhatStandsInThePadding) {
  const BertModel model = smallModel();
  TokenBatch changed = smallBatch();
  changed.input_ids[1][3] = 9;

  EXPECT_EQ(largestDifference(logitsOf(model, smallBatch()), logitsOf(model, changed)), 0);
}

TEST(BertModel, GivesTheSameLogitsWithMorePadding) {
  const BertModel model = smallModel();
  TokenBatch one = smallBatch();
  TokenBatch narrow = one;
  for (at::Tensor* part : {&narrow.input_ids, &narrow.attention_mask, &narrow.segment_ids}) {
    *part = part->slice(0, 1).slice(1, 0, 2);
  }

  EXPECT_LT(largestDifference(logitsOf(model, narrow)[0], logitsOf(model, one)[1]), 1e-14);
}

TEST(BertModel, IsDeterministicOutsideTraining) {
  const BertModel model = smallModel();

  EXPECT_EQ(largestDifference(logitsOf(model, smallBatch()), logitsOf(model, smallBatch())), 0);
}

TEST(BertModel, DropsOutWhileTraining) {
  const BertModel model = smallModel();
  const at::NoGradGuard no_grad;

  const at::Tensor first = model.forward(smallBatch(), {.is_training = true}).logits;
  const at::Tensor second = model.forward(smallBatch(), {.is_training = true}).logits;

  EXPECT_GT(largestDifference(first, second), 0);
}

TEST(BertModel, QuantizesWeightsToThreeValues) {
  const BertModel model = smallModel(makeModelQuantization({}));
  const NamedTensors& parameters = model.parameters();
  const at::Tensor& query =
      *findTensor(parameters, "bert.encoder.layer.1.attention.self.query.weight");

  const at::Tensor query_q = model.quantization()
                                 .forParameter("bert.encoder.layer.1.attention.self.query.weight")
                                 .quantized(query);

  const double alpha = query_q.abs().max().item<double>();
  EXPECT_TRUE(((query_q == 0).logical_or(query_q.abs() == alpha)).all().item<bool>());
  EXPECT_GT(largestDifference(logitsOf(model, smallBatch()), logitsOf(smallModel(), smallBatch())),
            0);
}

/// Settings that quantize nothing but what `rules` say.
ModelQuantization onlyBy(const std::vector<std::string>& rules, SettingValues settings = {}) {
  settings.insert({{"quant.weight.scheme", "none"},
                   {"quant.embedding.scheme", "none"},
                   {"quant.activation.bits", 0},
                   {"quant.map", rules}});
  return makeModelQuantization(settings);
}

/// The full-precision model with that parameter replaced by its quantized values.
BertModel withQuantized(const std::string& name, const Quantizer& quantizer) {
  NamedTensors parameters = smallModel().parameters();
  for (NamedTensor& parameter : parameters) {
    if (parameter.name == name) {
      parameter.tensor = quantizer.quantized(parameter.tensor);
    }
  }
  return BertModel(kSmall, parameters);
}

TEST(BertModel, QuantizesEachWeightAsItsPrecisionSays) {
  const std::string words = "bert.embeddings.word_embeddings.weight";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {words, "embeddings.word = ternary granularity=row"},
      {words, "embeddings.word = ternary granularity=tensor"},
      {words, "embeddings.word = asymmetric bits=4 granularity=group group_size=4"},
      {words, "embeddings.word = binary_centered granularity=row"},
      {"bert.embeddings.position_embeddings.weight", "embeddings.position = clip_uniform bits=3"},
      {"bert.embeddings.token_type_embeddings.weight", "embeddings.token = binary"},
      {"bert.encoder.layer.1.intermediate.dense.weight", "layer:1/ffn1 = laq bits=2"},
      {"bert.pooler.dense.weight", "pooler = symmetric bits=4"},
      {"classifier.weight", "classifier = asymmetric bits=2 granularity=row"}};
  const at::Tensor exact = logitsOf(smallModel(), smallBatch());
  for (const auto& [name, rule] : cases) {
    const ModelQuantization quantization = onlyBy({rule});

    const at::Tensor logits = logitsOf(smallModel(quantization), smallBatch());

    // A full-precision model that holds the quantized values computes the same.
    const BertModel holding = withQuantized(name, quantization.forParameter(name));
    EXPECT_LT(largestDifference(logits, logitsOf(holding, smallBatch())), 1e-14) << rule;
    EXPECT_GT(largestDifference(logits, exact), 0) << rule;
  }
}

TEST(BertModel, ListsItsQuantizedWeights) {
  const BertModel model = smallModel(onlyBy({"pooler = ternary", "embeddings.word = binary"}));

  const NamedTensors quantized = model.quantizedWeights();

  ASSERT_EQ(quantized.size(), 2U);
  EXPECT_EQ(quantized[0].name, "bert.embeddings.word_embeddings.weight");
  EXPECT_EQ(quantized[1].name, "bert.pooler.dense.weight");
  EXPECT_EQ(largestDifference(quantized[1].tensor,
                              Quantizer(findQuantizer("ternary"), {})
                                  .quantized(*findTensor(model.parameters(), quantized[1].name))),
            0);
}

TEST(BertModel, WeighsErrorsByTheSecondMomentsThatItIsGiven) {
  const std::string name = "bert.encoder.layer.0.output.dense.weight";
  const std::string words = "bert.embeddings.word_embeddings.weight";
  BertModel model = smallModel(onlyBy(
      {"layer:0/ffn2 = laq bits=3 curvature=adam", "embeddings.word = laq bits=3 curvature=adam"}));
  const at::Tensor before = logitsOf(model, smallBatch());
  const at::Tensor flat = at::full({8, 12}, 0.25, at::kDouble);
  const at::Tensor steep = flat * randomTensor({8, 12}, 3).square();
  const at::Tensor steep_words = randomTensor({11, 8}, 4).square();

  EXPECT_TRUE(model.usesSecondMoments());
  EXPECT_FALSE(smallModel(makeModelQuantization({})).usesSecondMoments());
  const at::Tensor unweighted = *findTensor(model.quantizedWeights(), name);
  model.setSecondMoments({{name, flat}});
  EXPECT_LT(largestDifference(logitsOf(model, smallBatch()), before), 1e-12);
  model.setSecondMoments({{name, steep}});
  const at::Tensor by_layer = logitsOf(model, smallBatch());
  EXPECT_GT(largestDifference(by_layer, before), 1e-9);
  EXPECT_GT(largestDifference(*findTensor(model.quantizedWeights(), name), unweighted), 1e-6);
  model.setSecondMoments({{name, steep}, {words, steep_words}});
  EXPECT_GT(largestDifference(logitsOf(model, smallBatch()), by_layer), 1e-9);
}

TEST(BertModel, TrainsNothingUntilTold) {
  BertModel model = smallModel();
  EXPECT_TRUE(model.trainableParameters().empty());

  model.setTrainable({"classifier.weight"});

  EXPECT_EQ(model.trainableParameters().size(), model.parameters().size() - 1);
  EXPECT_EQ(findTensor(model.trainableParameters(), "classifier.weight"), nullptr);
}

TEST(BertModel, GivesFrozenParametersNoGradient) {
  BertModel model = smallModel(makeModelQuantization({}));
  const std::string frozen = "bert.encoder.layer.0.attention.self.value.weight";
  model.setTrainable({frozen});

  model.forward(smallBatch(), {}).logits.sum().backward();

  EXPECT_FALSE(findTensor(model.parameters(), frozen)->grad().defined());
  EXPECT_TRUE(findTensor(model.parameters(), "bert.encoder.layer.0.attention.self.value.bias")
                  ->grad()
                  .defined());
}

TEST(BertModel, GivesThePaddingRowNoGradient) {
  for (const ModelQuantization& quantization : {ModelQuantization(), makeModelQuantization({})}) {
    BertModel model = smallModel(quantization);
    model.setTrainable({});

    // Padded positions reach the loss through their own hidden states.
    model.forward(smallBatch(), {.trace = TracePart::kHidden}).hidden[2].square().sum().backward();

    const at::Tensor& gradient =
        findTensor(model.parameters(), "bert.embeddings.word_embeddings.weight")->grad();
    EXPECT_EQ(gradient[0].abs().sum().item<double>(), 0);
    EXPECT_GT(gradient[5].abs().sum().item<double>(), 0);
    EXPECT_EQ(gradient[10].abs().sum().item<double>(), 0);
  }
}

TEST(BertModel, ClearsGradients) {
  BertModel model = smallModel();
  model.setTrainable({});
  model.forward(smallBatch(), {}).logits.sum().backward();

  model.clearGradients();

  for (const NamedTensor& parameter : model.parameters()) {
    EXPECT_FALSE(parameter.tensor.grad().defined()) << parameter.name;
  }
}

TEST(BertModel, HasTheRightGradientInFullPrecision) {
  BertModel model = smallModel();
  const std::string name = "bert.encoder.layer.0.attention.output.dense.bias";
  const at::Tensor& bias = *findTensor(model.parameters(), name);

  const auto loss = [&](const at::Tensor& value) {
    NamedTensors changed = model.parameters();
    for (NamedTensor& entry : changed) {
      if (entry.name == name) {
        entry.tensor = value;
      }
    }
    BertModel moved(kSmall, changed);
    moved.setTrainable({});
    const at::Tensor logits = moved.forward(smallBatch(), {}).logits.square().sum();
    if (at::GradMode::is_enabled()) {
      // The model detaches what it is given; hand its gradient on.
      logits.backward();
      return (value * findTensor(moved.parameters(), name)->grad()).sum();
    }
    return logits;
  };

  EXPECT_LT(gradientError(loss, bias), 1e-8);
}

TEST(BertModel, NamesMissingAndMisshapenTensors) {
  NamedTensors parameters = randomBertParameters(kSmall, at::kFloat);
  parameters.pop_back();
  parameters[0].tensor = parameters[0].tensor.slice(0, 0, 3);

  EXPECT_THAT(
      [&] { BertModel(kSmall, parameters); },
      ThrowsMessage<TrainError>(testing::AllOf(
          HasSubstr("'classifier.bias' is missing"),
          HasSubstr(
              "'bert.embeddings.word_embeddings.weight' has shape [3, 8] instead of [11, 8]"))));
}

TEST(BertModel, NamesTensorsOfAnotherArchitecture) {
  NamedTensors parameters = randomBertParameters(kSmall, at::kFloat);
  parameters.push_back({"lm_head.weight", parameters[0].tensor});

  EXPECT_THAT([&] { BertModel(kSmall, parameters); },
              ThrowsMessage<TrainError>(HasSubstr("'lm_head.weight' does not belong")));
}

TEST(BertModel, RefusesMixedTypes) {
  NamedTensors parameters = randomBertParameters(kSmall, at::kFloat);
  parameters[4].tensor = parameters[4].tensor.to(at::kDouble);

  EXPECT_THAT([&] { BertModel(kSmall, parameters); },
              ThrowsMessage<TrainError>(HasSubstr("one floating point type")));
}

TEST(BertModel, TakesParametersInAnyOrder) {
  NamedTensors parameters = smallModel().parameters();
  std::reverse(parameters.begin(), parameters.end());

  const BertModel model(kSmall, parameters);

  EXPECT_EQ(model.parameters().front().name, "bert.embeddings.word_embeddings.weight");
  EXPECT_EQ(largestDifference(logitsOf(model, smallBatch()), logitsOf(smallModel(), smallBatch())),
            0);
}

TEST(BertModel, RefusesBatchesThatAreTooLong) {
  TokenBatch batch = smallBatch();
  for (at::Tensor* part : {&batch.input_ids, &batch.attention_mask, &batch.segment_ids}) {
    *part = part->repeat({1, 2});
  }

  EXPECT_THROW(static_cast<void>(smallModel().forward(batch, {})), c10::Error);
}

TEST(BertModel, RefusesAnInterventionWithoutItsTrace) {
  const BertModel model = smallModel();
  const ModelTrace empty;

  EXPECT_THROW(static_cast<void>(model.forward(smallBatch(), {.intervention = Intervention::kMap})),
               c10::Error);
  EXPECT_THROW(static_cast<void>(model.forward(
                   smallBatch(), {.intervention = Intervention::kContext, .teacher = &empty})),
               c10::Error);
}

TEST(BertModel, CopiesDoNotShareTheirTrainableSet) {
  BertModel first = smallModel();
  BertModel second(kSmall, first.parameters());

  second.setTrainable({});

  EXPECT_TRUE(first.trainableParameters().empty());
}

}  // namespace
}  // namespace retort::train
