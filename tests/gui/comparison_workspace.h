#pragma once

#include "tests/gui/test_workspace.h"

#include <cmath>

namespace retort::gui {

/// A workspace with an experiment "losses": loss score and map, freeze none and ov, three seeds.
/// Accuracy at steps 1 to 4 rises by 0.1 from `startOf`; grad_norm has 3 layers and projections q
/// and v. The run of map, ov and seed 3 has failed.
class ComparisonWorkspace : public TestWorkspace {
 public:
  ComparisonWorkspace() : store_(create()) { submit({"score", "map"}, {"none", "ov"}, 3); }

  static std::string runId(int number) {
    std::string id = std::to_string(number);
    return std::string(16 - id.size(), '0') + id;
  }

  /// The accuracy at step 1 of the run at a position.
  static double startOf(int position) { return 0.3 + 0.01 * position; }

  [[nodiscard]] storage::WorkspaceStore& store() { return store_; }

  /// Another experiment with its own runs, finished but for the last one.
  void submit(const std::vector<std::string>& losses,
              const std::vector<std::string>& freezes,
              int seeds,
              const std::string& experiment = "losses") {
    Submission submission;
    submission.experiment = experiment;
    submission.report = {{"metric", "eval.accuracy"},
                         {"better", "max"},
                         {"by", {"loss", "freeze"}},
                         {"baseline", {{"loss", losses.front()}, {"freeze", freezes.front()}}}};
    const int first = next_run_;
    for (const std::string& loss : losses) {
      for (const std::string& freeze : freezes) {
        for (int seed = 1; seed <= seeds; ++seed) {
          submission.runs.push_back(makeSubmitted(loss, freeze, seed));
        }
      }
    }
    EXPECT_TRUE(store_.experiments().add(submission, ++now_ms_).has_value());
    for (int run = first; run < next_run_; ++run) {
      run + 1 < next_run_ ? finish(run, run - first)
                          : setState(run, RunState::kFailed, "out of memory");
    }
  }

  void setState(int run, RunState state, const std::string& message = "") {
    EXPECT_TRUE(store_.runs().setState(runId(run), state, message, ++now_ms_).has_value());
  }

  void finish(int run, int position) {
    std::vector<Event> events{
        makeEvent("open", {{"protocol", 1}, {"run", runId(run)}, {"from_step", -1}})};
    for (int step = 1; step <= 4; ++step) {
      events.push_back(pointsAt(step, position));
    }
    const double accuracy = startOf(position) + 0.3;
    events.push_back(makeEvent("result", {{"metrics", {{"eval.accuracy", accuracy}}}}));
    const auto before = store_.ingest().state(runId(run));
    ASSERT_TRUE(before.has_value());
    storage::IngestState after = *before;
    after.offset += 1;
    after.attempt = 1;
    after.first_line_sha256 = "x";
    ASSERT_TRUE(
        store_.ingest().append({runId(run), *before, after, std::move(events)}).has_value());
    setState(run, RunState::kFinished);
  }

 private:
  SubmittedRun makeSubmitted(const std::string& loss, const std::string& freeze, int seed) {
    SubmittedRun run;
    run.spec.run_id = runId(next_run_++);
    run.spec.trainer = "fake";
    run.spec.release = "1";
    run.name = "loss=" + loss + " freeze=" + freeze + " seed=" + std::to_string(seed);
    run.membership = {
        run.spec.run_id, next_run_, {{"loss", loss}, {"freeze", freeze}}, seed, false};
    return run;
  }

  static Event makeEvent(const std::string& kind, Json fields) {
    Event event;
    event.kind = kind;
    event.time_ms = 1000;
    event.fields = std::move(fields);
    return event;
  }

  static Event pointsAt(int step, int position) {
    Event event = makeEvent("metrics", Json::object());
    event.step = step;
    event.time_ms = 1000 + step;
    const double accuracy = startOf(position) + 0.1 * (step - 1);
    event.points = {{SeriesKey{"eval.accuracy", {}, {}, "", ""}, accuracy},
                    {SeriesKey{"train.loss", {}, {}, "", ""}, 1 / accuracy}};
    for (int layer = 0; layer < 3; ++layer) {
      const double norm = std::pow(10, -layer) * (1 + 0.1 * position);
      event.points.push_back({SeriesKey{"grad_norm", layer, {}, "q", ""}, norm});
      event.points.push_back({SeriesKey{"grad_norm", layer, {}, "v", ""}, 2 * norm});
    }
    return event;
  }

  storage::WorkspaceStore store_;
  int next_run_ = 1;
  std::int64_t now_ms_ = 1000;
};

}  // namespace retort::gui
