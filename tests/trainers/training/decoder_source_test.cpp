#include "trainers/training/decoder_source.h"

#include "tests/core/base/temp_folder.h"
#include "tests/trainers/models/tiny_decoder.h"
#include "trainers/io/safetensors.h"
#include "trainers/train_error.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::train {
namespace {

using ::retort::testing::TempFolder;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

const ModelRequest kLanguageModel = {.labels = std::nullopt, .dtype = at::kFloat};

/// A model folder of that configuration in two shards of half-precision numbers.
class DecoderFolder : public ::testing::Test {
 protected:
  void write(const DecoderConfig& config, const TensorMap& more = {}) {
    folder_.write("config.json", decoderConfigToJson(config, "bfloat16").dump());
    TensorMap first;
    TensorMap second = more;
    for (const NamedTensor& entry : hashedParameters(decoderParameterShapes(config))) {
      const bool is_first = first.size() < 5;
      (is_first ? first : second)[entry.name] =
          entry.tensor.to(is_first ? at::kBFloat16 : at::kHalf);
    }
    Json map = Json::object();
    for (const auto& [name, tensor] : first) {
      map[name] = "model-00001-of-00002.safetensors";
    }
    for (const auto& [name, tensor] : second) {
      map[name] = "model-00002-of-00002.safetensors";
    }
    writeSafetensors(folder_ / "model-00001-of-00002.safetensors", first);
    writeSafetensors(folder_ / "model-00002-of-00002.safetensors", second);
    folder_.write("model.safetensors.index.json", Json{{"weight_map", map}}.dump());
  }

  [[nodiscard]] ModelSource read() const { return readModel(folder_.path(), kLanguageModel); }

  TempFolder folder_;
};

TEST_F(DecoderFolder, IsReadFromShardsOfHalfPrecision) {
  const DecoderConfig config = smallDecoderConfig({{"model_type", "qwen2"}});
  write(config);

  const ModelSource source = read();

  EXPECT_EQ(source.blueprint->shape(), decoderShape(config));
  EXPECT_TRUE(source.warnings.empty());
  ASSERT_EQ(source.parameters.size(), decoderParameterShapes(config).size());
  for (const NamedTensor& wanted : hashedParameters(decoderParameterShapes(config))) {
    const at::Tensor& read = *findTensor(source.parameters, wanted.name);
    EXPECT_EQ(read.scalar_type(), at::kFloat);
    // Eight significant bits.
    EXPECT_LT(largestDifference(read.to(at::kDouble), wanted.tensor), 1.3 / 256) << wanted.name;
  }
}

TEST_F(DecoderFolder, BuildsAModelThatRuns) {
  write(smallDecoderConfig());
  const ModelSource source = read();
  const at::NoGradGuard no_grad;

  const auto model = source.blueprint->build(source.parameters, {}, {.attention_dropout = 0.1});

  const at::Tensor ids = tensorOf({{1, 2, 3}}).to(at::kLong);
  EXPECT_EQ(model->forward({.input_ids = ids}, {}).logits.sizes(), at::IntArrayRef({3, 20}));
  EXPECT_EQ(dynamic_cast<const LlamaModel&>(*model).config().attention_dropout, 0.1);
}

TEST_F(DecoderFolder, ATiedHeadInTheFilesIsLeftAlone) {
  write(smallDecoderConfig({{"tie_word_embeddings", true}}),
        {{"lm_head.weight", at::ones({20, 16})},
         {"model.layers.0.self_attn.rotary_emb.inv_freq", at::ones({2})}});

  const ModelSource source = read();

  ASSERT_EQ(source.warnings.size(), 1U);
  EXPECT_THAT(source.warnings.front(), HasSubstr("not used: lm_head.weight"));
}

TEST_F(DecoderFolder, RulesMaySelectATiedHead) {
  write(smallDecoderConfig({{"tie_word_embeddings", true}}));
  const ModelSource source = read();
  EXPECT_EQ(findTensor(source.parameters, kHeadWeight), nullptr);

  const PrecisionMap map(SettingValues{{"quant.map", Json::array({"head = affine bits=6"})},
                                       {"quant.weight.scheme", "none"}});
  EXPECT_NO_THROW(map.check(source.blueprint->weightShapes()));
}

TEST_F(DecoderFolder, LearnsNoTaskOfEncoders) {
  write(smallDecoderConfig());
  EXPECT_THAT([&] { static_cast<void>(readModel(folder_.path(), {.labels = 2})); },
              ThrowsMessage<TrainError>(
                  HasSubstr("the LLaMA family cannot learn data.task: it is for encoders")));
}

TEST_F(DecoderFolder, NamesWhatIsMissing) {
  write(smallDecoderConfig());
  folder_.write(
      "config.json",
      decoderConfigToJson(smallDecoderConfig({{"attention_bias", true}}), "float16").dump());
  EXPECT_THAT([&] { static_cast<void>(read()); },
              ThrowsMessage<TrainError>(HasSubstr("model.layers.0.self_attn.q_proj.bias")));
}

TEST(DecoderSource, ARandomDecoderHasItsArchitecture) {
  const SettingValues settings = {{"model.architecture.layers", 3},
                                  {"model.architecture.hidden_size", 32},
                                  {"model.architecture.heads", 4},
                                  {"model.architecture.intermediate_size", 48}};

  const ModelSource source = randomModel(settings, 50, kLanguageModel);

  const ModelShape shape = source.blueprint->shape();
  EXPECT_EQ(shape.layers, 3);
  EXPECT_EQ(shape.head_size, 8);
  EXPECT_EQ(shape.outputs, 50);
  EXPECT_EQ(findTensor(source.parameters, kHeadWeight)->sizes(), at::IntArrayRef({50, 32}));
  // What it writes, it reads.
  const Json json = source.blueprint->configJson("float32");
  EXPECT_EQ(decoderShape(decoderConfigFromJson(json, "config.json")), shape);
}

TEST(DecoderSource, RefusesHeadsOfOddWidth) {
  EXPECT_THAT(
      [] {
        static_cast<void>(decoderConfigFromArchitecture({.hidden_size = 20, .heads = 4}, {}, 9));
      },
      ThrowsMessage<TrainError>(HasSubstr("turn pairs")));
}

TEST(DecoderSource, RefusesKeysThatDoNotDivideTheHeads) {
  EXPECT_THAT(
      [] {
        static_cast<void>(decoderConfigFromArchitecture(
            {.hidden_size = 24, .heads = 4}, {.key_value_heads = 3}, 9));
      },
      ThrowsMessage<TrainError>(HasSubstr("key_value_heads 3")));
}

}  // namespace
}  // namespace retort::train
