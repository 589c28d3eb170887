#pragma once

#include "tests/trainers/training/temporary_folder.h"
#include "tests/trainers/training/tiny_language_settings.h"
#include "trainers/training/finetune_phase.h"

#include <gtest/gtest.h>

#include <utility>

namespace retort::train {

/// A very small decoder with random weights, as the teacher of students on the generated grammar.
class TinyLanguageTeacher : public testing::Test {
 protected:
  /// `common`: settings of the teacher and of all students.
  explicit TinyLanguageTeacher(SettingValues common = {}) : common_(std::move(common)) {
    seedGenerators(1, at::kCPU);
    FinetunePhase(phaseInput(with(tinyPretrainGiven(), common_)))
        .writeModel(folder_.path() / "teacher");
  }

  /// A student's settings.
  [[nodiscard]] SettingValues given(const SettingValues& more = {}) const {
    return with(with(tinyLanguageKdQatGiven(folder_.path() / "teacher"), common_), more);
  }

  TemporaryFolder folder_;

 private:
  static SettingValues with(SettingValues given, const SettingValues& more) {
    for (const auto& [key, value] : more) {
      given[key] = value;
    }
    return given;
  }

  SettingValues common_;
};

}  // namespace retort::train
