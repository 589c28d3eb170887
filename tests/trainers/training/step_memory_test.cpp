#include "tests/trainers/tensor_testing.h"
#include "tests/trainers/training/temporary_folder.h"
#include "tests/trainers/training/tiny_language_settings.h"
#include "trainers/train_error.h"
#include "trainers/training/finetune_phase.h"
#include "trainers/training/kd_qat_phase.h"

#include <ATen/ATen.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace retort::train {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr double kDoubleRounding = 1e-12;

/// What a step leaves: its loss and the gradients of all that is trained.
struct Step {
  StepOutcome outcome;
  NamedTensors gradients;
};

Step stepOf(ModelPhase& phase, std::int64_t rows) {
  std::vector<std::int64_t> chosen(static_cast<std::size_t>(rows));
  std::iota(chosen.begin(), chosen.end(), 0);
  Step step{.outcome = phase.step({.rows = chosen}, goOn)};
  for (const NamedTensor& parameter : phase.trainableParameters()) {
    step.gradients.push_back({parameter.name, parameter.tensor.grad().clone()});
  }
  return step;
}

void expectSame(const Step& found, const Step& wanted) {
  EXPECT_NEAR(found.outcome.loss, wanted.outcome.loss, kDoubleRounding * wanted.outcome.loss);
  EXPECT_EQ(found.outcome.tokens, wanted.outcome.tokens);
  for (const LossComponent& component : wanted.outcome.losses) {
    const auto same = std::find_if(
        found.outcome.losses.begin(), found.outcome.losses.end(), [&](const LossComponent& other) {
          return other.name == component.name;
        });
    ASSERT_NE(same, found.outcome.losses.end()) << component.name;
    EXPECT_LT(relativeDifference(same->value.item<double>(), component.value.item<double>()),
              kDoubleRounding)
        << component.name;
  }
  ASSERT_EQ(found.gradients.size(), wanted.gradients.size());
  for (std::size_t i = 0; i < wanted.gradients.size(); ++i) {
    const at::Tensor& gradient = wanted.gradients[i].tensor;
    EXPECT_LT(largestDifference(found.gradients[i].tensor, gradient),
              kDoubleRounding * std::max(1e-3, gradient.abs().max().item<double>()))
        << wanted.gradients[i].name;
  }
}

/// Rows of the grammar, padded, so that every row judges another number of tokens.
class StepMemory : public testing::Test {
 protected:
  StepMemory() {
    seedGenerators(1, at::kCPU);
    FinetunePhase(phaseInput(pretraining())).writeModel(folder_.path() / "teacher");
  }

  static SettingValues pretraining(const SettingValues& more = {}) {
    SettingValues given = tinyPretrainGiven();
    given["dtype"] = "float64";
    given["data.text.packing"] = "padded";
    return with(given, more);
  }

  [[nodiscard]] SettingValues distilling(const SettingValues& more = {}) const {
    SettingValues given = tinyLanguageKdQatGiven(folder_.path() / "teacher");
    given["dtype"] = "float64";
    given["data.text.packing"] = "padded";
    given["distill.kl.reduction"] = "token_mean";
    return with(given, more);
  }

  static SettingValues with(SettingValues given, const SettingValues& more) {
    for (const auto& [key, value] : more) {
      given[key] = value;
    }
    return given;
  }

  static Step distilled(const SettingValues& given) {
    KdQatPhase phase(phaseInput(given));
    return stepOf(phase, 8);
  }

  static Step pretrained(const SettingValues& given) {
    seedGenerators(1, at::kCPU);
    FinetunePhase phase(phaseInput(given));
    return stepOf(phase, 8);
  }

  TemporaryFolder folder_;
};

const SettingValues kInParts = {{"train.batch", 2}, {"train.gradient_accumulation_steps", 4}};
const SettingValues kAtOnce = {{"train.batch", 8}};

TEST_F(StepMemory, AccumulatedGradientsAreThoseOfOneBatch) {
  const SettingValues more = {{"distill.hidden.coefficient", 0.3},
                              {"distill.attention_score.coefficient", 0.2}};
  for (const char* reduction : {"token_mean", "sequence_sum", "sum"}) {
    SettingValues losses = more;
    losses["distill.kl.reduction"] = reduction;
    losses["distill.ground_truth.reduction"] = std::string(reduction) == "sum" ? "sum" : "mean";

    expectSame(distilled(with(distilling(losses), kInParts)),
               distilled(with(distilling(losses), kAtOnce)));
  }
}

TEST_F(StepMemory, AccumulationCountsTokensAndNotPasses) {
  const Step whole = pretrained(pretraining(kAtOnce));

  expectSame(pretrained(pretraining(kInParts)), whole);
  expectSame(
      pretrained(pretraining({{"train.batch", 3}, {"train.gradient_accumulation_steps", 3}})),
      whole);
  // Passes of two rows have other numbers of tokens: their plain mean is another number.
  double sum = 0;
  seedGenerators(1, at::kCPU);
  FinetunePhase phase(phaseInput(pretraining({{"train.batch", 2}})));
  for (std::int64_t first = 0; first < 8; first += 2) {
    const std::vector<std::int64_t> rows = {first, first + 1};
    sum += phase.step({.rows = rows}, goOn).loss / 4;
  }
  EXPECT_GT(std::abs(sum - whole.outcome.loss), 1e-6);
}

TEST_F(StepMemory, LogitsInPartsGiveTheSameGradients) {
  for (const std::int64_t rows : {1, 7, 1000}) {
    const SettingValues parted = {{"train.logit_rows", rows}, {"train.batch", 8}};
    expectSame(pretrained(pretraining(parted)), pretrained(pretraining(kAtOnce)));
    for (const char* divergence : {"forward", "reverse", "jensen_shannon"}) {
      const SettingValues losses = {{"distill.kl.divergence", divergence},
                                    {"distill.kl.temperature", 2.0},
                                    {"distill.hidden.coefficient", 0.3}};
      expectSame(distilled(with(distilling(losses), parted)),
                 distilled(with(distilling(losses), kAtOnce)));
    }
  }
}

TEST_F(StepMemory, SumsOverSequencesArePartedToo) {
  const SettingValues losses = {{"distill.kl.reduction", "sequence_sum"},
                                {"distill.kl.token_weight", "entropy"},
                                {"distill.ground_truth.reduction", "sum"}};
  SettingValues parted = kInParts;
  parted["train.logit_rows"] = 5;

  expectSame(distilled(with(distilling(losses), parted)),
             distilled(with(distilling(losses), kAtOnce)));
}

TEST_F(StepMemory, AFrozenHeadIsParted) {
  const SettingValues losses = {{"freeze", Json{"head", "o"}}};
  SettingValues parted = kAtOnce;
  parted["train.logit_rows"] = 9;

  expectSame(distilled(with(distilling(losses), parted)),
             distilled(with(distilling(losses), kAtOnce)));
}

TEST_F(StepMemory, TokensThatAreWeighedByOthersAreNotParted) {
  for (const SettingValues& losses : {SettingValues{{"distill.kl.token_weight", "tsld"}},
                                      SettingValues{{"distill.kl.divergence", "cakld"}}}) {
    SettingValues parted = losses;
    parted["train.logit_rows"] = 4;
    EXPECT_THAT([&] { distilled(distilling(parted)); },
                ThrowsMessage<TrainError>(HasSubstr("train.logit_rows is 4, but distill.kl")));
  }
  EXPECT_NO_THROW(distilled(distilling({{"distill.kl.divergence", "cakld"},
                                        {"distill.kl.confidence", 0.5},
                                        {"train.logit_rows", 4}})));
}

TEST_F(StepMemory, ComputingLayersAgainGivesTheSameNumbers) {
  const SettingValues again = {{"train.gradient_checkpointing", true}, {"train.batch", 8}};
  const SettingValues losses = {{"distill.hidden.coefficient", 0.3},
                                {"distill.attention_score.coefficient", 0.2},
                                {"quant.activation.bits", 8},
                                {"quant.weight.scheme", "lsq"}};

  expectSame(distilled(with(distilling(losses), again)),
             distilled(with(distilling(losses), kAtOnce)));
  expectSame(pretrained(pretraining(again)), pretrained(pretraining(kAtOnce)));
}

TEST_F(StepMemory, AllOfThemTogether) {
  SettingValues all = kInParts;
  all["train.gradient_checkpointing"] = true;
  all["train.logit_rows"] = 6;
  all["freeze"] = Json{"o", "v"};
  SettingValues plain = kAtOnce;
  plain["freeze"] = Json{"o", "v"};

  expectSame(distilled(with(distilling(), all)), distilled(with(distilling(), plain)));
}

/// The same of a GPT-2, with its dropout.
class Gpt2StepMemory : public StepMemory {
 protected:
  Gpt2StepMemory() {
    seedGenerators(1, at::kCPU);
    FinetunePhase(phaseInput(ofGpt2(pretraining()))).writeModel(folder_.path() / "gpt2");
  }

  static SettingValues ofGpt2(SettingValues given) {
    given.erase("model.architecture.key_value_heads");
    return with(
        std::move(given),
        {{"model.architecture.family", "gpt2"}, {"model.architecture.tie_word_embeddings", true}});
  }

  [[nodiscard]] Step distilledGpt2(const SettingValues& more) const {
    seedGenerators(2, at::kCPU);
    return distilled(
        with(distilling(more), {{"model.teacher", (folder_.path() / "gpt2").string()}}));
  }
};

TEST_F(Gpt2StepMemory, ComputingLayersAgainGivesTheSameNumbers) {
  const SettingValues again = {{"train.gradient_checkpointing", true}, {"train.batch", 8}};
  const SettingValues losses = {{"distill.hidden.coefficient", 0.3},
                                {"distill.attention_score.coefficient", 0.2},
                                {"quant.activation.bits", 8},
                                {"quant.weight.scheme", "lsq"}};

  expectSame(distilledGpt2(with(losses, again)), distilledGpt2(with(losses, kAtOnce)));
  expectSame(pretrained(ofGpt2(pretraining(again))), pretrained(ofGpt2(pretraining(kAtOnce))));
}

TEST_F(Gpt2StepMemory, LogitsInPartsGiveTheSameGradients) {
  for (const std::int64_t rows : {1, 7, 1000}) {
    const SettingValues parted = {{"train.logit_rows", rows}, {"train.batch", 8}};
    // The head is the table of tokens: its gradient comes from both ends.
    expectSame(pretrained(ofGpt2(pretraining(parted))), pretrained(ofGpt2(pretraining(kAtOnce))));
    expectSame(distilledGpt2(parted), distilledGpt2(kAtOnce));
  }
}

TEST_F(Gpt2StepMemory, AllOfThemTogether) {
  // Dropout is drawn pass by pass: without it passes can be parted.
  const SettingValues frozen = {
      {"freeze", Json{"o", "v"}}, {"model.hidden_dropout", 0.0}, {"model.attention_dropout", 0.0}};
  SettingValues all = with(frozen, kInParts);
  all["train.gradient_checkpointing"] = true;
  all["train.logit_rows"] = 6;

  expectSame(distilledGpt2(all), distilledGpt2(with(frozen, kAtOnce)));
}

}  // namespace
}  // namespace retort::train
