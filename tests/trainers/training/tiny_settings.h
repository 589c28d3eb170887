#pragma once

#include "core/settings/resolve.h"
#include "trainers/catalog.h"
#include "trainers/training/finetune_phase.h"
#include "trainers/training/generator_state.h"

#include <filesystem>
#include <string>

namespace retort::train {

/// Settings of a fine-tuning of a very small encoder on the generated language; a few
/// milliseconds a step.
inline SettingValues tinyFinetuneGiven() {
  return {{"phase", "finetune"},
          {"model.init", "random"},
          {"model.architecture.layers", 2},
          {"model.architecture.hidden_size", 16},
          {"model.architecture.heads", 2},
          {"model.architecture.intermediate_size", 32},
          {"model.architecture.max_positions", 32},
          {"data.task", "agreement"},
          {"data.max_length", 32},
          {"data.agreement.train_rows", 96},
          {"data.agreement.dev_rows", 40},
          {"train.batch", 8},
          {"train.steps", 12},
          {"train.eval_every", 4},
          {"train.learning_rate", 1e-3},
          {"checkpoint.every", 0},
          {"threads", 1},
          {"device", "cpu"}};
}

/// The same for the training of a ternary student of the teacher in that folder.
inline SettingValues tinyKdQatGiven(const std::filesystem::path& teacher) {
  SettingValues given = tinyFinetuneGiven();
  std::erase_if(given, [](const auto& setting) { return setting.first.starts_with("model."); });
  given["phase"] = "kd_qat";
  given["model.teacher"] = teacher.string();
  return given;
}

inline SettingValues resolved(const SettingValues& given) {
  return resolveSettings(trainerCatalogue(), given).value().values;
}

inline PhaseInput phaseInput(const SettingValues& given) {
  return {.settings = resolved(given), .warn = [](const std::string&) {
          }};
}

/// The tiny encoder before its first step, always with the same weights.
inline FinetunePhase tinyPhase() {
  seedGenerators(1, at::kCPU);
  return FinetunePhase(phaseInput(tinyFinetuneGiven()));
}

/// A pulse that never gives up.
inline bool goOn() {
  return true;
}

}  // namespace retort::train
