#pragma once

#include "tests/gui/metric_writer.h"
#include "tests/gui/test_workspace.h"

#include <atomic>
#include <chrono>
#include <cmath>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace retort::gui {

/// A workspace with one experiment of many runs: finished ones with a result each, and 20 that are
/// running with long curves.
class BenchWorkspace : public TestWorkspace {
 public:
  static constexpr int kLiveRuns = 20;
  static constexpr int kSteps = 5000;
  static constexpr int kLayers = 12;

  explicit BenchWorkspace(int runs) : store_(create()), runs_(runs) {
    const Status status = store_.write([this]() -> Status {
      EXPECT_TRUE(store_.experiments().add(submission("many", runs_), 1));
      // An agent elsewhere: nobody here starts one.
      EXPECT_TRUE(store_.lease().acquire({1, 1, "boot"}, "elsewhere", 1));
      for (int run = 0; run < runs_; ++run) {
        run < kLiveRuns ? start(run) : finish(run);
      }
      return {};
    });
    EXPECT_TRUE(status) << status.error().message;
  }

  static std::string runId(int number) {
    std::string id = std::to_string(number);
    return std::string(16 - id.size(), '0') + id;
  }

  [[nodiscard]] storage::WorkspaceStore& store() { return store_; }

  /// Runs of a grid of losses, bit-widths and freezing, with as many seeds as needed.
  static Submission submission(const std::string& experiment, int runs) {
    static const std::vector<std::string> kLosses = {
        "score", "map", "output", "hidden", "logits", "mgsk", "minilm", "twin", "rank", "cover"};
    Submission submission;
    submission.experiment = experiment;
    submission.report = {{"metric", "eval.accuracy"},
                         {"better", "max"},
                         {"by", {"loss", "bits", "freeze"}},
                         {"baseline", {{"loss", "score"}, {"bits", "2"}, {"freeze", "none"}}}};
    for (int run = 0; run < runs; ++run) {
      const std::string& loss = kLosses[static_cast<std::size_t>(run % 10)];
      const std::string bits = std::to_string(2 + run / 10 % 5);
      const std::string freeze = run / 50 % 2 == 0 ? "none" : "ov";
      const int seed = run / 100 + 1;
      SubmittedRun made;
      made.spec.run_id = runId(run);
      made.spec.trainer = "retort-train";
      made.spec.release = "1";
      for (int setting = 0; setting < 40; ++setting) {
        made.spec.settings["group.setting" + std::to_string(setting)] = setting * run;
      }
      made.name =
          "loss=" + loss + " bits=" + bits + " freeze=" + freeze + " seed=" + std::to_string(seed);
      made.membership = {
          made.spec.run_id, run, {{"loss", loss}, {"bits", bits}, {"freeze", freeze}}, seed, false};
      submission.runs.push_back(std::move(made));
    }
    return submission;
  }

  /// One step of every live run, in one transaction.
  static Status addStep(storage::WorkspaceStore& store, int step) {
    return store.write([&]() -> Status {
      for (int run = 0; run < kLiveRuns; ++run) {
        MetricWriter writer(store, runId(run));
        writer.add(step, pointsOf(run, step));
        writer.commit();
      }
      return {};
    });
  }

 private:
  void start(int run) {
    EXPECT_TRUE(store_.runs().setState(runId(run), RunState::kRunning, "", 2));
    MetricWriter writer(store_, runId(run));
    writer.open(1, -1);
    for (int step = 0; step < kSteps; ++step) {
      writer.add(step, pointsOf(run, step));
    }
    writer.commit();
  }

  void finish(int run) {
    static const std::vector<RunState> kStates = {RunState::kFinished,
                                                  RunState::kFinished,
                                                  RunState::kFinished,
                                                  RunState::kDiverged,
                                                  RunState::kFailed,
                                                  RunState::kQueued};
    const RunState state = kStates[static_cast<std::size_t>(run % 6)];
    if (state == RunState::kQueued) {
      return;
    }
    const double accuracy = 0.5 + 0.001 * (run % 97) + 0.01 * (run % 10);
    storage::EventBatch batch;
    batch.run_id = runId(run);
    batch.after = {1, 1, "first line"};
    Event event;
    event.kind = "open";
    event.fields = {{"protocol", kEventProtocol}, {"run", runId(run)}, {"from_step", -1}};
    batch.events.push_back(event);
    for (int step = 0; step < 5; ++step) {
      Event points;
      points.kind = "metrics";
      points.step = step * 1000;
      points.time_ms = step * 1000;
      points.points = {{{"eval.accuracy", {}, {}, "", ""}, accuracy - 0.1 / (1 + step)}};
      batch.events.push_back(points);
    }
    event.kind = "result";
    event.fields = {{"metrics", {{"eval.accuracy", accuracy}, {"eval.loss", 1 - accuracy}}}};
    batch.events.push_back(event);
    EXPECT_TRUE(store_.ingest().append(batch));
    EXPECT_TRUE(store_.runs().setState(runId(run), state, "", 10'000 + run));
  }

  /// Run 0 has every projection of every layer, the others one norm a layer.
  static std::vector<MetricPoint> pointsOf(int run, int step) {
    static const std::vector<std::string> kProjections = {"q", "k", "v", "o", "ffn1", "ffn2"};
    const double decay = std::exp(-step / 1500.0) + 0.001 * ((step * 7919 + run) % 101);
    std::vector<MetricPoint> points = {
        {{"train.loss", {}, {}, "", ""}, decay},
        {{"learning_rate", {}, {}, "", ""}, 1e-4 * (1 - step / 1e6)}};
    for (int layer = 0; layer < kLayers; ++layer) {
      for (std::size_t i = 0; i < (run == 0 ? kProjections.size() : 1); ++i) {
        points.push_back({{"grad_norm", layer, {}, kProjections[i], ""},
                          decay * (layer + 1) * (1.0 + static_cast<double>(i))});
      }
      if (step % 50 == 0) {
        points.push_back({{"hidden_sqnr", layer, {}, "", ""}, 20 - layer + decay});
      }
    }
    return points;
  }

  storage::WorkspaceStore store_;
  int runs_;
};

/// Writes a step of every live run each 100 ms, as agents do, in a thread of its own.
class LiveWriter {
 public:
  explicit LiveWriter(std::filesystem::path folder)
      : thread_([this, folder = std::move(folder)] {
          auto store = storage::WorkspaceStore::open(folder, storage::Access::kReadWrite);
          for (int step = BenchWorkspace::kSteps; !is_ending_; ++step) {
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
            if (is_writing_ && store) {
              EXPECT_TRUE(BenchWorkspace::addStep(*store, step));
            }
          }
        }) {}

  ~LiveWriter() {
    is_ending_ = true;
    thread_.join();
  }

  LiveWriter(const LiveWriter&) = delete;
  LiveWriter& operator=(const LiveWriter&) = delete;

  void setWriting(bool is_writing) { is_writing_ = is_writing; }

 private:
  std::atomic<bool> is_ending_ = false;
  std::atomic<bool> is_writing_ = false;
  std::thread thread_;
};

}  // namespace retort::gui
