#include "trainers/training/gpt2_source.h"

#include "tests/core/base/temp_folder.h"
#include "tests/trainers/models/tiny_gpt2.h"
#include "tests/trainers/tensor_memory.h"
#include "tests/trainers/training/tiny_language_settings.h"
#include "trainers/io/safetensors.h"
#include "trainers/train_error.h"
#include "trainers/training/finetune_phase.h"
#include "trainers/training/kd_qat_phase.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace retort::train {
namespace {

using ::retort::testing::TempFolder;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::ThrowsMessage;

const ModelRequest kLanguageModel = {.labels = std::nullopt, .dtype = at::kDouble};

/// A folder as Hugging Face writes it.
class Gpt2Folder : public ::testing::Test {
 protected:
  /// `prefix`: what stands before the names of the body; the published files have none.
  void write(const Gpt2Config& config,
             const std::string& prefix = "transformer.",
             TensorMap more = {}) {
    folder_.write("config.json", gpt2ConfigToJson(config, "float64").dump());
    const std::string own = "transformer.";
    for (const NamedTensor& tensor : hashedParameters(gpt2FileShapes(config))) {
      const bool is_body = tensor.name.starts_with(own);
      more[is_body ? prefix + tensor.name.substr(own.size()) : tensor.name] = tensor.tensor;
    }
    writeSafetensors(folder_ / "model.safetensors", more);
  }

  [[nodiscard]] ModelSource read() const { return readModel(folder_.path(), kLanguageModel); }

  TempFolder folder_;
};

TEST_F(Gpt2Folder, IsReadWithAndWithoutThePrefix) {
  const Gpt2Config config = smallGpt2Config();
  for (const char* prefix : {"transformer.", ""}) {
    write(config, prefix);

    const ModelSource source = read();

    EXPECT_THAT(source.warnings, IsEmpty());
    EXPECT_EQ(source.blueprint->shape(), gpt2Shape(config));
    const NamedTensors wanted = hashedGpt2Parameters(config);
    ASSERT_EQ(source.parameters.size(), wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      EXPECT_EQ(source.parameters[i].name, wanted[i].name);
      EXPECT_TRUE(at::equal(source.parameters[i].tensor, wanted[i].tensor)) << wanted[i].name;
    }
  }
}

TEST_F(Gpt2Folder, MasksAndATiedHeadInTheFilesAreLeftAlone) {
  write(smallGpt2Config(),
        "",
        {{"h.0.attn.bias", at::ones({1, 1, 12, 12})},
         {"h.0.attn.masked_bias", at::ones({1})},
         {"lm_head.weight", at::ones({20, 16})}});

  const ModelSource source = read();

  ASSERT_EQ(source.warnings.size(), 1U);
  EXPECT_THAT(source.warnings.front(), ::testing::EndsWith("not used: lm_head.weight"));
}

TEST_F(Gpt2Folder, NamesWhatDoesNotFit) {
  write(smallGpt2Config(), "", {{"h.2.ln_1.weight", at::ones({16})}});
  EXPECT_THAT([&] { static_cast<void>(read()); },
              ThrowsMessage<TrainError>(HasSubstr("h.2.ln_1.weight")));

  write(smallGpt2Config());
  folder_.write("config.json",
                gpt2ConfigToJson(smallGpt2Config({{"n_inner", 8}}), "float32").dump());
  EXPECT_THAT([&] { static_cast<void>(read()); },
              ThrowsMessage<TrainError>(HasSubstr("transformer.h.0.mlp.c_fc.weight")));
}

TEST_F(Gpt2Folder, BuildsAModelWithTheSettingsDropout) {
  write(smallGpt2Config());
  const ModelSource source = read();

  const auto model = source.blueprint->build(
      source.parameters, {}, {.hidden_dropout = 0.2, .attention_dropout = 0.3});

  const Gpt2Config& config = dynamic_cast<const Gpt2Model&>(*model).config();
  EXPECT_EQ(config.embd_pdrop, 0.2);
  EXPECT_EQ(config.resid_pdrop, 0.2);
  EXPECT_EQ(config.attn_pdrop, 0.3);
  EXPECT_EQ(withDropout(config, {}), config);
}

TEST_F(Gpt2Folder, TheMapOfAimetFits) {
  write(smallGpt2Config());
  const PrecisionMap map(
      SettingValues{{"quant.map",
                     Json::array({"weights = lsq bits=4 granularity=row start=range",
                                  "head = lsq bits=8 granularity=row start=range",
                                  "embeddings = fp"})}});

  const ModelSource source = read();

  EXPECT_NO_THROW(map.check(source.blueprint->weightShapes()));
  EXPECT_EQ(map.precision("transformer.h.0.attn.q_proj.weight").bits, 4);
  EXPECT_EQ(map.precision(kGpt2Head).bits, 8);
  EXPECT_EQ(map.precision(kGpt2PositionTable).scheme, "none");
}

TEST(Gpt2Source, CountsWhatAPassKeeps) {
  // T = 2 x 6, D = 16, I = 64, H = 4, L = 2, V = 20: each number of the formula by hand.
  const Gpt2Config config =
      smallGpt2Config({{"embd_pdrop", 0}, {"resid_pdrop", 0}, {"attn_pdrop", 0}});
  const StepShape shape = {.rows = 2, .length = 6};

  EXPECT_EQ(stepBytes(config, shape).layers,
            4U * 12 * (2 * (8 * 16 + 2 * 64 + 4 + 4) + 2 * 16 + 2));
  EXPECT_EQ(stepBytes(config, shape).logits, 4U * 12 * 20 * (2 + 2));
  EXPECT_EQ(stepBytes(smallGpt2Config(), shape).layers,
            4U * 12 * (2 * (10 * 16 + 2 * 64 + 4 + 4 + 3 * 4 * 6) + 3 * 16 + 2));
  StepShape traced = shape;
  traced.has_teacher = true;
  traced.traces = TracePart::kProb;
  EXPECT_EQ(stepBytes(config, traced).layers,
            4U * 12 * (2 * (8 * 16 + 2 * 64 + 4 + 4 + 3 * 4 * 6) + 2 * 16 + 2));
  StepShape quantized = shape;
  quantized.quantizes_activations = true;
  EXPECT_EQ(stepBytes(config, quantized).layers,
            4U * 12 * (2 * (14 * 16 + 3 * 64 + 4 + 4 + 4 * 4 * 6) + 2 * 16 + 2));
}

/// Parts of each layer that are frozen, without ".weight".
class KeptByGpt2 : public ::testing::TestWithParam<std::vector<std::string>> {};

/// What tensors take after a pass, but for the logits.
TEST_P(KeptByGpt2, IsWhatIsCounted) {
  for (const bool recomputes : {false, true}) {
    for (const double dropout : {0.0, 0.1}) {
      const Gpt2Config config = smallGpt2Config({{"n_layer", 3},
                                                 {"n_positions", 64},
                                                 {"embd_pdrop", dropout},
                                                 {"resid_pdrop", dropout},
                                                 {"attn_pdrop", 0}});
      Gpt2Model model(config, randomGpt2Parameters(config, at::kFloat));
      StepShape shape = {.rows = 2, .length = 64};
      shape.recomputes_layers = recomputes;
      for (const std::string layer : {"0", "1", "2"}) {
        for (const std::string& part : GetParam()) {
          shape.frozen.insert("transformer.h." + layer + "." + part + ".weight");
        }
      }
      model.setTrainable(shape.frozen);
      const at::Tensor ids = at::arange(128).remainder(20).view({2, 64});
      const TensorMemory memory;

      const ModelTrace trace =
          model.forward({.input_ids = ids}, {.is_training = true, .recomputes_layers = recomputes});

      double kept =
          static_cast<double>(memory.live() - static_cast<std::int64_t>(trace.logits.nbytes()));
      double counted = static_cast<double>(stepBytes(config, shape).layers);
      if (recomputes) {
        const auto state = at::globalContext().defaultGenerator(at::kCPU).get_state().nbytes();
        kept -= 3 * static_cast<double>(state);
        // The layer that is computed again is not there yet.
        StepShape plain = shape;
        plain.recomputes_layers = false;
        Gpt2Config single = config;
        single.n_layer = 1;
        const std::uint64_t outside = ((dropout > 0 ? 3 : 2) * 16 + 2) * 4 * 128;
        counted -= static_cast<double>(stepBytes(single, plain).layers - outside);
      }
      EXPECT_NEAR(kept, counted, 0.03 * counted) << recomputes << " " << dropout;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Frozen,
                         KeptByGpt2,
                         ::testing::Values(std::vector<std::string>{},
                                           std::vector<std::string>{"attn.c_proj", "attn.v_proj"},
                                           std::vector<std::string>{
                                               "attn.q_proj", "attn.k_proj", "attn.v_proj"},
                                           std::vector<std::string>{"mlp.c_fc", "mlp.c_proj"}));

TEST(Gpt2Source, RefusesHeadsThatDoNotDivideTheWidth) {
  EXPECT_THAT(
      [] {
        static_cast<void>(gpt2ConfigFromArchitecture({.hidden_size = 20, .heads = 3}, true, 9));
      },
      ThrowsMessage<TrainError>(HasSubstr("hidden_size 20 is not a multiple")));
}

SettingValues tinyGpt2Given() {
  SettingValues given = tinyPretrainGiven();
  given.erase("model.architecture.key_value_heads");
  given["model.architecture.family"] = "gpt2";
  given["model.architecture.tie_word_embeddings"] = true;
  return given;
}

std::vector<std::int64_t> firstRows(std::int64_t count) {
  std::vector<std::int64_t> rows(static_cast<std::size_t>(count));
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

/// A GPT-2 that was pretrained from nothing, as a teacher.
class Gpt2Phases : public ::testing::Test {
 protected:
  Gpt2Phases() {
    seedGenerators(1, at::kCPU);
    FinetunePhase(phaseInput(tinyGpt2Given())).writeModel(folder_ / "teacher");
  }

  [[nodiscard]] KdQatPhase student(const SettingValues& more = {}) const {
    SettingValues given = tinyLanguageKdQatGiven(folder_ / "teacher");
    for (const auto& [key, value] : more) {
      given[key] = value;
    }
    return KdQatPhase(phaseInput(given));
  }

  TempFolder folder_;
};

TEST_F(Gpt2Phases, WriteHuggingFacesFolders) {
  const SafetensorsFile file(folder_ / "teacher" / "model.safetensors");

  const TensorEntry* fused = file.find("transformer.h.1.attn.c_attn.weight");
  ASSERT_NE(fused, nullptr);
  EXPECT_EQ(fused->shape, (std::vector<std::int64_t>{16, 48}));
  EXPECT_EQ(file.find("transformer.h.1.attn.q_proj.weight"), nullptr);
  EXPECT_EQ(file.find(kGpt2Head), nullptr);
}

TEST_F(Gpt2Phases, AStudentWithoutQuantizationIsItsTeacher) {
  KdQatPhase phase = student({{"quant.weight.scheme", "none"}, {"quant.head.scheme", "none"}});
  const auto points = phase.evaluate(0, 1, goOn);

  const auto kl = std::ranges::find_if(
      *points, [](const MetricPoint& point) { return point.series.metric == "eval.kl"; });
  ASSERT_NE(kl, points->end());
  EXPECT_NEAR(kl->value, 0, 1e-6);
}

TEST_F(Gpt2Phases, OvFreezeLeavesOutputAndValueProjectionsAlone) {
  KdQatPhase phase = student({{"freeze", Json{"o", "v"}}, {"quant.map", Json::array()}});

  const StepOutcome outcome = phase.step({.rows = firstRows(4)}, goOn);

  EXPECT_TRUE(std::isfinite(outcome.loss));
  for (const NamedTensor& parameter : phase.model().parameters()) {
    const bool is_frozen = parameter.name.find("v_proj") != std::string::npos ||
                           parameter.name.find("attn.c_proj") != std::string::npos;
    EXPECT_EQ(parameter.tensor.grad().defined(), !is_frozen) << parameter.name;
  }
  EXPECT_THAT(phase.summary().at("freeze"), HasSubstr("o (layers 0-1), v (layers 0-1)"));
}

TEST_F(Gpt2Phases, StudentsReadBackAsTheyWere) {
  const KdQatPhase phase = student();
  phase.writeModel(folder_ / "student");

  const ModelSource source = readModel(folder_ / "student", {.labels = std::nullopt});

  const NamedTensors& wanted = phase.model().parameters();
  ASSERT_EQ(source.parameters.size(), wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_EQ(source.parameters[i].name, wanted[i].name);
    EXPECT_TRUE(at::equal(source.parameters[i].tensor, wanted[i].tensor)) << wanted[i].name;
  }
  EXPECT_EQ(source.quantizers.size(), phase.model().quantizerParameters().size());
}

}  // namespace
}  // namespace retort::train
