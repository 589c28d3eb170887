#pragma once

#include "trainers/optimizers/optimizer.h"

#include <cstdint>
#include <string>
#include <vector>

namespace retort::train {

/// The type of a parameter's moments: float of what is held in 16 bits, else its own.
[[nodiscard]] at::ScalarType momentType(const at::Tensor& parameter);

/// What BertAdam and AdamW share: moments, decoupled weight decay, one fused kernel (CPU and CUDA).
///   m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2
///   p = p - lr wd p - lr (m / c1) / (sqrt(v / c2) + epsilon)
/// with c1 = 1 - b1^t, c2 = 1 - b2^t for the t-th update of the parameter when `corrects_bias`,
/// else c1 = c2 = 1. Moments have the parameter's type (momentType) and are made when it has its
/// first gradient. Of a parameter held in 16 bits all that is computed in float, and p is rounded
/// to the nearest (to even) at the end.
class FusedAdam : public Optimizer {
 public:
  FusedAdam(const NamedTensors& parameters, const OptimizerSettings& settings, bool corrects_bias);

  void step(double learning_rate) override;

  /// "exp_avg/<parameter>", "exp_avg_sq/<parameter>" and "step/<parameter>" (int64 scalar).
  [[nodiscard]] NamedTensors state() const override;
  void setState(const NamedTensors& state) override;

 private:
  struct Slot {
    NamedTensor parameter;
    double weight_decay = 0;
    std::int64_t updates = 0;
    at::Tensor exp_avg;  ///< undefined until the first gradient
    at::Tensor exp_avg_sq;
  };

  /// What the kernel takes.
  struct Lists {
    std::vector<at::Tensor> parameters;
    std::vector<at::Tensor> gradients;
    std::vector<at::Tensor> exp_avgs;
    std::vector<at::Tensor> exp_avg_sqs;
    std::vector<at::Tensor> steps;
  };

  void fuse(const Lists& lists, double learning_rate, double weight_decay) const;
  void updateGroup(double learning_rate, double weight_decay);
  void updateNarrow(const Slot& slot, double learning_rate) const;
  [[nodiscard]] at::Tensor biasStep(const Slot& slot) const;

  OptimizerSettings settings_;
  bool corrects_bias_;
  std::vector<Slot> slots_;
};

}  // namespace retort::train
