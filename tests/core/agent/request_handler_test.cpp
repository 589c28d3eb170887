#include "core/agent/request_handler.h"

#include "tests/core/agent/agent_fixture.h"

namespace retort {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class RequestHandlerTest : public WorkspaceTest {
 protected:
  RequestEffects carryOut() {
    RequestEffects effects;
    EXPECT_TRUE(store.write([&]() -> Status {
      auto result = handler.carryOutPending();
      if (!result) {
        return failWith(result.error());
      }
      effects = *std::move(result);
      return {};
    }));
    return effects;
  }

  // What a request answers; a text is an error.
  std::string answerOf(std::int64_t id) {
    carryOut();
    const Request request = store.requests().get(id).value();
    EXPECT_TRUE(request.is_done);
    return request.error;
  }

  void submitted(std::vector<SubmittedRun> runs) {
    ASSERT_EQ(answerOf(submitRuns(std::move(runs))), "");
  }

  void setState(int number, RunState state) {
    ASSERT_TRUE(store.runs().setState(runId(number), state, "", 5));
  }

  FakeClock clock;
  RequestHandler handler{store, clock};
};

TEST_F(RequestHandlerTest, SubmitQueuesNewRuns) {
  submitted({submittedRun(1), submittedRun(2)});

  EXPECT_EQ(stateOf(1), RunState::kQueued);
  EXPECT_EQ(store.experiments().find("test").value().runs.size(), 2u);
}

TEST_F(RequestHandlerTest, SubmittingAgainKeepsResultsAndGoesOnWithTheRest) {
  submitted({submittedRun(1), submittedRun(2), submittedRun(3), submittedRun(4)});
  setState(1, RunState::kFinished);
  setState(2, RunState::kFailed);
  setState(3, RunState::kStopped);
  setState(4, RunState::kDiverged);

  submitted({submittedRun(1), submittedRun(2), submittedRun(3), submittedRun(4), submittedRun(5)});

  EXPECT_EQ(stateOf(1), RunState::kFinished);
  EXPECT_EQ(stateOf(2), RunState::kQueued);
  EXPECT_EQ(stateOf(3), RunState::kQueued);
  EXPECT_EQ(stateOf(4), RunState::kDiverged);
  EXPECT_EQ(stateOf(5), RunState::kQueued);
}

TEST_F(RequestHandlerTest, SubmitRefusesWhatIsNoSubmission) {
  EXPECT_NE(answerOf(addRequest("submit", {{"runs", 7}})), "");
  EXPECT_NE(answerOf(addRequest("submit", Json::array())), "");
}

TEST_F(RequestHandlerTest, SubmitRefusesIdsThatAreNoIds) {
  SubmittedRun evil = submittedRun(1);
  evil.spec.run_id = "../../../../tmp/evil";
  evil.membership.run_id = evil.spec.run_id;

  EXPECT_NE(answerOf(submitRuns({evil})), "");
  EXPECT_TRUE(store.runs().list().value().empty());
}

TEST_F(RequestHandlerTest, StopsWaitingRunsItselfAndLeavesRunningOnesToTheAgent) {
  submitted({submittedRun(1), submittedRun(2)});
  setState(1, RunState::kRunning);

  requestFor("stop", {runId(1), runId(2)});
  const RequestEffects effects = carryOut();

  EXPECT_THAT(effects.stops, ElementsAre(runId(1)));
  EXPECT_EQ(stateOf(1), RunState::kStopping);
  EXPECT_EQ(stateOf(2), RunState::kStopped);
}

TEST_F(RequestHandlerTest, CarriesOutWhatItCanAndNamesTheRest) {
  submitted({submittedRun(1), submittedRun(2)});
  setState(1, RunState::kRunning);

  const std::string answer = answerOf(requestFor("pause", {runId(1), runId(2), "nonsense"}));

  EXPECT_EQ(stateOf(2), RunState::kPaused);
  EXPECT_THAT(answer, HasSubstr("there is no run 'nonsense'"));
  EXPECT_THAT(answer, HasSubstr("is running; stop it to interrupt it"));
}

TEST_F(RequestHandlerTest, UnpausesRuns) {
  submitted({submittedRun(1)});
  EXPECT_EQ(answerOf(requestFor("pause", {runId(1)})), "");

  EXPECT_EQ(answerOf(requestFor("unpause", {runId(1)})), "");

  EXPECT_EQ(stateOf(1), RunState::kQueued);
}

TEST_F(RequestHandlerTest, ResumeForgetsTheCrashes) {
  submitted({submittedRun(1)});
  setState(1, RunState::kFailed);
  ASSERT_TRUE(store.runs().setRetry(runId(1), 3, 77));

  EXPECT_EQ(answerOf(requestFor("resume", {runId(1)})), "");

  EXPECT_EQ(run(1).crashes, 0);
  EXPECT_EQ(run(1).not_before_ms, 0);
}

TEST_F(RequestHandlerTest, KeepsAResumeOfAStoppingRunForLater) {
  submitted({submittedRun(1)});
  setState(1, RunState::kStopping);
  const auto id = requestFor("resume", {runId(1)});

  EXPECT_TRUE(carryOut().has_waiting);
  EXPECT_FALSE(store.requests().get(id).value().is_done);

  setState(1, RunState::kStopped);
  EXPECT_EQ(answerOf(id), "");
  EXPECT_EQ(stateOf(1), RunState::kQueued);
}

TEST_F(RequestHandlerTest, RetryKeepsTheCheckpointsUnlessToldOtherwise) {
  submitted({submittedRun(1)});
  setState(1, RunState::kFailed);
  std::filesystem::create_directories(pathsOf(1).checkpoints() / "step-5");

  EXPECT_EQ(answerOf(requestFor("retry", {runId(1)})), "");
  EXPECT_TRUE(std::filesystem::exists(pathsOf(1).checkpoints()));

  EXPECT_EQ(answerOf(addRequest("retry", {{"run_ids", {runId(1)}}, {"from_start", true}})), "");
  EXPECT_FALSE(std::filesystem::exists(pathsOf(1).checkpoints()));
}

TEST_F(RequestHandlerTest, RetryRefusesAFinishedRun) {
  submitted({submittedRun(1)});
  setState(1, RunState::kFinished);

  EXPECT_THAT(answerOf(requestFor("retry", {runId(1)})), HasSubstr("has finished"));
}

TEST_F(RequestHandlerTest, RemoveDeletesTheRunAndItsFolder) {
  submitted({submittedRun(1)});
  setState(1, RunState::kFinished);
  std::filesystem::create_directories(pathsOf(1).model());

  EXPECT_EQ(answerOf(requestFor("remove", {runId(1)})), "");

  EXPECT_FALSE(store.runs().get(runId(1)).has_value());
  EXPECT_FALSE(std::filesystem::exists(pathsOf(1).folder));
}

TEST_F(RequestHandlerTest, U07RemoveRefusesARunningRun) {
  submitted({submittedRun(1)});
  setState(1, RunState::kRunning);

  EXPECT_THAT(answerOf(requestFor("remove", {runId(1)})), HasSubstr("stop it first"));
  EXPECT_TRUE(store.runs().get(runId(1)).has_value());
}

TEST_F(RequestHandlerTest, ChangesPriorityNoteAndTags) {
  submitted({submittedRun(1)});

  EXPECT_EQ(answerOf(addRequest("priority", {{"run_ids", {runId(1)}}, {"priority", 3}})), "");
  EXPECT_EQ(
      answerOf(addRequest("note", {{"run_ids", {runId(1)}}, {"note", "x'); DROP TABLE runs;--"}})),
      "");
  EXPECT_EQ(answerOf(addRequest("tag", {{"run_ids", {runId(1)}}, {"add", {"good"}}})), "");

  EXPECT_EQ(run(1).priority, 3);
  EXPECT_EQ(run(1).note, "x'); DROP TABLE runs;--");
  EXPECT_THAT(run(1).tags, ElementsAre("good"));
}

TEST_F(RequestHandlerTest, PassesShutdownAndConfigureOn) {
  addRequest("shutdown", {{"stop_runs", true}});
  addRequest("configure", {{"jobs", 4}});

  const RequestEffects effects = carryOut();

  EXPECT_TRUE(effects.shut_down);
  EXPECT_TRUE(effects.stop_runs);
  EXPECT_EQ(effects.jobs, 4);
}

TEST_F(RequestHandlerTest, RefusesNonsense) {
  EXPECT_THAT(answerOf(addRequest("dance", Json::object())), HasSubstr("unknown request 'dance'"));
  EXPECT_NE(answerOf(addRequest("stop", 7)), "");
  EXPECT_NE(answerOf(addRequest("configure", {{"jobs", -1}})), "");
  EXPECT_NE(answerOf(addRequest("configure", {{"jobs", "many"}})), "");
}

TEST_F(RequestHandlerTest, CarriesARequestOutOnce) {
  submitRuns({submittedRun(1)});

  EXPECT_TRUE(carryOut().has_changed);
  EXPECT_FALSE(carryOut().has_changed);
}

}  // namespace
}  // namespace retort
