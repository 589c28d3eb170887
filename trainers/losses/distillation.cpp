#include "trainers/losses/distillation.h"

#include "trainers/losses/registry.h"
#include "trainers/train_error.h"

#include <ATen/TensorOperators.h>

namespace retort::train {
namespace {

std::string coefficientKey(const LossDefinition& loss) {
  return "distill." + loss.spec.name + ".coefficient";
}

at::Tensor sum(const std::vector<at::Tensor>& terms) {
  TORCH_CHECK(!terms.empty(), "a loss has no terms: the traces lack what it needs");
  at::Tensor total = terms.front();
  for (std::size_t i = 1; i < terms.size(); ++i) {
    total = total + terms[i];
  }
  return total;
}

std::vector<at::Tensor> detached(std::vector<at::Tensor> terms) {
  for (at::Tensor& term : terms) {
    term = term.detach();
  }
  return terms;
}

}  // namespace

Distillation::Distillation(const std::vector<WeightedLoss>& losses) {
  for (const WeightedLoss& entry : losses) {
    if (entry.coefficient != 0) {
      losses_.push_back(entry);
    }
  }
}

std::vector<SettingSpec> Distillation::settingSpecs() {
  std::vector<SettingSpec> specs;
  for (const LossDefinition* loss : lossRegistry()) {
    specs.push_back({.key = coefficientKey(*loss),
                     .type = SettingType::kReal,
                     .default_value = loss->default_coefficient,
                     .documentation = "coefficient of the loss: " + loss->spec.documentation,
                     .minimum = 0,
                     .when = {{.key = "phase", .any_of = {"kd_qat"}}},
                     .is_shorthand = true});
  }
  return specs;
}

Distillation Distillation::fromSettings(const SettingValues& values) {
  std::vector<WeightedLoss> losses;
  for (const LossDefinition* loss : lossRegistry()) {
    const auto found = values.find(coefficientKey(*loss));
    losses.push_back(
        {loss, found == values.end() ? loss->default_coefficient : found->second.get<double>()});
  }
  Distillation distillation(losses);
  if (distillation.losses_.empty()) {
    throw TrainError(ExitCode::kBadSpec,
                     "all coefficients under distill are 0: nothing would be learned; give at "
                     "least one of them a "
                     "positive value");
  }
  return distillation;
}

TraceSet Distillation::needs() const {
  TraceSet needs;
  for (const WeightedLoss& entry : losses_) {
    needs |= entry.loss->needs;
  }
  return needs;
}

LossTerms Distillation::evaluate(const LossInput& input) const {
  LossTerms result;
  for (const WeightedLoss& entry : losses_) {
    const std::vector<at::Tensor> terms = entry.loss->terms(input);
    const at::Tensor value = sum(terms);
    const at::Tensor weighted = entry.coefficient == 1 ? value : value * entry.coefficient;
    result.total = result.total.defined() ? result.total + weighted : weighted;
    result.components.push_back(
        {.name = entry.loss->spec.name,
         .coefficient = entry.coefficient,
         .value = value.detach(),
         .layers = entry.loss->has_layers ? detached(terms) : std::vector<at::Tensor>()});
  }
  return result;
}

}  // namespace retort::train
