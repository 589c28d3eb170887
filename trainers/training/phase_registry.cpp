#include "trainers/training/phase_registry.h"

#include "trainers/train_error.h"
#include "trainers/training/finetune_phase.h"
#include "trainers/training/kd_qat_phase.h"

#include <fmt/format.h>

namespace retort::train {

namespace {

template <class Phase>
std::unique_ptr<TrainingPhase> make(const PhaseInput& input) {
  return std::make_unique<Phase>(input);
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
       .make = make<KdQatPhase>}};
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
