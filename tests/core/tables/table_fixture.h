#pragma once

#include "core/tables/comparison_table.h"

#include <string>
#include <vector>

namespace retort {

/// Two losses with two seeds each: score 0.9 and 0.92, map 0.94 and 0.95; a third, output, with one
/// value and a failed run.
inline std::vector<ComparedRun> lossRuns() {
  std::vector<ComparedRun> runs;
  const auto add = [&](const std::string& loss, std::int64_t seed, RunState state, double value) {
    ComparedRun run;
    run.run_id = "000000000000000" + std::to_string(runs.size());
    run.name = "loss=" + loss + " seed=" + std::to_string(seed);
    run.labels = {{"loss", loss}};
    run.seed = seed;
    run.state = state;
    if (state == RunState::kFinished) {
      run.metrics["eval.accuracy"] = {value, value};
      run.metrics["eval.loss"] = {1 - value, 1 - value};
    }
    runs.push_back(run);
  };
  add("score", 1, RunState::kFinished, 0.9);
  add("score", 2, RunState::kFinished, 0.92);
  add("map", 1, RunState::kFinished, 0.94);
  add("map", 2, RunState::kFinished, 0.95);
  add("output", 1, RunState::kFinished, 0.5);
  add("output", 2, RunState::kFailed, 0);
  return runs;
}

inline ComparisonRequest lossRequest() {
  ComparisonRequest request;
  request.experiment = "losses";
  request.factors = {"loss"};
  request.metrics = {{"eval.accuracy", "max", ""}};
  request.baseline = {{"loss", "score"}};
  return request;
}

}  // namespace retort
