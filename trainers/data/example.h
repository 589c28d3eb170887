#pragma once

#include <optional>
#include <string>
#include <vector>

namespace retort::train {

/// One row to learn from.
struct Example {
  std::string first;
  std::optional<std::string> second;  ///< of tasks over pairs
  double label = 0;  ///< index into the task's labels, or the score of a regression

  bool operator==(const Example&) const = default;
};

/// Rows to evaluate on.
struct EvaluationSet {
  std::string name;  ///< "dev", or "matched" and "mismatched"
  std::vector<Example> examples;
};

}  // namespace retort::train
