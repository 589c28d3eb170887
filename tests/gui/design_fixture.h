#pragma once

#include "core/base/file.h"
#include "gui/models/experiment_editor.h"
#include "tests/core/settings/sample_catalogue.h"

#include <QTemporaryDir>
#include <QTest>

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace retort::gui {

/// A program named retort-train that prints the sample catalogue, found by whoever asks for it.
class SampleTrainer {
 public:
  SampleTrainer() {
    const std::filesystem::path folder(folder_.path().toStdString());
    const std::filesystem::path catalogue = folder / "catalogue.json";
    const std::filesystem::path program = folder / "retort-train";
    EXPECT_TRUE(writeFileAtomically(catalogue, toJson(retort::testing::sampleCatalogue()).dump()));
    EXPECT_TRUE(writeFileAtomically(program, "#!/bin/sh\ncat '" + catalogue.string() + "'\n"));
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    qputenv("RETORT_TRAINER_DIR", folder_.path().toUtf8());
  }

  ~SampleTrainer() { qunsetenv("RETORT_TRAINER_DIR"); }

  SampleTrainer(const SampleTrainer&) = delete;
  SampleTrainer& operator=(const SampleTrainer&) = delete;

  [[nodiscard]] std::filesystem::path path(const std::string& name) const {
    return std::filesystem::path(folder_.path().toStdString()) / name;
  }

 private:
  QTemporaryDir folder_;
};

inline constexpr const char* kSampleText =
    "experiment: sample\n"
    "base: # in all runs\n"
    "  phase: finetune\n"
    "  model: {init: random} # from scratch\n"
    "grid:\n"
    "  train.learning_rate: [1e-3, 2e-3]\n"
    "  train.batch: [8, 16]\n"
    "seeds: 2\n";

/// The draft of a text, as the editor would read it.
inline std::shared_ptr<const experiments::ExperimentDraft> draftOf(const std::string& text) {
  return std::make_shared<const experiments::ExperimentDraft>(
      experiments::readDraft(text, "f.yaml"));
}

inline std::shared_ptr<const Catalogue> sharedSample() {
  return std::make_shared<const Catalogue>(retort::testing::sampleCatalogue());
}

/// Long enough for the largest expansion on a machine that does much else.
inline bool waitUntil(const std::function<bool()>& condition) {
  return QTest::qWaitFor(condition, 100'000);
}

}  // namespace retort::gui
