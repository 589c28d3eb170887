#include "trainers/freezing/signal_freezing.h"

#include "trainers/freezing/gradient_freezing.h"
#include "trainers/freezing/oscillation_freezing.h"

#include <utility>

namespace retort::train {
namespace {

constexpr const char* kRule = "signal_freeze.rule";

struct SignalRule {
  TechniqueSpec spec;
  std::unique_ptr<SignalFreezing> (*make)(const SignalFreezeSettings& settings,
                                          const NamedTensors& trainable) = nullptr;
};

const std::vector<SignalRule>& signalRules() {
  static const std::vector<SignalRule> kRules = {
      {{.kind = "freeze_rule",
        .name = "gradient_norm",
        .documentation =
            "freezes a projection when its gradient norm stays above a band around its "
            "running median",
        .formula = "|G_t|_F > f\\,\\mathrm{median}(|G_{t-w}|_F, \\ldots, |G_{t-1}|_F)",
        .source = "after arXiv 2403.18159, which freezes the projections of high gradient norms",
        .settings = {kRule,
                     "signal_freeze.group",
                     "signal_freeze.window",
                     "signal_freeze.band",
                     "signal_freeze.patience"}},
       [](const SignalFreezeSettings& settings,
          const NamedTensors& trainable) -> std::unique_ptr<SignalFreezing> {
         return std::make_unique<GradientFreezing>(settings, trainable);
       }},
      {{.kind = "freeze_rule",
        .name = "oscillation",
        .documentation =
            "freezes single weights that keep crossing a threshold between two levels, "
            "at the level of their running mean",
        .formula = "f_t = m\\,o_t + (1 - m) f_{t-1} > f_{th}",
        .source = "Nagel et al. 2022, arXiv 2203.11086, algorithm 1",
        .settings = {kRule, "signal_freeze.momentum", "signal_freeze.threshold"}},
       [](const SignalFreezeSettings& settings,
          const NamedTensors& trainable) -> std::unique_ptr<SignalFreezing> {
         return std::make_unique<OscillationFreezing>(settings, trainable);
       }}};
  return kRules;
}

SettingCondition whenRule(const char* rule) {
  return {.key = kRule, .any_of = {rule}};
}

void addGradientSettings(SettingGroup<SignalFreezeSettings>& group) {
  const std::vector<SettingCondition> when = {whenRule("gradient_norm")};
  group
      .add(&SignalFreezeSettings::group,
           {.key = "signal_freeze.group",
            .documentation =
                "what is frozen at once: weight: a projection of one layer; projection: "
                "that of all layers, by their norm together",
            .choices = {"weight", "projection"},
            .when = when})
      .add(&SignalFreezeSettings::window,
           {.key = "signal_freeze.window",
            .documentation = "updates whose median a gradient norm is compared with; nothing is "
                             "frozen before so many",
            .unit = "steps",
            .minimum = 1,
            .maximum = 100000,
            .when = when})
      .add(&SignalFreezeSettings::band,
           {.key = "signal_freeze.band",
            .documentation = "a gradient norm is too large when it is more than so many times the "
                             "median",
            .minimum = 1.01,
            .when = when})
      .add(&SignalFreezeSettings::patience,
           {.key = "signal_freeze.patience",
            .documentation = "updates in a row with too large a norm after which it is frozen",
            .unit = "steps",
            .minimum = 1,
            .maximum = 1e9,
            .when = when});
}

void addOscillationSettings(SettingGroup<SignalFreezeSettings>& group) {
  const std::vector<SettingCondition> when = {whenRule("oscillation")};
  group
      .add(&SignalFreezeSettings::momentum,
           {.key = "signal_freeze.momentum",
            .documentation = "share of the present update in a weight's running oscillation "
                             "frequency and in its running mean",
            .minimum = 1e-6,
            .maximum = 1,
            .when = when})
      .add(&SignalFreezeSettings::threshold,
           {.key = "signal_freeze.threshold",
            .documentation =
                "oscillation frequency, in changes of direction per update, above which "
                "a weight is frozen",
            .minimum = 0,
            .maximum = 1,
            .when = when});
}

}  // namespace

const SettingGroup<SignalFreezeSettings>& signalFreezeSettings() {
  static const auto kGroup = [] {
    auto group = SettingGroup<SignalFreezeSettings>().add(
        &SignalFreezeSettings::rule,
        {.key = kRule,
         .documentation = "freezes weights while the run goes on: gradient_norm: projections whose "
                          "gradients explode; oscillation: weights that jump between two levels",
         .choices = {"none", "gradient_norm", "oscillation"}});
    addGradientSettings(group);
    addOscillationSettings(group);
    return group;
  }();
  return kGroup;
}

std::vector<TechniqueSpec> signalFreezeSpecs() {
  std::vector<TechniqueSpec> specs;
  for (const SignalRule& rule : signalRules()) {
    specs.push_back(rule.spec);
  }
  return specs;
}

std::vector<MetricSpec> signalFreezeMetrics() {
  return {{.name = "frozen_share",
           .dimensions = {"layer", "projection"},
           .documentation = "share of a weight matrix that signal_freeze has frozen; without layer "
                            "and projection of all linears of the layers",
           .formula = "\\frac{1}{n} \\sum_i [W_i\\ \\text{frozen}]",
           .source = "arXiv 2203.11086, section 4.2"},
          {.name = "oscillating_share",
           .dimensions = {"layer", "projection"},
           .documentation = "share whose oscillation frequency is above 0.005 (rule oscillation)",
           .formula = "\\frac{1}{n} \\sum_i [f_i > 0.005]",
           .source = "arXiv 2203.11086, table 1"}};
}

std::vector<std::string> SignalFreezing::takeNews() {
  return std::exchange(news_, {});
}

std::unique_ptr<SignalFreezing> makeSignalFreezing(const SettingValues& settings,
                                                   const NamedTensors& trainable) {
  const SignalFreezeSettings chosen = signalFreezeSettings().read(settings);
  for (const SignalRule& rule : signalRules()) {
    if (rule.spec.name == chosen.rule) {
      return rule.make(chosen, trainable);
    }
  }
  return nullptr;
}

}  // namespace retort::train
