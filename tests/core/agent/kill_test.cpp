// kill -9 of trainers and agent at random moments during a grid: nothing is lost, nothing runs
// twice, and the numbers are those of an undisturbed grid. RETORT_KILL_ROUNDS sets the number of
// rounds: 5 unless it is given, 20 in full.
#include "tests/core/agent/agent_program_fixture.h"

#include <cstdlib>
#include <iostream>
#include <random>
#include <set>
#include <sstream>

namespace retort {
namespace {

constexpr int kRuns = 8;
constexpr int kSteps = 60;

class KillTest : public AgentProgram {
 protected:
  static Submission grid() {
    std::vector<SubmittedRun> runs;
    for (int number = 1; number <= kRuns; ++number) {
      SettingValues settings{{"seed", number}, {"fake.steps", kSteps}, {"fake.step_ms", 8}};
      runs.push_back(submittedRun(number, std::move(settings)));
    }
    addNeed(runs.back(), runs.front().spec.run_id);
    return submissionOf(std::move(runs));
  }

  // The numbers that a run ends with: its model, its results, and all its points.
  Json finalNumbers(int number) {
    Json numbers;
    numbers["model"] = contentsOf(pathsOf(number).model() / "numbers.txt");
    const auto results = store.metrics().results(runId(number)).value();
    for (const auto& [name, value] : results) {
      numbers["results"][name] = value;
    }
    const auto curves = store.metrics().series(runId(number)).value();
    for (const auto& curve : curves) {
      Json& numbers_of_curve = numbers["curves"].emplace_back();
      const auto points = store.metrics().points(curve.series_id).value();
      for (const Point& point : points) {
        numbers_of_curve.push_back({point.step, point.value});
      }
    }
    return numbers;
  }

  Json allNumbers() {
    Json numbers;
    for (int number = 1; number <= kRuns; ++number) {
      numbers[runId(number)] = finalNumbers(number);
    }
    return numbers;
  }

  // For the message of a failure.
  std::string describeAll() {
    std::string text;
    const auto runs = store.runs().list().value();
    for (const RunRecord& run : runs) {
      text += fmt::format("{} {}, attempts {}, crashes {}, step {}: {}\n",
                          run.spec.run_id,
                          runStateName(run.state),
                          run.attempts,
                          run.crashes,
                          run.step,
                          run.message);
    }
    return text + contentsOf(store.paths().agentLog());
  }

  // Every process's steps stand together, so no two processes ever worked on the run at once; and
  // one of them, once, finished it.
  void expectNothingRanTwice(int number) {
    std::istringstream lines(contentsOf(pathsOf(number).folder / "steps.log"));
    std::set<std::string> earlier;
    std::string pid;
    std::string rest_of_line;
    for (std::string next; lines >> next && std::getline(lines, rest_of_line);) {
      if (next != pid) {
        EXPECT_TRUE(earlier.insert(next).second) << "run " << number << ", pid " << next;
        pid = next;
      }
    }
    const auto ends = store.events().list({runId(number), {"end"}, 0, 1000, false}).value();
    EXPECT_EQ(ends.size(), 1u) << "run " << number;
  }

  void expectNothingLost(int number) {
    EXPECT_EQ(stateOf(number), RunState::kFinished) << run(number).message;
    const auto series = store.metrics().series(runId(number), "train.loss").value();
    ASSERT_EQ(series.size(), 1u);
    const auto points = store.metrics().points(series[0].series_id).value();
    ASSERT_EQ(points.size(), static_cast<std::size_t>(kSteps)) << "run " << number;
    for (int step = 1; step <= kSteps; ++step) {
      EXPECT_EQ(points[static_cast<std::size_t>(step - 1)].step, step);
    }
  }
};

TEST_F(KillTest, LosesNothingAndRunsNothingTwice) {
  const char* asked = std::getenv("RETORT_KILL_ROUNDS");
  const int rounds = asked == nullptr ? 5 : std::atoi(asked);
  ASSERT_TRUE(submit(store, grid(), options));
  ASSERT_TRUE(until([&] { return areAllFinished(); }, 60));
  const Json undisturbed = allNumbers();
  std::mt19937 random(20261122);

  for (int round = 0; round < rounds; ++round) {
    std::vector<std::string> ids;
    for (int number = 1; number <= kRuns; ++number) {
      ids.push_back(runId(number));
    }
    ASSERT_TRUE(sendRequest(store, "remove", {{"run_ids", ids}}, options));
    ASSERT_TRUE(submit(store, grid(), options));

    int kills = 0;
    for (int attack = 0; attack < 12 && !areAllFinished(); ++attack) {
      rest(static_cast<int>(random() % 200));
      const auto victims = trainers();
      if (!victims.empty() && random() % 3 != 0) {
        const auto& victim = victims[random() % victims.size()];
        kills += ::kill(static_cast<pid_t>(victim.pid), SIGKILL) == 0 ? 1 : 0;
      }
      if (random() % 2 == 0 && killAgent()) {
        ++kills;
        rest(static_cast<int>(random() % 100));
        ASSERT_TRUE(ensureAgentRunning(store, options));
      }
    }
    ASSERT_TRUE(ensureAgentRunning(store, options));
    ASSERT_TRUE(until([&] { return areAllFinished(); }, 60)) << describeAll();

    EXPECT_GT(kills, 0);
    for (int number = 1; number <= kRuns; ++number) {
      expectNothingLost(number);
      expectNothingRanTwice(number);
    }
    ASSERT_EQ(allNumbers(), undisturbed) << "round " << round;
    ASSERT_TRUE(until([&] { return trainers().empty(); }));
    std::cout << "round " << round << ": " << kills << " kills" << std::endl;
  }
}

}  // namespace
}  // namespace retort
