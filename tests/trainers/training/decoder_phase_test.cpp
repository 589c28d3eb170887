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
#include <map>
#include <numeric>

namespace retort::train {
namespace {

using testing::HasSubstr;

FinetunePhase tinyPretraining() {
  seedGenerators(1, at::kCPU);
  return FinetunePhase(phaseInput(tinyPretrainGiven()));
}

std::vector<std::int64_t> firstRows(std::int64_t count) {
  std::vector<std::int64_t> rows(static_cast<std::size_t>(count));
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

std::map<std::string, double> evaluated(TrainingPhase& phase) {
  std::map<std::string, double> values;
  const auto points = phase.evaluate(0, 1, goOn);
  for (const MetricPoint& point : points.value()) {
    values[point.series.metric] = point.value;
  }
  return values;
}

bool isFrozen(const std::string& name) {
  return name.find("v_proj") != std::string::npos || name.find("o_proj") != std::string::npos;
}

class DecoderPhases : public testing::Test {
 protected:
  DecoderPhases() { tinyPretraining().writeModel(folder_.path() / "teacher"); }

  [[nodiscard]] KdQatPhase student(const SettingValues& more = {}) const {
    SettingValues given = tinyLanguageKdQatGiven(folder_.path() / "teacher");
    for (const auto& [key, value] : more) {
      given[key] = value;
    }
    return KdQatPhase(phaseInput(given));
  }

  TemporaryFolder folder_;
};

TEST_F(DecoderPhases, PretrainingStartsAtChance) {
  FinetunePhase phase = tinyPretraining();
  const auto vocabulary = phase.task().vocabularySize();

  EXPECT_NEAR(evaluated(phase).at("eval.loss"), std::log(static_cast<double>(vocabulary)), 0.1);
}

TEST_F(DecoderPhases, AStudentWithoutQuantizationIsItsTeacher) {
  KdQatPhase phase = student({{"quant.weight.scheme", "none"}, {"quant.head.scheme", "none"}});

  const auto values = evaluated(phase);

  EXPECT_NEAR(values.at("eval.kl"), 0, 1e-6);
  EXPECT_EQ(values.at("eval.top1_agreement"), 1);
}

TEST_F(DecoderPhases, AQuantizedStudentIsNot) {
  KdQatPhase phase = student();

  const auto values = evaluated(phase);
  const StepOutcome outcome = phase.step({.rows = firstRows(4)}, goOn);

  EXPECT_GT(values.at("eval.kl"), 1e-8);
  EXPECT_TRUE(std::isfinite(outcome.loss));
  ASSERT_EQ(outcome.losses.size(), 2U);
  EXPECT_EQ(outcome.tokens, 4 * 32);
}

// The gradient of the loss alone would leave weight decay to shrink what is frozen.
TEST_F(DecoderPhases, FrozenProjectionsHaveNoGradientAndNoOptimizerState) {
  KdQatPhase phase = student({{"freeze", Json{"o", "v"}}});

  static_cast<void>(phase.step({.rows = firstRows(4)}, goOn));

  for (const NamedTensor& parameter : phase.parameters()) {
    EXPECT_EQ(parameter.tensor.grad().defined(), !isFrozen(parameter.name)) << parameter.name;
  }
  for (const NamedTensor& parameter : phase.trainableParameters()) {
    EXPECT_EQ(parameter.name.find("v_proj"), std::string::npos);
    EXPECT_EQ(parameter.name.find("o_proj"), std::string::npos);
  }
}

TEST_F(DecoderPhases, FrozenWeightsAreTheTeachersAndTrainedOnesAreNot) {
  KdQatPhase phase = student({{"freeze", Json{"o", "v"}}});
  const NamedTensors& teacher = phase.probed(0, 1).teacher->parameters();

  for (const NamedTensor& parameter : phase.model().parameters()) {
    const at::Tensor& other = *findTensor(teacher, parameter.name);
    EXPECT_EQ(parameter.tensor.is_alias_of(other), isFrozen(parameter.name)) << parameter.name;
    EXPECT_TRUE(at::equal(parameter.tensor, other));
  }
  const MemoryEstimate frozen = phase.memory();
  const MemoryEstimate full = student().memory();
  EXPECT_EQ(full.latent - frozen.latent, full.gradients - frozen.gradients);
  EXPECT_GT(full.latent, frozen.latent);
}

// The same update whether a frozen weight is held or quantized in each pass.
TEST_F(DecoderPhases, HoldingFrozenWeightsChangesNoGradient) {
  KdQatPhase holding = student({{"freeze", Json{"o", "v"}}});
  KdQatPhase plain = student();
  static_cast<void>(holding.step({.rows = firstRows(4)}, goOn));
  static_cast<void>(plain.step({.rows = firstRows(4)}, goOn));

  const NamedTensors others = plain.parameters();
  for (const NamedTensor& parameter : holding.trainableParameters()) {
    EXPECT_TRUE(at::equal(parameter.tensor.grad(), findTensor(others, parameter.name)->grad()))
        << parameter.name;
  }
}

TEST_F(DecoderPhases, WriteAFolderThatReadsBack) {
  const KdQatPhase phase = student();
  phase.writeModel(folder_.path() / "student");

  const ModelSource source = readModel(folder_.path() / "student", {.labels = std::nullopt});

  ASSERT_EQ(source.parameters.size(), phase.model().parameters().size());
  for (std::size_t i = 0; i < source.parameters.size(); ++i) {
    EXPECT_EQ(source.parameters[i].name, phase.model().parameters()[i].name);
    EXPECT_TRUE(at::equal(source.parameters[i].tensor, phase.model().parameters()[i].tensor));
  }
}

TEST_F(DecoderPhases, RefuseEncodersAndClassification) {
  SettingValues classification = tinyKdQatGiven(folder_.path() / "teacher");
  try {
    KdQatPhase{phaseInput(classification)};
    FAIL() << "not refused";
  } catch (const TrainError& error) {
    EXPECT_THAT(error.what(), HasSubstr("teacher"));
  }
}

}  // namespace
}  // namespace retort::train
