#pragma once

#include "core/base/result.h"
#include "core/run/run_record.h"

#include <optional>
#include <string>

namespace retort::storage {
class WorkspaceStore;
}

namespace retort::cli {

/// The three numbers that the demo is about: accuracies on held-out sentences, means over the
/// grid's runs.
struct DemoNumbers {
  std::optional<double> teacher;  ///< fine-tuned, full precision
  std::optional<double>
      before_kd_qat;  ///< ternary student with the teacher's weights, not trained yet
  std::optional<double> after_kd_qat;

  bool operator==(const DemoNumbers&) const = default;
};

/// Reads them: the teacher's last evaluation, and the first (step 0) and last of every cell of the
/// grid.
[[nodiscard]] Result<DemoNumbers> loadDemoNumbers(storage::WorkspaceStore& store,
                                                  const ExperimentRecord& experiment);

/// Three lines with percentages, "–" where a number is missing.
[[nodiscard]] std::string demoSummary(const DemoNumbers& numbers);

}  // namespace retort::cli
