#pragma once

#include "core/settings/catalogue.h"
#include "core/settings/resolve.h"
#include "trainers/data/example.h"
#include "trainers/tokenizers/wordpiece.h"

#include <optional>
#include <string>
#include <vector>

namespace retort::train {

/// What is to be learned.
struct Task {
  std::string name;
  std::string documentation;
  bool is_pair = false;
  bool is_regression = false;
  std::vector<std::string>
      labels;  ///< class names in the order of their ids; empty for a regression
  std::vector<std::string>
      metrics;  ///< what to report, of evaluationMetrics(): "eval.accuracy", "eval.f1" …
  std::string main_metric;  ///< the one of them by which "best" is chosen

  /// Width of the classifier: the number of classes, or 1.
  [[nodiscard]] std::int64_t outputs() const {
    return is_regression ? 1 : static_cast<std::int64_t>(labels.size());
  }
};

/// A task with its rows, all in memory: nothing is read from the files afterwards.
struct TaskData {
  Task task;
  std::vector<Example> train;
  std::vector<EvaluationSet> evaluations;  ///< at least one; the first is the main one
  std::vector<std::string> warnings;  ///< for the event file, e.g. that rows of dev are in train
  std::optional<WordPieceTokenizer>
      tokenizer;  ///< the task's own (agreement); else the model folder's is used
};

/// Loads what the data.* settings name. `data.path` must already be a path on this machine. Throws
/// TrainError: kMissingInput when files are missing, kBadData with file and line when they are
/// malformed, hold no rows or labels that the task does not know, kBadSpec for settings that do not
/// fit each other.
[[nodiscard]] TaskData loadTaskData(const SettingValues& settings);

/// True for the tasks of language models (text, grammar); the others are classification and
/// regression, which loadTaskData loads.
[[nodiscard]] bool isLanguageTask(const std::string& name);

/// The tasks for the catalogue (kind "task").
[[nodiscard]] std::vector<TechniqueSpec> taskTechniques();

/// Names of all tasks, in the order of the documentation.
[[nodiscard]] std::vector<std::string> taskNames();

}  // namespace retort::train
