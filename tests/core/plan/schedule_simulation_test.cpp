#include "core/plan/attempt_outcome.h"
#include "core/plan/run_requests.h"
#include "core/plan/schedule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

/// Whole queues of random runs, carried out by the plan alone: no processes, and a clock that jumps
/// to the next event.
namespace retort {
namespace {

/// What a simulated trainer does on its attempts.
enum class Behaviour { kFinishes, kDiverges, kBadData, kCrashesOnce, kCrashesAlways };

struct Event {
  std::int64_t time_ms = 0;
  std::string run_id;
};

class Simulation {
 public:
  explicit Simulation(unsigned seed) : random_(seed) {
    machine_.threads = draw(1, 4);
    machine_.memory_bytes = draw(4, 16);
    machine_.jobs = draw(0, 3);
    for (int i = 0; i < draw(0, 2); ++i) {
      machine_.gpus.push_back(std::to_string(i));
    }
    for (int i = 0; i < 25; ++i) {
      addRun(i);
    }
    std::stable_sort(runs_.begin(), runs_.end(), [](const RunRecord& a, const RunRecord& b) {
      return a.priority > b.priority;
    });
  }

  /// Runs until nothing can happen any more.
  void run() {
    for (int turn = 0; turn < 5000; ++turn) {
      const std::optional<std::int64_t> back_off_ends = startWhatCan();
      const auto next = std::min_element(
          events_.begin(), events_.end(), [](auto& a, auto& b) { return a.time_ms < b.time_ms; });
      if (next != events_.end() && (!back_off_ends || next->time_ms <= *back_off_ends)) {
        const Event event = *next;
        events_.erase(next);
        now_ms_ = event.time_ms;
        end(event.run_id);
      } else if (back_off_ends) {
        ASSERT_GT(*back_off_ends, now_ms_) << "waiting for a moment that has passed";
        now_ms_ = *back_off_ends;
      } else {
        return;
      }
    }
    FAIL() << "the queue does not come to an end";
  }

  [[nodiscard]] const std::vector<RunRecord>& runs() const { return runs_; }

  [[nodiscard]] const NeededRuns& needs() const { return needs_; }

  [[nodiscard]] const MachineSlots& machine() const { return machine_; }

  [[nodiscard]] Behaviour behaviour(const std::string& id) const { return behaviours_.at(id); }

  [[nodiscard]] const RunRecord& find(const std::string& id) const {
    return *std::find_if(
        runs_.begin(), runs_.end(), [&](const RunRecord& run) { return run.spec.run_id == id; });
  }

 private:
  int draw(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }

  void addRun(int index) {
    RunRecord run;
    run.spec.run_id = "run" + std::to_string(index);
    run.resources = {.gpus = draw(0, 9) == 0 ? draw(1, 3) : 0,
                     .threads = draw(1, 5),
                     .memory_bytes = draw(0, 6)};
    run.priority = draw(0, 2);
    for (int i = 0; i < draw(0, 2) && index > 0; ++i) {
      needs_[run.spec.run_id].push_back("run" + std::to_string(draw(0, index - 1)));
    }
    const int kind = draw(0, 11);
    behaviours_[run.spec.run_id] = kind == 0   ? Behaviour::kDiverges
                                   : kind == 1 ? Behaviour::kBadData
                                   : kind == 2 ? Behaviour::kCrashesAlways
                                   : kind <= 5 ? Behaviour::kCrashesOnce
                                               : Behaviour::kFinishes;
    runs_.push_back(std::move(run));
  }

  RunRecord& get(const std::string& id) { return const_cast<RunRecord&>(find(id)); }

  std::optional<std::int64_t> startWhatCan() {
    const Schedule schedule = planSchedule({.runs = runs_,
                                            .needs = needs_,
                                            .grants = grants_,
                                            .machine = machine_,
                                            .now_ms = now_ms_});
    for (const StateChange& change : schedule.changes) {
      RunRecord& run = get(change.run_id);
      EXPECT_TRUE(run.state == RunState::kQueued || run.state == RunState::kBlocked);
      run.state = change.state;
      run.message = change.message;
    }
    for (const RunStart& start : schedule.starts) {
      begin(start);
    }
    checkSlots();
    return schedule.next_ms;
  }

  void begin(const RunStart& start) {
    RunRecord& run = get(start.run_id);
    EXPECT_EQ(run.state, RunState::kQueued) << "only queued runs start";
    EXPECT_LE(run.not_before_ms, now_ms_) << "the back-off is not over";
    for (const std::string& needed : needs_[start.run_id]) {
      EXPECT_EQ(find(needed).state, RunState::kFinished) << "started before what it needs";
    }
    EXPECT_TRUE(grants_.emplace(start.run_id, start.grant).second) << "started twice at once";
    EXPECT_EQ(static_cast<int>(start.grant.gpus.size()), run.resources.gpus);
    run.state = RunState::kRunning;
    ++run.attempts;
    events_.push_back({now_ms_ + draw(1, 5000), start.run_id});
  }

  /// No thread, byte, GPU or job is given out twice.
  void checkSlots() const {
    int threads = 0;
    std::int64_t memory = 0;
    std::set<std::string> gpus;
    for (const auto& [id, grant] : grants_) {
      threads += grant.threads;
      memory += grant.memory_bytes;
      for (const std::string& gpu : grant.gpus) {
        EXPECT_TRUE(gpus.insert(gpu).second) << "GPU " << gpu << " has two runs";
      }
    }
    EXPECT_LE(threads, machine_.threads);
    EXPECT_LE(memory, machine_.memory_bytes);
    if (machine_.jobs > 0) {
      EXPECT_LE(static_cast<int>(grants_.size()), machine_.jobs);
    }
  }

  void end(const std::string& id) {
    RunRecord& run = get(id);
    AttemptOutcome outcome{.has_opened = true};
    switch (behaviours_.at(id)) {
      case Behaviour::kCrashesOnce:
        outcome = run.attempts == 1 ? crash() : finish();
        break;
      case Behaviour::kCrashesAlways:
        outcome = crash();
        break;
      case Behaviour::kFinishes:
        outcome = finish();
        break;
      case Behaviour::kDiverges:
        outcome.code = 2;
        outcome.end_status = "diverged";
        break;
      case Behaviour::kBadData:
        outcome.code = 65;
        break;
    }
    const Settlement settled = settleAttempt(run, outcome, {}, now_ms_);
    run.state = settled.state;
    run.message = settled.message;
    run.crashes = settled.crashes;
    run.not_before_ms = settled.not_before_ms;
    grants_.erase(id);
  }

  static AttemptOutcome crash() {
    return {.ending = AttemptOutcome::Ending::kSignaled, .code = 9, .has_opened = true};
  }

  static AttemptOutcome finish() {
    return {.code = 0, .end_status = "finished", .end_exit_code = 0, .has_opened = true};
  }

  std::mt19937 random_;
  MachineSlots machine_;
  std::vector<RunRecord> runs_;
  NeededRuns needs_;
  std::map<std::string, Behaviour> behaviours_;
  std::map<std::string, Grant> grants_;
  std::vector<Event> events_;
  std::int64_t now_ms_ = 1'000'000;
};

class ScheduleSimulation : public testing::TestWithParam<unsigned> {};

TEST_P(ScheduleSimulation, BringsEveryRunToTheEndItDeserves) {
  Simulation simulation(GetParam());

  simulation.run();

  for (const RunRecord& run : simulation.runs()) {
    const std::string& id = run.spec.run_id;
    if (run.state == RunState::kBlocked) {
      EXPECT_EQ(run.attempts, 0) << id;
      EXPECT_FALSE(run.message.empty()) << id << " does not say why it is blocked";
      continue;
    }
    switch (simulation.behaviour(id)) {
      case Behaviour::kFinishes:
        EXPECT_EQ(run.state, RunState::kFinished) << id;
        EXPECT_EQ(run.attempts, 1) << id << " ran twice";
        break;
      case Behaviour::kDiverges:
        EXPECT_EQ(run.state, RunState::kDiverged) << id;
        EXPECT_EQ(run.attempts, 1) << id << " was retried";
        break;
      case Behaviour::kBadData:
        EXPECT_EQ(run.state, RunState::kFailed) << id;
        EXPECT_EQ(run.attempts, 1) << id << " was retried";
        break;
      case Behaviour::kCrashesOnce:
        EXPECT_EQ(run.state, RunState::kFinished) << id;
        EXPECT_EQ(run.attempts, 2) << id;
        break;
      case Behaviour::kCrashesAlways:
        EXPECT_EQ(run.state, RunState::kFailed) << id;
        EXPECT_EQ(run.attempts, RetryPolicy{}.max_crashes) << id;
        break;
    }
  }
}

TEST_P(ScheduleSimulation, BlocksOnlyWhatCannotRun) {
  Simulation simulation(GetParam());

  simulation.run();

  for (const RunRecord& run : simulation.runs()) {
    if (run.state != RunState::kBlocked) {
      continue;
    }
    const auto needed = simulation.needs().find(run.spec.run_id);
    const bool lacks_a_run =
        needed != simulation.needs().end() &&
        std::any_of(needed->second.begin(), needed->second.end(), [&](const std::string& id) {
          return simulation.find(id).state != RunState::kFinished;
        });
    const bool is_too_big =
        run.resources.gpus > static_cast<int>(simulation.machine().gpus.size()) ||
        run.resources.memory_bytes > simulation.machine().memory_bytes;
    EXPECT_TRUE(lacks_a_run || is_too_big) << run.spec.run_id << ": " << run.message;
  }
}

INSTANTIATE_TEST_SUITE_P(Queues, ScheduleSimulation, testing::Range(0U, 60U));

}  // namespace
}  // namespace retort
