#include "core/cli/demo_summary.h"

#include "core/statistics/summary.h"
#include "storage/workspace_store.h"

#include <vector>

#include <fmt/format.h>

namespace retort::cli {
namespace {

constexpr const char* kAccuracy = "eval.accuracy";

std::string percent(const std::optional<double>& value) {
  return value ? fmt::format("{:5.1f} %", *value * 100) : "    –  ";
}

/// The run's evaluations, by step; empty when it has none.
Result<std::vector<Point>> evaluations(storage::WorkspaceStore& store, const std::string& run_id) {
  const auto series = store.metrics().series(run_id, kAccuracy);
  if (!series) {
    return failWith(series.error());
  }
  return series->empty() ? Result<std::vector<Point>>(std::vector<Point>())
                         : store.metrics().points(series->front().series_id);
}

}  // namespace

Result<DemoNumbers> loadDemoNumbers(storage::WorkspaceStore& store,
                                    const ExperimentRecord& experiment) {
  std::vector<double> teachers;
  std::vector<double> before;
  std::vector<double> after;
  for (const ExperimentRun& run : experiment.runs) {
    const auto points = evaluations(store, run.run_id);
    if (!points) {
      return failWith(points.error());
    }
    if (points->empty()) {
      continue;
    }
    if (run.is_needed_only) {
      teachers.push_back(points->back().value);
      continue;
    }
    if (points->front().step == 0) {
      before.push_back(points->front().value);
    }
    after.push_back(points->back().value);
  }
  return DemoNumbers{summarize(teachers).mean, summarize(before).mean, summarize(after).mean};
}

std::string demoSummary(const DemoNumbers& numbers) {
  return fmt::format(
      "{}  the teacher, full precision\n"
      "{}  ternary weights and 8-bit activations, without KD-QAT\n"
      "{}  the same after KD-QAT (mean over the grid)\n",
      percent(numbers.teacher),
      percent(numbers.before_kd_qat),
      percent(numbers.after_kd_qat));
}

}  // namespace retort::cli
