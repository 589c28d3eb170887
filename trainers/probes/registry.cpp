#include "trainers/probes/registry.h"

#include "trainers/data/data_settings.h"
#include "trainers/probes/activation.h"
#include "trainers/probes/attention_distance.h"
#include "trainers/probes/attention_entropy.h"
#include "trainers/probes/attention_map_kl.h"
#include "trainers/probes/attention_norms.h"
#include "trainers/probes/attention_output.h"
#include "trainers/probes/attention_output_range.h"
#include "trainers/probes/clipped_share.h"
#include "trainers/probes/cover_length_ratio.h"
#include "trainers/probes/full_precision_gradient.h"
#include "trainers/probes/gradient_alarm.h"
#include "trainers/probes/gradient_cosine.h"
#include "trainers/probes/gradient_energy.h"
#include "trainers/probes/gradient_noise_scale.h"
#include "trainers/probes/gradient_norm.h"
#include "trainers/probes/hessian.h"
#include "trainers/probes/hidden_state.h"
#include "trainers/probes/learning_rate.h"
#include "trainers/probes/loss_surface.h"
#include "trainers/probes/losses.h"
#include "trainers/probes/memory.h"
#include "trainers/probes/projection_signal.h"
#include "trainers/probes/ranking_loss.h"
#include "trainers/probes/special_token_mass.h"
#include "trainers/probes/ternary_levels.h"
#include "trainers/probes/throughput.h"

namespace retort::train {

namespace {

SettingSpec intervalSpec(const ProbeDefinition& probe) {
  SettingSpec spec{
      .key = probeIntervalKey(probe),
      .type = SettingType::kInteger,
      .default_value = probe.default_every,
      .documentation = "steps between measurements (0: never): " + probe.spec.documentation,
      .unit = "steps",
      .minimum = 0};
  spec.when = {probe.needs_teacher ? SettingCondition{.key = "phase", .any_of = {"kd_qat"}}
                                   : SettingCondition{.key = "phase", .none_of = {"generate"}}};
  if (probe.is_of_encoders) {
    spec.when.push_back(taskIsForEncoders());
  }
  return spec;
}

SettingSpec defectsSpec(const ProbeDefinition& probe) {
  return {.key = probeDefectsKey(probe),
          .type = SettingType::kChoice,
          .default_value = "fixed",
          .documentation =
              "published: as the authors' code measures: " + probe.published->documentation,
          .choices = {"fixed", "published"}};
}

std::vector<SettingSpec> settingSpecs(const ProbeDefinition& probe) {
  std::vector<SettingSpec> options = probe.settings;
  if (probe.published) {
    options.insert(options.begin(), defectsSpec(probe));
  }
  for (SettingSpec& option : options) {
    option.when.push_back({.key = probeIntervalKey(probe), .none_of = {0}});
  }
  options.insert(options.begin(), intervalSpec(probe));
  return options;
}

}  // namespace

const std::vector<const ProbeDefinition*>& probeRegistry() {
  static const std::vector<const ProbeDefinition*> kProbes = {
      &activationProbe(),
      &attentionDistanceProbe(),
      &attentionEntropyProbe(),
      &attentionMapKlProbe(),
      &attentionNormsProbe(),
      &attentionOutputProbe(),
      &attentionOutputRangeProbe(),
      &clippedShareProbe(),
      &coverLengthRatioProbe(),
      &fullPrecisionGradientProbe(),
      &gradientAlarmProbe(),
      &gradientCosineProbe(),
      &gradientEnergyProbe(),
      &gradientNoiseScaleProbe(),
      &gradientNormProbe(),
      &hessianProbe(),
      &hiddenStateProbe(),
      &learningRateProbe(),
      &lossSurfaceProbe(),
      &lossesProbe(),
      &memoryProbe(),
      &projectionSignalProbe(),
      &rankingLossProbe(),
      &specialTokenMassProbe(),
      &ternaryLevelsProbe(),
      &throughputProbe(),
  };
  return kProbes;
}

std::vector<SettingSpec> probeSettingSpecs() {
  std::vector<SettingSpec> all;
  for (const ProbeDefinition* probe : probeRegistry()) {
    const std::vector<SettingSpec> specs = settingSpecs(*probe);
    all.insert(all.end(), specs.begin(), specs.end());
  }
  return all;
}

std::vector<std::string> probeSettingKeys(const ProbeDefinition& probe) {
  std::vector<std::string> keys;
  for (const SettingSpec& spec : settingSpecs(probe)) {
    keys.push_back(spec.key);
  }
  return keys;
}

std::string probeIntervalKey(const ProbeDefinition& probe) {
  return "probe." + probe.spec.name + ".every";
}

std::string probeDefectsKey(const ProbeDefinition& probe) {
  return "probe." + probe.spec.name + ".defects";
}

}  // namespace retort::train
