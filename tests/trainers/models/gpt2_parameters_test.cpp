#include "trainers/models/gpt2_parameters.h"

#include "tests/trainers/models/tiny_gpt2.h"

#include <ATen/ATen.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::train {
namespace {

using testing::ElementsAre;

std::map<std::string, std::vector<std::int64_t>> byName(const std::vector<ParameterShape>& shapes) {
  std::map<std::string, std::vector<std::int64_t>> found;
  for (const ParameterShape& shape : shapes) {
    found[shape.name] = shape.shape;
  }
  return found;
}

const std::string kLayer = "transformer.h.1.";

TEST(Gpt2Parameters, LinearsAreOutputsByInputs) {
  auto shapes = byName(gpt2ParameterShapes(smallGpt2Config({{"n_inner", 24}})));

  EXPECT_EQ(shapes.size(), 2 + 2 * 16 + 2);
  EXPECT_THAT(shapes.at(kGpt2PositionTable), ElementsAre(12, 16));
  EXPECT_THAT(shapes.at(kLayer + "attn.k_proj.weight"), ElementsAre(16, 16));
  EXPECT_THAT(shapes.at(kLayer + "mlp.c_fc.weight"), ElementsAre(24, 16));
  EXPECT_THAT(shapes.at(kLayer + "mlp.c_proj.weight"), ElementsAre(16, 24));
  EXPECT_THAT(shapes.at("transformer.ln_f.bias"), ElementsAre(16));
}

TEST(Gpt2Parameters, FilesAreHuggingFaces) {
  auto shapes = byName(gpt2FileShapes(smallGpt2Config({{"n_inner", 24}})));

  EXPECT_EQ(shapes.size(), 2 + 2 * 12 + 2);
  EXPECT_THAT(shapes.at(kLayer + "attn.c_attn.weight"), ElementsAre(16, 48));
  EXPECT_THAT(shapes.at(kLayer + "attn.c_attn.bias"), ElementsAre(48));
  EXPECT_THAT(shapes.at(kLayer + "attn.c_proj.weight"), ElementsAre(16, 16));
  EXPECT_THAT(shapes.at(kLayer + "mlp.c_fc.weight"), ElementsAre(16, 24));
  EXPECT_THAT(shapes.at(kGpt2TokenTable), ElementsAre(20, 16));
}

TEST(Gpt2Parameters, ATiedHeadIsAWeightButNoParameter) {
  const Gpt2Config tied = smallGpt2Config();
  const Gpt2Config untied = smallGpt2Config({{"tie_word_embeddings", false}});

  EXPECT_EQ(byName(gpt2ParameterShapes(tied)).count(kGpt2Head), 0U);
  EXPECT_THAT(byName(gpt2WeightShapes(tied)).at(kGpt2Head), ElementsAre(20, 16));
  EXPECT_THAT(byName(gpt2FileShapes(untied)).at(kGpt2Head), ElementsAre(20, 16));
  EXPECT_EQ(gpt2WeightShapes(untied).size(), gpt2ParameterShapes(untied).size());
}

TEST(Gpt2Parameters, QueryKeyAndValueAreThirdsOfTheFusedTensor) {
  const Gpt2Config config = smallGpt2Config();
  std::map<std::string, at::Tensor> files;
  for (const ParameterShape& tensor : gpt2FileShapes(config)) {
    files[tensor.name] = hashedTensor(tensor.name, tensor.shape);
  }

  const NamedTensors parameters = gpt2FromFiles(config, files);

  const at::Tensor& fused = files.at(kLayer + "attn.c_attn.weight");
  const at::Tensor& fused_bias = files.at(kLayer + "attn.c_attn.bias");
  const at::Tensor& value = *findTensor(parameters, kLayer + "attn.v_proj.weight");
  EXPECT_TRUE(value.is_contiguous());
  // Of the third block of outputs, output 5 reads input 3.
  EXPECT_EQ(value[5][3].item<double>(), fused[3][2 * 16 + 5].item<double>());
  EXPECT_TRUE(at::equal(*findTensor(parameters, kLayer + "attn.k_proj.bias"),
                        fused_bias.narrow(0, 16, 16)));
  // It keeps nothing alive but itself.
  EXPECT_EQ(value.storage().nbytes(), 16 * 16 * sizeof(double));
}

TEST(Gpt2Parameters, WhatIsSplitIsJoinedAgain) {
  const Gpt2Config config = smallGpt2Config({{"tie_word_embeddings", false}});
  std::map<std::string, at::Tensor> files;
  for (const ParameterShape& tensor : gpt2FileShapes(config)) {
    files[tensor.name] = hashedTensor(tensor.name, tensor.shape);
  }

  const auto again = gpt2ToFiles(config, gpt2FromFiles(config, files));

  ASSERT_EQ(again.size(), files.size());
  for (const auto& [name, tensor] : files) {
    EXPECT_TRUE(at::equal(again.at(name), tensor)) << name;
    EXPECT_TRUE(again.at(name).is_contiguous()) << name;
  }
}

TEST(Gpt2Parameters, StartAsHuggingFaceStarts) {
  at::manual_seed(3);
  const Gpt2Config config =
      smallGpt2Config({{"n_embd", 128}, {"n_layer", 2}, {"initializer_range", 0.5}});
  for (const NamedTensor& entry : randomGpt2Parameters(config, at::kDouble)) {
    if (entry.name.ends_with(".bias")) {
      EXPECT_EQ(entry.tensor.abs().max().item<double>(), 0) << entry.name;
    } else if (entry.tensor.dim() == 1) {
      EXPECT_TRUE(entry.tensor.eq(1).all().item<bool>()) << entry.name;
    } else {
      // 0.5 / sqrt(2 * 2) where a layer writes to the residual stream.
      const double expected = entry.name.ends_with("c_proj.weight") ? 0.25 : 0.5;
      EXPECT_NEAR(entry.tensor.std().item<double>(), expected, 0.05 * expected) << entry.name;
      EXPECT_NEAR(entry.tensor.mean().item<double>(), 0, 0.05) << entry.name;
    }
  }
}

}  // namespace
}  // namespace retort::train
