#include "trainers/training/intervention.h"

#include "trainers/data/split_mix.h"
#include "trainers/train_error.h"

#include <array>

#include <fmt/format.h>

namespace retort::train {
namespace {

/// Where the update is within the intervention.
struct Moment {
  std::uint64_t seed = 0;
  std::int64_t step = 0;
  std::int64_t length = 0;
};

struct Mode {
  TechniqueSpec spec;
  Intervention (*at)(const Moment& moment);
};

Intervention gradual(const Moment& moment) {
  if (6 * moment.step < moment.length) {
    return Intervention::kOutput;
  }
  return 3 * moment.step < moment.length ? Intervention::kContext : Intervention::kMap;
}

Intervention inverted(const Moment& moment) {
  if (3 * moment.step < moment.length) {
    return Intervention::kMap;
  }
  return 3 * moment.step < 2 * moment.length ? Intervention::kContext : Intervention::kOutput;
}

Intervention stochastic(const Moment& moment) {
  constexpr std::array kModes = {Intervention::kOutput, Intervention::kContext, Intervention::kMap};
  // A sequence of its own for each step, so that a resumed run draws the same, and other ones than
  // those that shuffle the rows.
  SplitMix64 random(~moment.seed, static_cast<std::uint64_t>(moment.step));
  return kModes.at(random.below(kModes.size()));
}

TechniqueSpec spec(const char* name, const char* documentation, const char* formula) {
  return {
      .kind = "intervention",
      .name = name,
      .documentation = documentation,
      .formula = formula,
      .source = "Teacher Intervention, arXiv 2302.11812; its code, modeling_quant.py and main.py",
      .settings = {"intervention.mode",
                   "intervention.steps",
                   "intervention.variant",
                   "intervention.evaluate"}};
}

const std::vector<Mode>& modes() {
  static const std::vector<Mode> kModes = {
      {.spec = spec("none", "the student computes everything itself", ""),
       .at =
           [](const Moment&) {
             return Intervention::kNone;
           }},
      {.spec = spec("map",
                    "MI: attention maps of the teacher, with values of the student",
                    "A^S := \\mathrm{dropout}(P^T)"),
       .at =
           [](const Moment&) {
             return Intervention::kMap;
           }},
      {.spec = spec("context", "CI: attention contexts of the teacher", "A^S V^S := A^T V^T"),
       .at =
           [](const Moment&) {
             return Intervention::kContext;
           }},
      {.spec = spec("output",
                    "OI: outputs of the attention's projection of the teacher, before residual and "
                    "LayerNorm",
                    "W_O^S c^S + b := W_O^T c^T + b"),
       .at =
           [](const Moment&) {
             return Intervention::kOutput;
           }},
      {.spec = spec("gradual",
                    "TI-G: output, then context, then map",
                    "OI for k < s/6, CI for k < s/3, then MI"),
       .at = gradual},
      {.spec = spec("stochastic",
                    "one of output, context and map at each step, at random",
                    "\\mathrm{mode}_k \\sim U\\{\\mathrm{OI}, \\mathrm{CI}, \\mathrm{MI}\\}"),
       .at = stochastic},
      {.spec = spec("inverted",
                    "map, then context, then output",
                    "MI for k < s/3, CI for k < 2s/3, then OI"),
       .at = inverted},
  };
  return kModes;
}

std::vector<std::string> modeNames() {
  std::vector<std::string> names;
  for (const Mode& mode : modes()) {
    names.push_back(mode.spec.name);
  }
  return names;
}

}  // namespace

const SettingGroup<InterventionSettings>& interventionSettings() {
  static const std::vector<SettingCondition> kIsOn = {
      {.key = "intervention.mode", .none_of = {"none"}}};
  static const auto kGroup =
      SettingGroup<InterventionSettings>()
          .add(&InterventionSettings::mode,
               {.key = "intervention.mode",
                .documentation = "what the student takes from the teacher in its forward pass "
                                 "(Teacher Intervention)",
                .choices = modeNames(),
                .when = {{.key = "phase", .any_of = {"kd_qat"}}},
                .is_shorthand = true})
          .add(&InterventionSettings::steps,
               {.key = "intervention.steps",
                .documentation = "updates with intervention; 0: all of the run",
                .unit = "steps",
                .minimum = 0,
                .when = kIsOn})
          .add(
              &InterventionSettings::variant,
              {.key = "intervention.variant",
               .documentation = "released: losses see the teacher's context and output, as in the "
                                "paper's code; figure: they see the student's own (use "
                                "distill.self_output or distill.context), as in the paper's figure",
               .choices = {"released", "figure"},
               .when = kIsOn})
          .add(&InterventionSettings::evaluate,
               {.key = "intervention.evaluate",
                .documentation = "while it lasts, also evaluate with intervention, as metrics "
                                 "intervention.eval.…; eval.… is always without",
                .when = kIsOn});
  return kGroup;
}

Intervention interventionAt(const InterventionSettings& settings,
                            std::uint64_t seed,
                            std::int64_t step,
                            std::int64_t total_steps) {
  const std::int64_t length = settings.steps > 0 ? settings.steps : total_steps;
  if (step >= length) {
    return Intervention::kNone;
  }
  for (const Mode& mode : modes()) {
    if (mode.spec.name == settings.mode) {
      return mode.at({.seed = seed, .step = step, .length = length});
    }
  }
  throw TrainError(ExitCode::kBadSpec,
                   fmt::format("intervention.mode: '{}' is unknown", settings.mode));
}

TraceSet interventionNeeds(Intervention intervention) {
  switch (intervention) {
    case Intervention::kMap:
      return TracePart::kProb;
    case Intervention::kContext:
      return TracePart::kContext;
    case Intervention::kOutput:
      return TracePart::kDense;
    case Intervention::kNone:
      break;
  }
  return {};
}

InterventionVariant interventionVariant(const InterventionSettings& settings) {
  return settings.variant == "figure" ? InterventionVariant::kFigure
                                      : InterventionVariant::kReleased;
}

std::vector<TechniqueSpec> interventionTechniques() {
  std::vector<TechniqueSpec> techniques;
  for (const Mode& mode : modes()) {
    if (mode.spec.name != "none") {
      techniques.push_back(mode.spec);
    }
  }
  return techniques;
}

}  // namespace retort::train
