#pragma once

#include "tests/trainers/training/tiny_settings.h"

#include <filesystem>

namespace retort::train {

/// Settings of the training of a very small decoder on the generated grammar; a few milliseconds a
/// step.
inline SettingValues tinyPretrainGiven() {
  return {{"phase", "pretrain"},
          {"model.init", "random"},
          {"model.architecture.layers", 2},
          {"model.architecture.hidden_size", 16},
          {"model.architecture.heads", 2},
          {"model.architecture.key_value_heads", 1},
          {"model.architecture.intermediate_size", 24},
          {"model.architecture.max_positions", 32},
          {"data.task", "grammar"},
          {"data.max_length", 32},
          {"data.grammar.train_documents", 200},
          {"data.grammar.validation_documents", 20},
          {"train.batch", 4},
          {"train.steps", 12},
          {"train.eval_every", 4},
          {"train.learning_rate", 1e-2},
          {"train.optimizer", "adamw"},
          {"checkpoint.every", 0},
          {"threads", 1},
          {"device", "cpu"}};
}

/// The same for the training of a 3-bit student of the teacher in that folder.
inline SettingValues tinyLanguageKdQatGiven(const std::filesystem::path& teacher) {
  SettingValues given = tinyPretrainGiven();
  std::erase_if(given, [](const auto& setting) { return setting.first.starts_with("model."); });
  given["phase"] = "kd_qat";
  given["recipe"] = "ovfreeze2024";
  given["model.teacher"] = teacher.string();
  given["quant.weight.bits"] = 3;
  return given;
}

}  // namespace retort::train
