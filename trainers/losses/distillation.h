#pragma once

#include "core/settings/resolve.h"
#include "trainers/losses/loss.h"

#include <string>
#include <vector>

namespace retort::train {

/// One loss of the sum.
struct WeightedLoss {
  const LossDefinition* loss = nullptr;
  double coefficient = 1;
};

/// The values of one loss on one batch, before its coefficient. All tensors are detached scalars on
/// the model's device: ask `item<double>()` only for what is logged.
struct LossComponent {
  std::string name;        ///< as in distill.<name>
  double coefficient = 1;  ///< with which it entered the total
  at::Tensor value;        ///< sum over layers
  std::vector<at::Tensor>
      layers;  ///< per layer (`hidden`: embedding output first); empty when the loss has no layers
};

struct LossTerms {
  at::Tensor total;  ///< differentiable scalar: sum of coefficient * value
  std::vector<LossComponent> components;
};

/// The sum of distillation losses that a run asks for: L = sum_c coefficient_c * sum_l term_{c,l}.
class Distillation {
 public:
  /// Losses with coefficient 0 are dropped.
  explicit Distillation(const std::vector<WeightedLoss>& losses);

  /// distill.<loss>.coefficient for every loss of the registry (shorthand: distill.<loss>).
  [[nodiscard]] static std::vector<SettingSpec> settingSpecs();

  /// Throws TrainError (bad spec) when all coefficients are 0.
  [[nodiscard]] static Distillation fromSettings(const SettingValues& values);

  /// What the forward passes of student and teacher must trace.
  [[nodiscard]] TraceSet needs() const;

  [[nodiscard]] const std::vector<WeightedLoss>& losses() const { return losses_; }

  [[nodiscard]] LossTerms evaluate(const LossInput& input) const;

 private:
  std::vector<WeightedLoss> losses_;
};

}  // namespace retort::train
