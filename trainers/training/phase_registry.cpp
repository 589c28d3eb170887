#include "trainers/training/phase_registry.h"

#include "trainers/train_error.h"
#include "trainers/training/finetune_phase.h"
#include "trainers/training/generate_phase.h"
#include "trainers/training/kd_qat_phase.h"

#include <fmt/format.h>

namespace retort::train {

namespace {

template <class Phase>
std::unique_ptr<TrainingPhase> make(const PhaseInput& input) {
  return std::make_unique<Phase>(input);
}

template <class S>
std::vector<std::string> settingKeys(const SettingGroup<S>& group) {
  std::vector<std::string> keys = {"phase", "model.teacher"};
  for (const SettingSpec& spec : group.specs()) {
    keys.push_back(spec.key);
  }
  return keys;
}

}  // namespace

const std::vector<PhaseDefinition>& phaseRegistry() {
  static const std::vector<PhaseDefinition> kPhases = {
      {.spec = {.kind = "phase",
                .name = "finetune",
                .documentation = "trains a model in full precision on a task's labels",
                .settings = {"phase", "model.init"}},
       .make = make<FinetunePhase>},
      {.spec = {.kind = "phase",
                .name = "pretrain",
                .documentation = "trains a language model in full precision on text, from random "
                                 "weights or on from a model",
                .settings = {"phase", "model.init", "model.tokenizer"}},
       .make = make<FinetunePhase>},
      {.spec = {.kind = "phase",
                .name = "kd_qat",
                .documentation = "trains a quantized student by distillation from its teacher",
                .source = "Kim et al. 2022 (arXiv 2211.11014)",
                .settings = {"phase", "model.teacher", "model.student"}},
       .make = make<KdQatPhase>},
      {.spec = {.kind = "phase",
                .name = "generate",
                .documentation = "writes texts with a teacher, for its student to learn from; "
                                 "needs.NAME of another run is data.path there, with data.task: "
                                 "text and data.text.train: train.npy",
                .source = "Liu et al. 2023 (arXiv 2305.17888)",
                .settings = settingKeys(generateSettings())},
       .make = make<GeneratePhase>}};
  return kPhases;
}

std::unique_ptr<TrainingPhase> makePhase(const PhaseInput& input) {
  const std::string name = runSettings().read(input.settings).phase;
  for (const PhaseDefinition& phase : phaseRegistry()) {
    if (phase.spec.name == name) {
      return phase.make(input);
    }
  }
  throw TrainError(ExitCode::kBadSpec, fmt::format("phase: '{}' is unknown", name));
}

}  // namespace retort::train
