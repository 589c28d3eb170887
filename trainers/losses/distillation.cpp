#include "trainers/losses/distillation.h"

#include "trainers/losses/registry.h"
#include "trainers/settings/setting_group.h"
#include "trainers/train_error.h"

#include <ATen/TensorOperators.h>

#include <algorithm>
#include <utility>

namespace retort::train {
namespace {

std::string keyOf(const LossDefinition& loss, const char* name) {
  return "distill." + loss.spec.name + "." + name;
}

SettingCondition isOn(const LossDefinition& loss) {
  return {.key = keyOf(loss, "coefficient"), .none_of = {0.0}};
}

/// distill.x.coefficient and distill.x.schedule.…
SettingGroup<CoefficientSchedule> coefficientGroup(const LossDefinition& loss) {
  const std::string kind = keyOf(loss, "schedule.kind");
  const std::vector<SettingCondition> changes = {{.key = kind, .none_of = {"constant"}}};
  return SettingGroup<CoefficientSchedule>()
      .add(&CoefficientSchedule::coefficient,
           {.key = keyOf(loss, "coefficient"),
            .default_value = loss.default_coefficient,
            .documentation = "coefficient of the loss: " + loss.spec.documentation,
            .minimum = 0,
            .when = {{.key = "phase", .any_of = {"kd_qat"}}},
            .is_shorthand = true})
      .add(
          &CoefficientSchedule::kind,
          {.key = kind,
           .documentation = "the coefficient over the run: always the same, linear from one factor "
                            "to another, or switched at a step",
           .choices = {"constant", "linear", "switch"},
           .when = {isOn(loss)},
           .is_shorthand = true})
      .add(&CoefficientSchedule::from,
           {.key = keyOf(loss, "schedule.from"),
            .documentation = "factor of the coefficient before the change",
            .minimum = 0,
            .when = changes})
      .add(&CoefficientSchedule::to,
           {.key = keyOf(loss, "schedule.to"),
            .documentation = "factor of the coefficient after the change",
            .minimum = 0,
            .when = changes})
      .add(&CoefficientSchedule::start,
           {.key = keyOf(loss, "schedule.start"),
            .documentation = "updates before the change",
            .unit = "steps",
            .minimum = 0,
            .when = changes})
      .add(&CoefficientSchedule::length,
           {.key = keyOf(loss, "schedule.length"),
            .documentation = "updates that a linear change takes; 0: until the end of the run",
            .unit = "steps",
            .minimum = 0,
            .when = {{.key = kind, .any_of = {"linear"}}}});
}

struct LayerSettings {
  std::vector<std::string> layers = {"all"};
};

/// distill.x.layers, where the loss has layers.
SettingGroup<LayerSettings> layerGroup(const LossDefinition& loss) {
  SettingGroup<LayerSettings> group;
  if (loss.layers == LossLayers::kNone) {
    return group;
  }
  const char* counted = loss.layers == LossLayers::kHidden
                            ? "; 0 is the embeddings' output, l + 1 the output of layer l"
                            : "";
  return group.add(&LayerSettings::layers,
                   {.key = keyOf(loss, "layers"),
                    .documentation = std::string("layers that count: all, last, numbers \"0\" and "
                                                 "ranges \"0-2\"") +
                                     counted,
                    .when = {isOn(loss)}});
}

/// Everything below distill.<loss>, the coefficient first.
std::vector<SettingSpec> settingsOf(const LossDefinition& loss) {
  std::vector<SettingSpec> specs = coefficientGroup(loss).specs();
  const SettingGroup<LayerSettings> layers = layerGroup(loss);
  specs.insert(specs.end(), layers.specs().begin(), layers.specs().end());
  for (SettingSpec option : loss.options) {
    option.when.insert(option.when.begin(), isOn(loss));
    specs.push_back(std::move(option));
  }
  return specs;
}

LayerSelection selectedLayers(const LossDefinition& loss, const LossRequest& request) {
  if (loss.layers == LossLayers::kNone) {
    return {};
  }
  const std::int64_t count = request.layers + (loss.layers == LossLayers::kHidden ? 1 : 0);
  return {layerGroup(loss).read(request.settings).layers,
          static_cast<std::size_t>(count),
          keyOf(loss, "layers")};
}

at::Tensor sum(const std::vector<LossTerm>& terms) {
  at::Tensor total = terms.front().value;
  for (std::size_t i = 1; i < terms.size(); ++i) {
    total = total + terms[i].value;
  }
  return total;
}

std::function<LearnedNumbers()> learnedOf(const WeightedLoss& entry) {
  if (!entry.loss.learned) {
    return {};
  }
  return [learned = entry.loss.learned, layers = entry.layers] {
    return learned(layers);
  };
}

/// The terms that belong to layers, without their gradients.
std::vector<LossTerm> layerValues(const std::vector<LossTerm>& terms) {
  std::vector<LossTerm> values;
  for (const LossTerm& term : terms) {
    if (term.layer != LossTerm::kNoLayer) {
      values.push_back({term.layer, term.value.detach()});
    }
  }
  return values;
}

/// The term's part in the update's. A part without judged tokens has no mean over them.
void weighByShare(LossTerm& term, const LossInput& input) {
  if (term.mean == LossMean::kLogits && input.share.logits == 0) {
    term.value = input.student.logits.sum() * 0;
    return;
  }
  const double share = term.mean == LossMean::kNothing  ? 1
                       : term.mean == LossMean::kLogits ? input.share.logits
                                                        : input.share.sequences;
  if (share != 1) {
    term.value = term.value * share;
  }
}

}  // namespace

void addComponents(std::vector<LossComponent>& sum, const std::vector<LossComponent>& part) {
  if (sum.empty()) {
    sum = part;
    return;
  }
  TORCH_CHECK(sum.size() == part.size(), "parts of a batch have other losses");
  for (std::size_t i = 0; i < sum.size(); ++i) {
    sum[i].value = sum[i].value + part[i].value;
    for (std::size_t layer = 0; layer < sum[i].layers.size(); ++layer) {
      sum[i].layers[layer].value = sum[i].layers[layer].value + part[i].layers.at(layer).value;
    }
  }
}

std::vector<SettingSpec> Distillation::settingSpecs() {
  std::vector<SettingSpec> specs;
  for (const LossDefinition* loss : lossRegistry()) {
    for (SettingSpec& spec : settingsOf(*loss)) {
      specs.push_back(std::move(spec));
    }
  }
  return specs;
}

Distillation Distillation::fromSettings(const LossRequest& request) {
  std::vector<WeightedLoss> losses;
  for (const LossDefinition* loss : lossRegistry()) {
    CoefficientSchedule coefficient = coefficientGroup(*loss).read(request.settings);
    if (!request.settings.contains(keyOf(*loss, "coefficient"))) {
      coefficient.coefficient = loss->default_coefficient;
    }
    if (coefficient.coefficient != 0) {
      losses.push_back({.name = loss->spec.name,
                        .loss = loss->make(request),
                        .coefficient = coefficient,
                        .layers = selectedLayers(*loss, request)});
    }
  }
  if (losses.empty()) {
    throw TrainError(ExitCode::kBadSpec,
                     "all coefficients under distill are 0: nothing would be learned; give at "
                     "least one of them a positive value");
  }
  return Distillation(std::move(losses));
}

TraceSet Distillation::needs() const {
  TraceSet needs;
  for (const WeightedLoss& entry : losses_) {
    needs |= entry.loss.needs;
  }
  return needs;
}

bool Distillation::needsTeacher() const {
  return std::ranges::any_of(losses_,
                             [](const WeightedLoss& entry) { return entry.loss.needs_teacher; });
}

std::optional<TopLogitsRequest> Distillation::topLogits() const {
  for (const WeightedLoss& entry : losses_) {
    if (entry.loss.top_logits) {
      return entry.loss.top_logits;
    }
  }
  return std::nullopt;
}

NamedTensors Distillation::parameters() const {
  NamedTensors parameters;
  for (const WeightedLoss& entry : losses_) {
    parameters.insert(parameters.end(), entry.loss.parameters.begin(), entry.loss.parameters.end());
  }
  return parameters;
}

Distillation Distillation::onLogits() const {
  std::vector<WeightedLoss> chosen = losses_;
  std::erase_if(chosen, [](const WeightedLoss& entry) { return entry.loss.needs != TraceSet(); });
  return Distillation(std::move(chosen));
}

Distillation Distillation::onTraces() const {
  std::vector<WeightedLoss> chosen = losses_;
  std::erase_if(chosen, [](const WeightedLoss& entry) { return entry.loss.needs == TraceSet(); });
  return Distillation(std::move(chosen));
}

LossTerms Distillation::evaluate(const LossInput& input) const {
  LossTerms result;
  for (const WeightedLoss& entry : losses_) {
    const double coefficient = coefficientAt(entry.coefficient, input.step, input.total_steps);
    std::vector<LossTerm> terms = entry.loss.terms(input, entry.layers);
    for (LossTerm& term : terms) {
      weighByShare(term, input);
    }
    const at::Tensor value = sum(terms);
    const at::Tensor weighted = coefficient == 1 ? value : value * coefficient;
    result.weighted.push_back(weighted);
    if (coefficient != 0) {
      result.total = result.total.defined() ? result.total + weighted : weighted;
    }
    result.components.push_back({.name = entry.name,
                                 .coefficient = coefficient,
                                 .value = value.detach(),
                                 .layers = layerValues(terms),
                                 .learned = learnedOf(entry)});
  }
  if (!result.total.defined()) {
    result.total = input.student.logits.sum() * 0;
  }
  return result;
}

TechniqueSpec lossTechnique(const LossDefinition& loss) {
  TechniqueSpec technique = loss.spec;
  for (const SettingSpec& setting : settingsOf(loss)) {
    technique.settings.push_back(setting.key);
  }
  return technique;
}

}  // namespace retort::train
