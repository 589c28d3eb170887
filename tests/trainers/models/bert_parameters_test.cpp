#include "trainers/models/bert_parameters.h"

#include "tests/trainers/tensor_testing.h"

#include <ATen/Context.h>

#include <gtest/gtest.h>

#include <algorithm>

namespace retort::train {
namespace {

constexpr BertConfig kMiniLm = {.hidden_size = 384,
                                .num_hidden_layers = 6,
                                .num_attention_heads = 12,
                                .intermediate_size = 1536};

constexpr BertConfig kSmall = {.vocab_size = 300,
                               .hidden_size = 32,
                               .num_hidden_layers = 1,
                               .num_attention_heads = 2,
                               .intermediate_size = 64,
                               .max_position_embeddings = 10,
                               .num_labels = 3};

TEST(BertParameters, CountThoseOfMiniLm) {
  const auto shapes = bertParameterShapes(kMiniLm);
  std::int64_t count = 0;
  for (const ParameterShape& parameter : shapes) {
    std::int64_t size = 1;
    for (const std::int64_t dimension : parameter.shape) {
      size *= dimension;
    }
    count += size;
  }

  EXPECT_EQ(shapes.size(), 105U);
  // 22.7 million, as Hugging Face counts them, and a classifier of 2 x 384 + 2.
  EXPECT_EQ(count, 22713216 + 770);
}

TEST(BertParameters, HaveHuggingFaceNames) {
  const auto shapes = bertParameterShapes(kSmall);
  const auto has = [&shapes](const char* name, std::vector<std::int64_t> shape) {
    return std::any_of(shapes.begin(), shapes.end(), [&](const ParameterShape& parameter) {
      return parameter.name == name && parameter.shape == shape;
    });
  };

  EXPECT_TRUE(has("bert.embeddings.LayerNorm.bias", {32}));
  EXPECT_TRUE(has("bert.encoder.layer.0.intermediate.dense.weight", {64, 32}));
  EXPECT_TRUE(has("bert.encoder.layer.0.output.LayerNorm.weight", {32}));
  EXPECT_TRUE(has("bert.pooler.dense.weight", {32, 32}));
  EXPECT_TRUE(has("classifier.weight", {3, 32}));
}

TEST(BertParameters, StartAsBertDoes) {
  at::manual_seed(1);
  const NamedTensors parameters = randomBertParameters(kSmall, at::kFloat);

  const at::Tensor& words = *findTensor(parameters, "bert.embeddings.word_embeddings.weight");
  EXPECT_EQ(words[0].abs().sum().item<double>(), 0);
  EXPECT_NEAR(words.slice(0, 1).std().item<double>(), 0.02, 0.001);
  EXPECT_NEAR(words.mean().item<double>(), 0, 0.001);
  EXPECT_EQ(findTensor(parameters, "classifier.bias")->abs().sum().item<double>(), 0);
  EXPECT_EQ(findTensor(parameters, "bert.embeddings.LayerNorm.weight")->min().item<double>(), 1);
}

TEST(BertParameters, AreTheSameForTheSameSeed) {
  at::manual_seed(1);
  const NamedTensors first = randomBertParameters(kSmall, at::kFloat);
  at::manual_seed(1);
  const NamedTensors second = randomBertParameters(kSmall, at::kFloat);

  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(largestDifference(first[i].tensor, second[i].tensor), 0) << first[i].name;
  }
}

TEST(CompleteTaskHead, AddsWhatABaseModelLacks) {
  NamedTensors parameters = randomBertParameters(kSmall, at::kDouble);
  parameters.resize(parameters.size() - 4);

  const auto added = completeTaskHead(kSmall, at::kDouble, parameters);

  EXPECT_EQ(added,
            (std::vector<std::string>{"bert.pooler.dense.weight",
                                      "bert.pooler.dense.bias",
                                      "classifier.weight",
                                      "classifier.bias"}));
  EXPECT_EQ(parameters.size(), bertParameterShapes(kSmall).size());
}

TEST(CompleteTaskHead, LeavesWhatIsThere) {
  NamedTensors parameters = randomBertParameters(kSmall, at::kDouble);

  EXPECT_TRUE(completeTaskHead(kSmall, at::kDouble, parameters).empty());
}

TEST(CompleteTaskHead, DoesNotInventTheEncoder) {
  NamedTensors parameters;

  EXPECT_EQ(completeTaskHead(kSmall, at::kDouble, parameters).size(), 4U);
}

}  // namespace
}  // namespace retort::train
