#include "trainers/training/teacher_model.h"

#include "tests/trainers/tensor_testing.h"
#include "tests/trainers/training/tiny_language_teacher.h"
#include "trainers/train_error.h"
#include "trainers/training/device.h"
#include "trainers/training/kd_qat_phase.h"

#include <ATen/ATen.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::train {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

using HeldTeacher = TinyLanguageTeacher;

const std::vector<std::int64_t> kRows = {0, 1, 2, 3};

double lossOf(const SettingValues& given) {
  KdQatPhase phase(phaseInput(given));
  return phase.step({.rows = kRows}, goOn).loss;
}

const at::Tensor& teachers(const KdQatPhase& phase, const std::string& name) {
  return *findTensor(phase.probed(0, 1).teacher->parameters(), name);
}

TEST_F(HeldTeacher, TeachesNearlyTheSame) {
  const SettingValues losses = {{"distill.hidden.coefficient", 0.1}, {"dtype", "float64"}};
  const double full = lossOf(given(losses));
  const auto with = [&](const char* dtype) {
    SettingValues more = losses;
    more["teacher.dtype"] = dtype;
    return lossOf(given(more));
  };

  EXPECT_LT(relativeDifference(with("float32"), full), 1e-5);
  EXPECT_LT(relativeDifference(with("bfloat16"), full), 2e-2);
  EXPECT_LT(relativeDifference(with("int8"), full), 2e-2);
  EXPECT_NE(with("bfloat16"), full);
  EXPECT_NE(with("int8"), full);
}

TEST_F(HeldTeacher, IsHeldAsItIsAskedFor) {
  const std::string matrix = "model.layers.0.mlp.up_proj.weight";
  const std::string norm = "model.norm.weight";
  const KdQatPhase narrow(phaseInput(given({{"teacher.dtype", "bfloat16"}})));
  const KdQatPhase coded(phaseInput(given({{"teacher.dtype", "int8"}})));

  EXPECT_EQ(teachers(narrow, matrix).scalar_type(), at::kBFloat16);
  EXPECT_EQ(teachers(narrow, norm).scalar_type(), at::kBFloat16);
  EXPECT_EQ(teachers(coded, matrix).scalar_type(), at::kQInt8);
  EXPECT_EQ(teachers(coded, norm).scalar_type(), at::kFloat);
  EXPECT_EQ(findTensor(coded.model().parameters(), matrix)->scalar_type(), at::kFloat);
}

// The student starts from what is in the folder, and not from what the teacher makes of it.
TEST_F(HeldTeacher, LeavesTheStudentItsWeights) {
  const KdQatPhase plain(phaseInput(given()));
  const KdQatPhase coded(phaseInput(given({{"teacher.dtype", "int8"}, {"freeze", Json{"o"}}})));

  for (const NamedTensor& entry : plain.model().parameters()) {
    const at::Tensor& other = *findTensor(coded.model().parameters(), entry.name);
    EXPECT_TRUE(at::equal(entry.tensor, other)) << entry.name;
  }
}

TEST_F(HeldTeacher, TakesTheMemoryOfItsNumbers) {
  const MemoryEstimate full = KdQatPhase(phaseInput(given())).memory();
  const MemoryEstimate narrow =
      KdQatPhase(phaseInput(given({{"teacher.dtype", "bfloat16"}}))).memory();
  const MemoryEstimate coded = KdQatPhase(phaseInput(given({{"teacher.dtype", "int8"}}))).memory();

  EXPECT_EQ(narrow.teacher, full.teacher / 2);
  EXPECT_LT(coded.teacher, full.teacher);
  EXPECT_EQ(narrow.latent, full.latent);
}

TEST_F(HeldTeacher, StepsThatSaveMemoryAreTheSame) {
  const SettingValues more = {{"teacher.dtype", "float32"}, {"dtype", "float64"}};
  SettingValues parted = more;
  parted["train.logit_rows"] = 7;
  parted["train.gradient_checkpointing"] = true;

  EXPECT_LT(relativeDifference(lossOf(given(parted)), lossOf(given(more))), 1e-6);
}

TEST_F(HeldTeacher, OnTheStudentsDeviceIsItselfAndSharesItsWeights) {
  const KdQatPhase phase(phaseInput(given({{"teacher.device", "cpu"}, {"freeze", Json{"o"}}})));
  const std::string frozen = "model.layers.0.self_attn.o_proj.weight";

  EXPECT_TRUE(findTensor(phase.model().parameters(), frozen)->is_alias_of(teachers(phase, frozen)));
}

bool hasGpu() {
  try {
    return selectDevice("auto", [](const std::string&) {}).is_cuda();
  } catch (const TrainError&) {
    return false;
  }
}

TEST_F(HeldTeacher, RefusesADeviceThatIsNotThere) {
  if (hasGpu()) {
    GTEST_SKIP() << "there is a GPU";
  }
  EXPECT_THAT(
      [&] {
        KdQatPhase{phaseInput(given({{"teacher.device", "cuda"}}))};
      },
      ThrowsMessage<TrainError>(HasSubstr("teacher.device: cuda: no CUDA device")));
  EXPECT_THAT(
      [&] {
        KdQatPhase{phaseInput(given({{"teacher.device", "gpu"}}))};
      },
      ThrowsMessage<TrainError>(HasSubstr("teacher.device: 'gpu' is not auto, cpu")));
}

TEST_F(HeldTeacher, OnAGpuTeachesTheSame) {
  if (!hasGpu()) {
    GTEST_SKIP() << "there is no GPU";
  }
  const SettingValues far = {{"teacher.device", "cuda"}};

  EXPECT_LT(relativeDifference(lossOf(given(far)), lossOf(given())), 1e-4);
  EXPECT_EQ(KdQatPhase(phaseInput(given(far))).memory().teacher, 0U);
}

}  // namespace
}  // namespace retort::train
