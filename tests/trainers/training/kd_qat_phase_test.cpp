#include "trainers/training/kd_qat_phase.h"

#include "tests/trainers/training/temporary_folder.h"
#include "tests/trainers/training/tiny_settings.h"
#include "trainers/train_error.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace retort::train {

namespace {

/// A teacher in a folder.
class KdQatPhaseTest : public testing::Test {
 protected:
  KdQatPhaseTest() { tinyPhase().writeModel(teacher()); }

  [[nodiscard]] std::filesystem::path teacher() const { return folder_.path() / "teacher"; }

  [[nodiscard]] SettingValues given() const { return tinyKdQatGiven(teacher()); }

  /// Without quantization and dropout, student and teacher are the same network.
  [[nodiscard]] SettingValues plain() const {
    SettingValues settings = given();
    settings["quant.weight.scheme"] = "none";
    settings["quant.embedding.scheme"] = "none";
    settings["quant.activation.bits"] = 0;
    settings["model.hidden_dropout"] = 0.0;
    settings["model.attention_dropout"] = 0.0;
    return settings;
  }

 private:
  TemporaryFolder folder_;
};

double valueOf(const StepOutcome& outcome, const std::string& loss) {
  const auto found = std::find_if(outcome.losses.begin(),
                                  outcome.losses.end(),
                                  [&](const LossComponent& part) { return part.name == loss; });
  return found == outcome.losses.end() ? -1 : found->value.item<double>();
}

TEST_F(KdQatPhaseTest, StudentStartsAsACopyOfTheTeacher) {
  KdQatPhase phase(phaseInput(plain()));

  const StepOutcome outcome =
      phase.step(std::vector<std::int64_t>{0, 1, 2, 3}, TracePart::kProb, goOn);

  EXPECT_EQ(valueOf(outcome, "hidden"), 0);
  ASSERT_TRUE(outcome.teacher.has_value());
  EXPECT_TRUE(at::equal(outcome.student.prob[1], outcome.teacher->prob[1]));
}

TEST_F(KdQatPhaseTest, TrainingTheStudentLeavesTheTeacherAlone) {
  KdQatPhase phase(phaseInput(given()));
  const std::vector<std::int64_t> rows = {0, 1, 2, 3};
  const at::Tensor before = phase.step(rows, {}, goOn).teacher->logits.clone();
  {
    const at::NoGradGuard no_grad;
    for (const NamedTensor& parameter : phase.parameters()) {
      parameter.tensor.mul_(1.5);
    }
  }

  const StepOutcome after = phase.step(rows, {}, goOn);

  EXPECT_TRUE(at::equal(after.teacher->logits, before));
  EXPECT_FALSE(after.teacher->logits.requires_grad());
}

TEST_F(KdQatPhaseTest, TeacherHasNoDropout) {
  KdQatPhase phase(phaseInput(given()));
  const std::vector<std::int64_t> rows = {0, 1};

  const StepOutcome first = phase.step(rows, {}, goOn);
  const StepOutcome second = phase.step(rows, {}, goOn);

  EXPECT_TRUE(at::equal(first.teacher->logits, second.teacher->logits));
  EXPECT_FALSE(at::equal(first.student.logits, second.student.logits));
}

TEST_F(KdQatPhaseTest, EvaluatesStudentAndTeacherApart) {
  KdQatPhase same(phaseInput(plain()));

  const auto student = same.evaluate(goOn);
  const auto teacher = same.evaluateTeacher(goOn);

  ASSERT_TRUE(student.has_value());
  ASSERT_TRUE(teacher.has_value());
  ASSERT_EQ(student->size(), teacher->size());
  for (std::size_t i = 0; i < student->size(); ++i) {
    EXPECT_EQ((*teacher)[i].series.metric, "teacher." + (*student)[i].series.metric);
    EXPECT_EQ((*teacher)[i].value, (*student)[i].value);
  }
}

TEST_F(KdQatPhaseTest, QuantizesTheStudentWithoutTouchingItsLatentWeights) {
  KdQatPhase quantized(phaseInput(given()));
  KdQatPhase same(phaseInput(plain()));

  const auto before = quantized.evaluate(goOn);
  const auto exact = same.evaluate(goOn);

  EXPECT_NE(*before, *exact);
  for (std::size_t i = 0; i < quantized.parameters().size(); ++i) {
    EXPECT_TRUE(at::equal(quantized.parameters()[i].tensor, same.parameters()[i].tensor));
  }
}

TEST_F(KdQatPhaseTest, SaysHowWeightsAreQuantized) {
  SettingValues settings = given();
  settings["quant.map"] = "layer:0 = int4";

  const Json precision = KdQatPhase(phaseInput(settings)).summary().at("precision");

  EXPECT_EQ(precision.at("weights").at("int4, 4 bits, per tensor"), 6);
  EXPECT_EQ(precision.at("weights").at("ternary, 2 bits, per row"), 1);
  EXPECT_LT(precision.at("stored_bytes").get<double>(),
            precision.at("full_precision_bytes").get<double>());
}

TEST_F(KdQatPhaseTest, CountsQuantizedCopiesOfLinearLayers) {
  SettingValues settings = given();
  EXPECT_EQ(KdQatPhase(phaseInput(plain())).memory().quantized, 0U);

  const std::uint64_t all = KdQatPhase(phaseInput(settings)).memory().quantized;
  settings["quant.map"] = "layer:0 = fp";
  const std::uint64_t half = KdQatPhase(phaseInput(settings)).memory().quantized;

  // Two layers of 16 x 16 (four) and 16 x 32 (two) weights, and the pooler.
  EXPECT_EQ(all, 4U * (2 * (4 * 16 * 16 + 2 * 16 * 32) + 16 * 16));
  EXPECT_EQ(all - half, 4U * (4 * 16 * 16 + 2 * 16 * 32));
}

TEST_F(KdQatPhaseTest, RefusesAMapThatDoesNotFitTheModel) {
  SettingValues settings = given();
  settings["quant.map"] = "layer:7 = int4";

  EXPECT_THROW(KdQatPhase(phaseInput(settings)), TrainError);
}

TEST_F(KdQatPhaseTest, RefusesAStudentOfAnotherShape) {
  SettingValues narrow = tinyFinetuneGiven();
  narrow["model.architecture.hidden_size"] = 8;
  const std::filesystem::path student = teacher().parent_path() / "student";
  FinetunePhase(phaseInput(narrow)).writeModel(student);
  SettingValues settings = given();
  settings["model.student"] = student.string();

  try {
    const KdQatPhase phase(phaseInput(settings));
    FAIL() << "not refused";
  } catch (const TrainError& error) {
    EXPECT_EQ(error.exitCode(), ExitCode::kBadData);
    EXPECT_THAT(error.what(), testing::HasSubstr("8 wide"));
    EXPECT_THAT(error.what(), testing::HasSubstr("16 wide"));
  }
}

TEST_F(KdQatPhaseTest, RefusesRowsLongerThanTheModelsPositions) {
  SettingValues settings = given();
  settings["data.max_length"] = 64;

  EXPECT_THROW(KdQatPhase(phaseInput(settings)), TrainError);
}

}  // namespace

}  // namespace retort::train
