#pragma once

#include "trainers/settings/setting_group.h"

#include <cstdint>
#include <optional>
#include <string>

namespace retort::train {

/// Text to model, and how it becomes tokens (task: text).
struct TextSettings {
  std::string format = "auto";
  std::string train = "train.txt";
  std::string validation;
  std::optional<std::string> validation_path;
  double validation_share = 0.05;
  std::string key = "text";
  std::string chat_template = "none";
  std::string token_type = "uint16";
  bool add_eos = true;
  std::string packing = "packed";
  bool document_mask = true;
};

/// The generated language (task: grammar).
struct GrammarSettings {
  std::int64_t train_documents = 20'000;
  std::int64_t validation_documents = 500;
  std::int64_t seed = 1;
  std::int64_t sentences = 3;
  std::int64_t phrases = 3;
  std::int64_t copied = 5;
};

const SettingGroup<TextSettings>& textSettings();
const SettingGroup<GrammarSettings>& grammarSettings();

}  // namespace retort::train
