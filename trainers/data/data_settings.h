#pragma once

#include "trainers/settings/setting_group.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace retort::train {

/// The columns of a user's own table (task: table).
struct TableTaskSettings {
  std::string format = "auto";
  std::string train = "train.tsv";
  std::string dev = "dev.tsv";
  std::string text = "sentence";
  std::string text_pair;
  std::string label = "label";
  std::vector<std::string> labels;
  bool is_regression = false;
  std::string metric = "auto";
};

/// The generated language (task: agreement).
struct AgreementSettings {
  std::int64_t train_rows = 8000;
  std::int64_t dev_rows = 500;
  std::int64_t seed = 1;
  std::int64_t endings = 6;
  std::int64_t phrases = 2;
  std::int64_t nesting = 1;
  bool has_object = true;
  double free = 0;
};

/// Which examples are learned, and how they become batches.
struct DataSettings {
  std::string task = "agreement";
  std::string path;
  std::int64_t max_length = 64;
  std::string padding = "fixed";
  std::int64_t augmentation = 0;
  std::int64_t train_rows = 0;
  std::int64_t eval_rows = 0;
  bool shuffle = true;
};

/// Names of the tasks of language models; all others are for encoders.
[[nodiscard]] const std::vector<std::string>& languageTaskNames();

/// For settings that belong to some tasks only: data.task is that one, is one of language models,
/// is one of encoders.
[[nodiscard]] SettingCondition taskIs(const std::string& task);
[[nodiscard]] SettingCondition taskIsForLanguageModels();
[[nodiscard]] SettingCondition taskIsForEncoders();

/// The file of that name in data.path. Throws TrainError (bad spec) that names the setting for
/// names that leave the folder.
[[nodiscard]] std::filesystem::path fileInDataPath(const std::filesystem::path& folder,
                                                   const std::string& key,
                                                   const std::string& name);

const SettingGroup<DataSettings>& dataSettings();
const SettingGroup<TableTaskSettings>& tableTaskSettings();
const SettingGroup<AgreementSettings>& agreementSettings();

}  // namespace retort::train
