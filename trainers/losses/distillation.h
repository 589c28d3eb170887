#pragma once

#include "core/settings/resolve.h"
#include "trainers/losses/coefficient_schedule.h"
#include "trainers/losses/loss.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace retort::train {

/// One loss of the sum.
struct WeightedLoss {
  std::string name;  ///< as in distill.<name>
  Loss loss;
  CoefficientSchedule coefficient;
  LayerSelection layers;
};

/// The values of one loss on one batch, before its coefficient. All tensors are detached scalars on
/// the model's device: ask `item<double>()` only for what is logged.
struct LossComponent {
  std::string name;              ///< as in distill.<name>
  double coefficient = 1;        ///< with which it entered the total
  at::Tensor value;              ///< sum over the layers
  std::vector<LossTerm> layers;  ///< of the selected layers; empty when the loss has none
  std::function<LearnedNumbers()> learned;  ///< what the loss has learned; empty: nothing
};

struct LossTerms {
  at::Tensor total;  ///< differentiable scalar: sum of coefficient * value
  std::vector<LossComponent> components;
  std::vector<at::Tensor> weighted;  ///< differentiable scalars: coefficient * value of each
};

/// Adds the components of a part of a batch to those of the parts before it; an empty sum becomes
/// the part.
void addComponents(std::vector<LossComponent>& sum, const std::vector<LossComponent>& part);

/// The sum of distillation losses that a run asks for: L = sum_c coefficient_c * sum_l term_{c,l}.
class Distillation {
 public:
  Distillation() = default;

  explicit Distillation(std::vector<WeightedLoss> losses) : losses_(std::move(losses)) {}

  /// For every loss of the registry: distill.<loss>.coefficient (shorthand: distill.<loss>), and,
  /// where it is not 0, .layers, .schedule.… and the loss's own options.
  [[nodiscard]] static std::vector<SettingSpec> settingSpecs();

  /// The losses whose coefficients are not 0. Throws TrainError (bad spec) when all coefficients
  /// are 0, or layers do not exist.
  [[nodiscard]] static Distillation fromSettings(const LossRequest& request);

  /// What the forward passes of student and teacher must trace.
  [[nodiscard]] TraceSet needs() const;

  /// True when a loss looks at more of the teacher than topLogits().
  [[nodiscard]] bool needsTeacher() const;

  /// What the one loss asks for that makes do with the teacher's likeliest logits.
  [[nodiscard]] std::optional<TopLogitsRequest> topLogits() const;

  /// What the losses themselves learn.
  [[nodiscard]] NamedTensors parameters() const;

  [[nodiscard]] const std::vector<WeightedLoss>& losses() const { return losses_; }

  /// Those that look at the logits alone, and those that look at traces.
  [[nodiscard]] Distillation onLogits() const;
  [[nodiscard]] Distillation onTraces() const;

  /// Each term counts by its share of the update (LossInput::share): the totals of a batch's parts
  /// sum up to the total of the whole. A loss whose coefficient is 0 at this step is computed and
  /// reported, but not part of the total.
  [[nodiscard]] LossTerms evaluate(const LossInput& input) const;

 private:
  std::vector<WeightedLoss> losses_;
};

/// A loss as the catalogue lists it, with all keys that configure it.
[[nodiscard]] TechniqueSpec lossTechnique(const LossDefinition& loss);

}  // namespace retort::train
