#include "trainers/probes/registry.h"

#include "trainers/probes/activation.h"
#include "trainers/probes/attention_map_kl.h"
#include "trainers/probes/attention_output.h"
#include "trainers/probes/clipped_share.h"
#include "trainers/probes/gradient_norm.h"
#include "trainers/probes/hidden_state.h"
#include "trainers/probes/learning_rate.h"
#include "trainers/probes/losses.h"
#include "trainers/probes/memory.h"
#include "trainers/probes/throughput.h"

namespace retort::train {

const std::vector<const ProbeDefinition*>& probeRegistry() {
  static const std::vector<const ProbeDefinition*> kProbes = {
      &activationProbe(),
      &attentionMapKlProbe(),
      &attentionOutputProbe(),
      &clippedShareProbe(),
      &gradientNormProbe(),
      &hiddenStateProbe(),
      &learningRateProbe(),
      &lossesProbe(),
      &memoryProbe(),
      &throughputProbe(),
  };
  return kProbes;
}

std::vector<SettingSpec> probeSettingSpecs() {
  std::vector<SettingSpec> specs;
  for (const ProbeDefinition* probe : probeRegistry()) {
    SettingSpec spec{
        .key = probeSettingKey(*probe),
        .type = SettingType::kInteger,
        .default_value = probe->default_every,
        .documentation = "steps between measurements (0: never): " + probe->spec.documentation,
        .unit = "steps",
        .minimum = 0};
    if (probe->needs_teacher) {
      spec.when = {{.key = "phase", .any_of = {"kd_qat"}}};
    }
    specs.push_back(std::move(spec));
  }
  return specs;
}

std::string probeSettingKey(const ProbeDefinition& probe) {
  return "probe." + probe.spec.name + ".every";
}

}  // namespace retort::train
