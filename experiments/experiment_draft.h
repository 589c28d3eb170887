#pragma once

#include "experiments/experiment_document.h"
#include "experiments/experiment_file.h"
#include "experiments/yaml_tree.h"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// Experiment texts that are being written: as much of them as can be understood.
namespace retort::experiments {

/// A text as it stands. What could not be read is missing from the parts.
struct ExperimentDraft {
  std::string text;
  std::filesystem::path file;  ///< relative paths are looked up from its folder
  YamlNode root;               ///< null when the text is no YAML
  std::string name;
  std::string trainer = "retort-train";
  std::shared_ptr<const ExperimentDocument> document;  ///< never null
  std::vector<Diagnostic> diagnostics;
};

/// Takes milliseconds.
[[nodiscard]] ExperimentDraft readDraft(std::string text, const std::filesystem::path& file);

/// One line of the list of runs.
struct PlannedRun {
  std::vector<std::pair<std::string, std::string>> labels;  ///< axis -> label
  bool is_cell = false;            ///< of the grid; not a needed or an included run
  bool is_excluded = false;        ///< by `exclude:`; one line for a cell then, whatever its seeds
  std::optional<std::size_t> run;  ///< of the submission; none for an excluded cell
};

/// What a draft asks for.
struct DraftPlan {
  Submission submission;         ///< empty when there are diagnostics
  std::vector<PlannedRun> rows;  ///< needed runs first, then the grid in order with excluded cells
  std::vector<std::string> notes;
  std::vector<Diagnostic> diagnostics;  ///< those of the draft, or of the expansion
};

/// Expands a draft; reads the runs' inputs. May take seconds.
[[nodiscard]] DraftPlan planDraft(const ExperimentDraft& draft,
                                  const Catalogue& catalogue,
                                  const ExpandOptions& options = {});

/// The item of `exclude:` that names exactly this cell; none when it is excluded by a wider one.
[[nodiscard]] std::optional<std::size_t> exclusionOf(
    const ExperimentDocument& document,
    const std::vector<std::pair<std::string, std::string>>& labels);

}  // namespace retort::experiments
