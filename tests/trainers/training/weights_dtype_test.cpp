#include "tests/trainers/tensor_testing.h"
#include "tests/trainers/training/tiny_language_teacher.h"
#include "trainers/training/kd_qat_phase.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <gtest/gtest.h>

#include <numeric>

namespace retort::train {
namespace {

/// train.weights_dtype: bfloat16.
class NarrowWeights : public TinyLanguageTeacher {
 protected:
  [[nodiscard]] KdQatPhase narrow(SettingValues more = {}) const {
    more["train.weights_dtype"] = "bfloat16";
    return KdQatPhase(phaseInput(given(more)));
  }
};

const std::vector<std::int64_t> kRows = {0, 1, 2, 3};

TEST_F(NarrowWeights, AreMatricesAndTheirGradients) {
  KdQatPhase phase = narrow();

  static_cast<void>(phase.step({.rows = kRows}, goOn));

  for (const NamedTensor& entry : phase.model().parameters()) {
    const at::ScalarType expected = entry.tensor.dim() == 2 ? at::kBFloat16 : at::kFloat;
    EXPECT_EQ(entry.tensor.scalar_type(), expected) << entry.name;
    EXPECT_EQ(entry.tensor.grad().scalar_type(), expected) << entry.name;
  }
}

// A step is that of float weights that happen to have 16 bits; its gradients are rounded once.
TEST_F(NarrowWeights, AreComputedWithInFloat) {
  KdQatPhase held = narrow();
  KdQatPhase rounded(phaseInput(given()));
  {
    const at::NoGradGuard no_grad;
    for (const NamedTensor& entry : rounded.model().parameters()) {
      if (entry.tensor.dim() == 2) {
        entry.tensor.copy_(entry.tensor.to(at::kBFloat16));
      }
    }
  }

  const double loss = held.step({.rows = kRows}, goOn).loss;

  EXPECT_EQ(loss, rounded.step({.rows = kRows}, goOn).loss);
  const NamedTensors others = rounded.trainableParameters();
  for (const NamedTensor& entry : held.trainableParameters()) {
    const at::Tensor& gradient = findTensor(others, entry.name)->grad();
    if (entry.name != "model.embed_tokens.weight") {  // sums over a token's places are rounded, too
      EXPECT_TRUE(at::equal(entry.tensor.grad(), gradient.to(entry.tensor.scalar_type())))
          << entry.name;
    }
  }
}

TEST_F(NarrowWeights, WorkWithFrozenAndLearnedOnesToo) {
  for (const SettingValues& more :
       {SettingValues{{"freeze", Json{"o", "v"}}},
        SettingValues{{"quant.weight.scheme", "lsq"}},
        SettingValues{{"train.gradient_checkpointing", true}, {"train.logit_rows", 9}}}) {
    KdQatPhase phase = narrow(more);
    const double loss = phase.step({.rows = kRows}, goOn).loss;
    KdQatPhase full(phaseInput(given(more)));

    EXPECT_LT(relativeDifference(loss, full.step({.rows = kRows}, goOn).loss), 0.05);
  }
}

TEST_F(NarrowWeights, TakeTheMemoryOfTheirNumbers) {
  const SettingValues adam = {{"train.optimizer", "adamw"}};
  const MemoryEstimate full = KdQatPhase(phaseInput(given(adam))).memory();
  const MemoryEstimate half = narrow(adam).memory();
  const MemoryEstimate eighth = narrow({{"train.optimizer", "adamw_8bit"}}).memory();

  EXPECT_LT(half.latent, full.latent * 11 / 20);  // norms are not halved
  EXPECT_LT(half.gradients, full.gradients * 11 / 20);
  EXPECT_EQ(half.optimizer, full.optimizer);
  EXPECT_LT(eighth.optimizer, full.optimizer * 3 / 10);
  EXPECT_EQ(half.quantized, full.quantized);
}

TEST_F(NarrowWeights, AreWrittenAsTheyAre) {
  const KdQatPhase phase = narrow();
  phase.writeModel(folder_.path() / "student");

  const ModelSource source = readModel(folder_.path() / "student", {.labels = std::nullopt});

  for (const NamedTensor& entry : source.parameters) {
    const at::Tensor& own = *findTensor(phase.model().parameters(), entry.name);
    EXPECT_TRUE(at::equal(entry.tensor, own.to(at::kFloat))) << entry.name;
  }
}

}  // namespace
}  // namespace retort::train
