#pragma once

#include "core/run/submission.h"
#include "storage/workspace_store.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace retort::cli {

/// A store in memory with an experiment "losses": loss score and map, seeds 1 and 2, and a teacher
/// that they need.
///   position 0  000000000000000a  teacher
///   1 … 4       1111111111111111 (score 1), 1111111111112222 (score 2), 3333333333333333 (map 1),
///   4444444444444444
class LossStore : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = storage::WorkspaceStore::openInMemory();
    ASSERT_TRUE(opened.has_value());
    store_ = std::make_unique<storage::WorkspaceStore>(std::move(*opened));
    Submission submission;
    submission.experiment = "losses";
    submission.text = "experiment: losses";
    submission.report = {{"metric", "eval.accuracy"},
                         {"better", "max"},
                         {"by", {"loss"}},
                         {"baseline", {{"loss", "score"}}}};
    submission.runs = {makeRun("000000000000000a", "teacher", {}, std::nullopt, 0),
                       makeRun(kScore1, "loss=score seed=1", {{"loss", "score"}}, 1, 1),
                       makeRun(kScore2, "loss=score seed=2", {{"loss", "score"}}, 2, 2),
                       makeRun(kMap1, "loss=map seed=1", {{"loss", "map"}}, 1, 3),
                       makeRun(kMap2, "loss=map seed=2", {{"loss", "map"}}, 2, 4)};
    submission.runs.front().membership.is_needed_only = true;
    ASSERT_TRUE(store_->experiments().add(submission, 1000).has_value());
  }

  static SubmittedRun makeRun(const std::string& id,
                              const std::string& name,
                              std::vector<std::pair<std::string, std::string>> labels,
                              std::optional<std::int64_t> seed,
                              int position) {
    SubmittedRun run;
    run.spec.run_id = id;
    run.spec.trainer = "fake";
    run.spec.release = "1";
    run.spec.settings = {{"train.steps", 10}, {"data.task", "=cola"}};
    run.name = name;
    run.membership = {id, position, std::move(labels), seed, false};
    return run;
  }

  /// Ingests events as the agent does.
  void ingest(const std::string& run_id, std::vector<Event> events) {
    const auto before = store_->ingest().state(run_id);
    ASSERT_TRUE(before.has_value());
    storage::IngestState after = *before;
    after.offset += 1;
    after.attempt = events.front().attempt;
    after.first_line_sha256 = "x";
    ASSERT_TRUE(store_->ingest().append({run_id, *before, after, std::move(events)}).has_value());
  }

  static Event point(const std::string& metric, std::int64_t step, double value) {
    Event event;
    event.kind = "metrics";
    event.step = step;
    event.time_ms = 1000 + 100 * step;
    event.points = {{SeriesKey{metric, {}, {}, "", ""}, value}};
    return event;
  }

  static Event other(const std::string& kind, Json fields) {
    Event event;
    event.kind = kind;
    event.time_ms = 1000;
    event.fields = std::move(fields);
    return event;
  }

  /// Finished, with this accuracy at steps 5 and 10 and in the result.
  void finish(const std::string& run_id, double at_5, double at_10) {
    ingest(run_id,
           {other("open", {{"protocol", 1}, {"run", run_id}, {"from_step", -1}}),
            other("phase", {{"name", "train"}, {"total_steps", 10}}),
            point("eval.accuracy", 5, at_5),
            point("eval.accuracy", 10, at_10),
            other("result", {{"metrics", {{"eval.accuracy", at_10}}}})});
    setState(run_id, RunState::kFinished);
  }

  void setState(const std::string& run_id, RunState state, const std::string& message = "") {
    ASSERT_TRUE(store_->runs().setState(run_id, state, message, 5000).has_value());
  }

  static constexpr const char* kScore1 = "1111111111111111";
  static constexpr const char* kScore2 = "1111111111112222";
  static constexpr const char* kMap1 = "3333333333333333";
  static constexpr const char* kMap2 = "4444444444444444";

  std::unique_ptr<storage::WorkspaceStore> store_;
};

}  // namespace retort::cli
