#include "trainers/optimizers/optimizer.h"

#include "trainers/models/parameter_place.h"
#include "trainers/optimizers/registry.h"

#include <string_view>

namespace retort::train {
namespace {

std::vector<std::string> optimizerNames() {
  std::vector<std::string> names;
  for (const OptimizerDefinition* definition : optimizerRegistry()) {
    names.push_back(definition->spec.name);
  }
  return names;
}

SettingSpec betaSpec(const char* key, const char* documentation) {
  return {.key = key, .documentation = documentation, .minimum = 0, .maximum = 0.999999};
}

}  // namespace

const SettingGroup<OptimizerSettings>& optimizerSettings() {
  static const auto kGroup =
      SettingGroup<OptimizerSettings>()
          .add(&OptimizerSettings::optimizer,
               {.key = "train.optimizer",
                .documentation = "how gradients become updates",
                .choices = optimizerNames()})
          .add(&OptimizerSettings::beta1,
               betaSpec("train.beta1", "decay of the gradient's running mean"))
          .add(&OptimizerSettings::beta2,
               betaSpec("train.beta2", "decay of the squared gradient's running mean"))
          .add(&OptimizerSettings::epsilon,
               {.key = "train.epsilon",
                .documentation = "added to the root of the second moment",
                .minimum = 0,
                .is_minimum_exclusive = true})
          .add(&OptimizerSettings::weight_decay,
               {.key = "train.weight_decay",
                .documentation = "decoupled weight decay; spares biases, LayerNorm and what losses "
                                 "and quantizers learn",
                .minimum = 0})
          .add(&OptimizerSettings::clip_tensor,
               {.key = "train.clip_tensor",
                .documentation = "largest gradient norm of a single tensor; 0: no limit",
                .minimum = 0})
          .add(&OptimizerSettings::clip_global,
               {.key = "train.clip_global",
                .documentation = "largest gradient norm of all tensors together, before "
                                 "train.clip_tensor; 0: no limit",
                .minimum = 0});
  return kGroup;
}

NamedTensors Optimizer::secondMoments() const {
  constexpr std::string_view kPrefix = "exp_avg_sq/";
  NamedTensors second_moments;
  for (const NamedTensor& entry : state()) {
    if (entry.name.starts_with(kPrefix)) {
      second_moments.push_back({entry.name.substr(kPrefix.size()), entry.tensor});
    }
  }
  return second_moments;
}

double weightDecayFor(const std::string& parameter, const OptimizerSettings& settings) {
  const bool is_spared = parameter.ends_with("bias") ||
                         parameter.find("LayerNorm") != std::string::npos ||
                         parameter.starts_with("distill.") || isQuantizerParameter(parameter);
  return is_spared ? 0 : settings.weight_decay;
}

}  // namespace retort::train
