#include "trainers/training/teacher_logits.h"

#include "tests/trainers/cache_home.h"
#include "tests/trainers/tensor_testing.h"
#include "tests/trainers/training/tiny_language_teacher.h"
#include "trainers/train_error.h"
#include "trainers/training/kd_qat_phase.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

namespace retort::train {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::ThrowsMessage;

class CachedTeacher : public TinyLanguageTeacher {
 protected:
  /// Padded rows judge different numbers of tokens.
  CachedTeacher() : TinyLanguageTeacher({{"data.text.packing", "padded"}}), home_(folder_.path()) {}

  [[nodiscard]] SettingValues given(SettingValues more = {}) const {
    more.insert({"distill.kl.top_k", 5});
    return TinyLanguageTeacher::given(more);
  }

  [[nodiscard]] SettingValues cached(SettingValues more = {}) const {
    more["distill.kl.cache_teacher"] = true;
    return given(more);
  }

  [[nodiscard]] std::vector<std::filesystem::path> files() const {
    std::vector<std::filesystem::path> found;
    const auto folder = folder_.path() / "retort" / "logits";
    if (std::filesystem::exists(folder)) {
      for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() == ".logits") {
          found.push_back(entry.path());
        }
      }
    }
    return found;
  }

  CacheHome home_;
};

/// Rows in an order of their own.
StepOutcome stepOf(KdQatPhase& phase, TraceSet trace = {}) {
  const std::vector<std::int64_t> rows = {7, 2, 9, 0, 4, 11};
  return phase.step({.rows = rows, .trace = trace}, goOn);
}

NamedTensors gradientsOf(const KdQatPhase& phase) {
  NamedTensors gradients;
  for (const NamedTensor& parameter : phase.trainableParameters()) {
    gradients.push_back({parameter.name, parameter.tensor.grad().clone()});
  }
  return gradients;
}

void expectClose(const NamedTensors& found, const NamedTensors& wanted, double tolerance) {
  ASSERT_EQ(found.size(), wanted.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    const double size = wanted[i].tensor.abs().max().item<double>();
    EXPECT_LE(largestDifference(found[i].tensor, wanted[i].tensor), tolerance * size)
        << found[i].name;
  }
}

TEST_F(CachedTeacher, GivesTheLossAndTheGradientsOfTheTeacherItself) {
  for (const char* rest : {"renormalized", "bucket"}) {
    for (const std::int64_t k : {1, 5, 1'000'000}) {
      const SettingValues more = {{"dtype", "float64"},
                                  {"distill.kl.top_k", k},
                                  {"distill.kl.rest", rest},
                                  {"distill.kl.temperature", 2.0}};
      KdQatPhase with(phaseInput(cached(more)));
      KdQatPhase without(phaseInput(given(more)));
      ASSERT_TRUE(with.open(goOn));
      ASSERT_TRUE(without.open(goOn));

      const double loss = stepOf(with).loss;

      EXPECT_LT(relativeDifference(loss, stepOf(without).loss), 1e-13) << rest << k;
      expectClose(gradientsOf(with), gradientsOf(without), 1e-11);
    }
  }
}

TEST_F(CachedTeacher, GivesThemInPartsOfBatchesAndLogitsToo) {
  KdQatPhase whole(phaseInput(cached({{"dtype", "float64"}, {"train.batch", 6}})));
  KdQatPhase parted(phaseInput(cached({{"dtype", "float64"},
                                       {"train.batch", 2},
                                       {"train.gradient_accumulation_steps", 3},
                                       {"train.logit_rows", 5}})));
  ASSERT_TRUE(whole.open(goOn));
  ASSERT_TRUE(parted.open(goOn));

  EXPECT_LT(relativeDifference(stepOf(parted).loss, stepOf(whole).loss), 1e-13);
  expectClose(gradientsOf(parted), gradientsOf(whole), 1e-11);
  EXPECT_EQ(files().size(), 1U);
}

TEST_F(CachedTeacher, IsLeftOutOfLaterRuns) {
  KdQatPhase first(phaseInput(cached()));
  ASSERT_TRUE(first.open(goOn));
  const double loss = stepOf(first).loss;
  const auto made = std::filesystem::last_write_time(files().at(0));
  KdQatPhase second(phaseInput(cached({{"quant.weight.bits", 3}, {"train.learning_rate", 0.5}})));
  ASSERT_TRUE(second.open(goOn));
  EXPECT_EQ(files().size(), 1U);
  EXPECT_EQ(std::filesystem::last_write_time(files().at(0)), made);

  // A teacher that has forgotten everything is not asked.
  const at::NoGradGuard no_grad;
  for (const NamedTensor& parameter : second.probed(0, 1).teacher->parameters()) {
    parameter.tensor.fill_(std::nan(""));
  }
  const at::AutoGradMode with_grad(true);
  const StepOutcome outcome = stepOf(second);

  EXPECT_EQ(outcome.loss, loss);
  EXPECT_FALSE(outcome.teacher);
}

TEST_F(CachedTeacher, IsAskedForWhatProbesLookAtWithoutAnotherResult) {
  KdQatPhase phase(phaseInput(cached()));
  ASSERT_TRUE(phase.open(goOn));

  const double alone = stepOf(phase).loss;
  const StepOutcome probed = stepOf(phase, TracePart::kHidden);

  EXPECT_EQ(probed.loss, alone);
  ASSERT_TRUE(probed.teacher);
  EXPECT_FALSE(probed.teacher->hidden.empty());
}

TEST_F(CachedTeacher, HasAFileForEachTeacherAndEachSetOfRows) {
  const auto open = [&](const SettingValues& more) {
    KdQatPhase phase(phaseInput(cached(more)));
    EXPECT_TRUE(phase.open(goOn));
    return files().size();
  };

  EXPECT_EQ(open({}), 1U);
  EXPECT_EQ(open({{"distill.kl.temperature", 4.0}}), 1U);  // nothing of it is in the file
  EXPECT_EQ(open({{"train.batch", 7}, {"seed", 5}}), 1U);
  EXPECT_EQ(open({{"distill.kl.top_k", 6}}), 2U);
  EXPECT_EQ(open({{"data.train_rows", 20}}), 3U);
  EXPECT_EQ(open({{"data.max_length", 16}}), 4U);
  EXPECT_EQ(open({{"data.text.packing", "packed"}}), 5U);
  EXPECT_EQ(open({{"dtype", "float64"}}), 6U);
  EXPECT_EQ(open({{"distill.kl.temperature", 4.0}, {"distill.kl.rest", "bucket"}}), 7U);
  seedGenerators(2, at::kCPU);
  FinetunePhase(phaseInput(tinyPretrainGiven())).writeModel(folder_.path() / "teacher");
  EXPECT_EQ(open({}), 8U);
}

TEST_F(CachedTeacher, CanBeGivenUp) {
  KdQatPhase phase(phaseInput(cached()));

  EXPECT_FALSE(phase.open([] { return false; }));
  EXPECT_TRUE(phase.open(goOn));
}

TEST_F(CachedTeacher, SaysWhenItSparesNothing) {
  const auto warningsOf = [](const SettingValues& settings) {
    std::vector<std::string> warnings;
    PhaseInput input = phaseInput(settings);
    input.warn = [&](const std::string& warning) {
      warnings.push_back(warning);
    };
    const KdQatPhase phase(input);
    return warnings;
  };

  EXPECT_THAT(warningsOf(cached({{"distill.ground_truth", 0.5}})), IsEmpty());
  EXPECT_THAT(warningsOf(cached({{"distill.hidden", 0.5}, {"distill.logits", 1}})),
              ElementsAre(HasSubstr("distill.logits, distill.hidden needs it in every step")));
}

TEST_F(CachedTeacher, StillGivesOtherLossesTheirTeacher) {
  const SettingValues more = {{"dtype", "float64"}, {"distill.hidden.coefficient", 0.5}};
  KdQatPhase with(phaseInput(cached(more)));
  KdQatPhase without(phaseInput(given(more)));
  ASSERT_TRUE(with.open(goOn));

  EXPECT_LT(relativeDifference(stepOf(with).loss, stepOf(without).loss), 1e-13);
}

TEST_F(CachedTeacher, CannotWeighTokensByAllLogits) {
  EXPECT_THAT(
      [&] {
        KdQatPhase{phaseInput(cached({{"distill.kl.token_weight", "entropy"}}))};
      },
      ThrowsMessage<TrainError>(HasSubstr("distill.kl.token_weight is entropy")));
}

TEST_F(CachedTeacher, NeedsNoMemoryForWhatTheTeacherComputes) {
  const SettingValues unprobed = {{"probe.activation.every", 0},
                                  {"probe.attention_map_kl.every", 0},
                                  {"probe.attention_output.every", 0},
                                  {"probe.hidden_state.every", 0}};
  const MemoryEstimate with = KdQatPhase(phaseInput(cached(unprobed))).memory();
  const MemoryEstimate without = KdQatPhase(phaseInput(given(unprobed))).memory();

  EXPECT_LT(with.activations, without.activations);
  EXPECT_EQ(with.teacher, without.teacher);
}

}  // namespace
}  // namespace retort::train
