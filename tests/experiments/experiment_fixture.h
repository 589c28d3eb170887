#pragma once

#include "experiments/experiment_file.h"
#include "tests/core/base/temp_folder.h"
#include "tests/core/settings/sample_catalogue.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace retort::experiments {

/// A folder with the inputs that experiment files of the tests name: models/teacher, models/base,
/// data/sst2.
class ExperimentTest : public ::testing::Test {
 protected:
  ExperimentTest() {
    folder_.write("models/teacher/model.safetensors", "teacher weights");
    folder_.write("models/base/model.safetensors", "base weights");
    folder_.write("data/sst2/train.tsv", "sentence\tlabel\n");
  }

  [[nodiscard]] DiagnosedResult<ExperimentFile> parse(
      const std::string& text, const std::vector<std::string>& overrides = {}) const {
    return parseExperiment(text, folder_ / "file.yaml", overrides);
  }

  [[nodiscard]] DiagnosedResult<ExpandedExperiment> expand(
      const std::string& text,
      const std::vector<std::string>& overrides = {},
      std::uint64_t limit = 10000) const {
    const auto file = parse(text, overrides);
    if (!file) {
      return failWith(file.error());
    }
    const auto provider = [](const std::string& trainer) -> Result<Catalogue> {
      if (trainer != "retort-train") {
        return fail(ErrorCode::kNotFound, "there is no trainer " + trainer);
      }
      return retort::testing::sampleCatalogue();
    };
    return expandExperiment(*file, provider, {limit});
  }

  /// The runs, which must come out without a problem.
  [[nodiscard]] std::vector<SubmittedRun> runsOf(
      const std::string& text, const std::vector<std::string>& overrides = {}) const {
    const auto expanded = expand(text, overrides);
    EXPECT_TRUE(expanded) << formatDiagnostics(expanded ? std::vector<Diagnostic>()
                                                        : expanded.error());
    return expanded ? expanded->submission.runs : std::vector<SubmittedRun>();
  }

  [[nodiscard]] std::vector<std::string> namesOf(
      const std::string& text, const std::vector<std::string>& overrides = {}) const {
    std::vector<std::string> names;
    for (const SubmittedRun& run : runsOf(text, overrides)) {
      names.push_back(run.name);
    }
    return names;
  }

  /// All diagnostics as a reader sees them, the folder's name taken out.
  [[nodiscard]] std::string problemsOf(const std::string& text,
                                       const std::vector<std::string>& overrides = {}) const {
    const auto expanded = expand(text, overrides);
    std::string problems = expanded ? "none" : formatDiagnostics(expanded.error());
    const std::string prefix = folder_.path().string() + "/";
    for (std::size_t at = problems.find(prefix); at != std::string::npos;
         at = problems.find(prefix)) {
      problems.erase(at, prefix.size());
    }
    return problems;
  }

  retort::testing::TempFolder folder_;
};

/// The least that makes a run: everything else has defaults.
inline constexpr const char* kHead =
    "experiment: test\n"
    "base: {model.teacher: models/teacher}\n";

}  // namespace retort::experiments
