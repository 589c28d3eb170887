#include "storage/run_store.h"

#include "tests/storage/store_fixture.h"

namespace retort::storage {
namespace {

using RunStoreTest = StoreTest;

std::vector<std::string> idsOf(const std::vector<RunRecord>& runs) {
  std::vector<std::string> ids;
  for (const RunRecord& run : runs) {
    ids.push_back(run.spec.run_id);
  }
  return ids;
}

AttemptRecord attemptOf(int number) {
  AttemptRecord attempt;
  attempt.attempt = number;
  attempt.process = {1234, 567, "boot"};
  attempt.started_ms = 1000;
  return attempt;
}

TEST_F(RunStoreTest, KeepsARunAsItWasSubmitted) {
  const SubmittedRun submitted = submittedRun(1);

  const RunRecord run = valueOf(store_.runs().get(runId(1)));

  EXPECT_EQ(run.spec, submitted.spec);
  EXPECT_EQ(run.name, submitted.name);
  EXPECT_EQ(run.resources, submitted.resources);
  EXPECT_EQ(run.state, RunState::kQueued);
  EXPECT_EQ(run.created_ms, 100);
  EXPECT_EQ(run.attempts, 0);
  EXPECT_EQ(run.started_ms, std::nullopt);
}

TEST_F(RunStoreTest, DoesNotTouchARunThatIsKnown) {
  expectOk(store_.runs().setState(runId(1), RunState::kFinished, "", 5));
  SubmittedRun again = submittedRun(1);
  again.name = "another name";

  EXPECT_FALSE(valueOf(store_.runs().insertIfNew(again, 999)));

  const RunRecord run = valueOf(store_.runs().get(runId(1)));
  EXPECT_EQ(run.state, RunState::kFinished);
  EXPECT_EQ(run.name, "seed=1");
}

TEST_F(RunStoreTest, KeepsEveryFieldOfAWholeRecord) {
  RunRecord record;
  record.spec = submittedRun(3).spec;
  record.name = "whole";
  record.state = RunState::kDiverged;
  record.priority = -4;
  record.resources = {2, 8, 123456789012, 60};
  record.crashes = 2;
  record.not_before_ms = 77;
  record.phase = "train";
  record.step = 40;
  record.total_steps = 100;
  record.message = "loss is NaN";
  record.created_ms = 1;
  record.started_ms = 2;
  record.ended_ms = 3;
  record.note = "note";
  record.tags = {"a", "b"};

  expectOk(store_.runs().insert(record));

  EXPECT_EQ(valueOf(store_.runs().get(runId(3))), record);
  expectError(store_.runs().insert(record), ErrorCode::kAlreadyExists, runId(3));
}

TEST_F(RunStoreTest, SaysWhichRunIsMissing) {
  RunStore& runs = store_.runs();
  const std::string id = runId(9);
  const std::string message = "no run " + id;
  expectError(runs.get(id), ErrorCode::kNotFound, message);
  expectError(runs.setState(id, RunState::kRunning, "", 1), ErrorCode::kNotFound, message);
  expectError(runs.setRetry(id, 1, 1), ErrorCode::kNotFound, message);
  expectError(runs.setPriority(id, 1), ErrorCode::kNotFound, message);
  expectError(runs.setResources(id, {}), ErrorCode::kNotFound, message);
  expectError(runs.setNote(id, ""), ErrorCode::kNotFound, message);
  expectError(runs.changeTags(id, {"a"}, {}), ErrorCode::kNotFound, message);
  expectError(runs.remove(id), ErrorCode::kNotFound, message);
  expectError(runs.startAttempt(id, attemptOf(1)), ErrorCode::kNotFound, message);
}

TEST_F(RunStoreTest, ListsInTheOrderOfTheQueue) {
  EXPECT_TRUE(valueOf(store_.runs().insertIfNew(submittedRun(3), 300)));
  expectOk(store_.runs().setPriority(runId(3), 5));

  EXPECT_EQ(idsOf(valueOf(store_.runs().list())),
            (std::vector<std::string>{runId(3), runId(1), runId(2)}));
}

TEST_F(RunStoreTest, ListsWhatTheFilterAsksFor) {
  RunStore& runs = store_.runs();
  expectOk(runs.setState(runId(2), RunState::kRunning, "", 1));
  expectOk(runs.setNote(runId(2), "Look AT me"));
  expectOk(runs.changeTags(runId(2), {"paper", "good"}, {}));
  expectOk(runs.changeTags(runId(1), {"paper"}, {}));
  const auto list = [&](const RunFilter& filter) {
    return idsOf(valueOf(runs.list(filter)));
  };
  const std::vector<std::string> both = {runId(1), runId(2)};
  const std::vector<std::string> second = {runId(2)};

  RunFilter filter;
  filter.states = {RunState::kRunning, RunState::kStopping};
  EXPECT_EQ(list(filter), second);

  filter = {};
  filter.run_ids = {runId(2), runId(8)};
  EXPECT_EQ(list(filter), second);

  filter = {};
  filter.text = "look at";
  EXPECT_EQ(list(filter), second);
  filter.text = "seed=";
  EXPECT_EQ(list(filter), both);
  filter.text = "100%_";
  EXPECT_TRUE(list(filter).empty());

  filter = {};
  filter.tags = {"paper"};
  EXPECT_EQ(list(filter), both);
  filter.tags = {"paper", "good"};
  EXPECT_EQ(list(filter), second);

  filter = {};
  filter.limit = 1;
  EXPECT_EQ(list(filter), std::vector<std::string>{runId(1)});
}

TEST_F(RunStoreTest, ListsTheRunsOfAnExperiment) {
  const auto added = valueOf(store_.experiments().add(submissionOf("e", 2, 2), 1));
  RunFilter filter;
  filter.experiment_id = added.experiment_id;

  EXPECT_EQ(idsOf(valueOf(store_.runs().list(filter))),
            (std::vector<std::string>{runId(2), runId(3)}));
}

TEST_F(RunStoreTest, LeavesOutSpecsWhenAsked) {
  RunFilter filter;
  filter.with_spec = false;

  const auto runs = valueOf(store_.runs().list(filter));

  ASSERT_EQ(runs.size(), 2U);
  EXPECT_TRUE(runs[0].spec.settings.empty());
  EXPECT_EQ(runs[0].spec.run_id, runId(1));
  EXPECT_EQ(runs[0].spec.trainer, "retort-train");
  EXPECT_EQ(runs[0].spec.release, "0.1.0");
}

TEST_F(RunStoreTest, StatesSetTheirTimes) {
  RunStore& runs = store_.runs();
  expectOk(runs.setState(runId(1), RunState::kRunning, "", 10));
  expectOk(runs.setState(runId(1), RunState::kStopped, "stopped by the user", 20));
  RunRecord run = valueOf(runs.get(runId(1)));
  EXPECT_EQ(run.started_ms, 10);
  EXPECT_EQ(run.ended_ms, 20);
  EXPECT_EQ(run.message, "stopped by the user");

  expectOk(runs.setState(runId(1), RunState::kRunning, "", 30));

  run = valueOf(runs.get(runId(1)));
  EXPECT_EQ(run.started_ms, 10);
  EXPECT_EQ(run.ended_ms, std::nullopt);
  EXPECT_EQ(run.message, "");
}

TEST_F(RunStoreTest, KeepsBackOffPriorityResourcesAndNote) {
  RunStore& runs = store_.runs();
  expectOk(runs.setRetry(runId(1), 3, 12345));
  expectOk(runs.setPriority(runId(1), 7));
  expectOk(runs.setResources(runId(1), {1, 4, 5, 6}));
  expectOk(runs.setNote(runId(1), "a note"));

  const RunRecord run = valueOf(runs.get(runId(1)));

  EXPECT_EQ(run.crashes, 3);
  EXPECT_EQ(run.not_before_ms, 12345);
  EXPECT_EQ(run.priority, 7);
  EXPECT_EQ(run.resources, (Resources{1, 4, 5, 6}));
  EXPECT_EQ(run.note, "a note");
}

TEST_F(RunStoreTest, TagsAreASet) {
  RunStore& runs = store_.runs();
  expectOk(runs.changeTags(runId(1), {"b", "a", "b", ""}, {}));
  expectOk(runs.changeTags(runId(1), {"c"}, {"a", "unknown"}));

  EXPECT_EQ(valueOf(runs.get(runId(1))).tags, (std::vector<std::string>{"b", "c"}));
}

TEST_F(RunStoreTest, TellsTheNeedsOfRunsThatWait) {
  SubmittedRun student = submittedRun(3);
  student.spec.settings["model.teacher"] = "run:" + runId(1) + "/model";
  student.spec.inputs = {{"model.teacher", "../" + runId(1) + "/model", "", runId(1)}};
  EXPECT_TRUE(valueOf(store_.runs().insertIfNew(student, 1)));

  EXPECT_EQ(valueOf(store_.runs().needsOfWaitingRuns()),
            (std::vector<RunNeed>{{runId(3), runId(1)}}));
  EXPECT_EQ(valueOf(store_.runs().get(runId(3))).spec, student.spec);
  expectOk(store_.runs().setState(runId(3), RunState::kRunning, "", 1));
  EXPECT_TRUE(valueOf(store_.runs().needsOfWaitingRuns()).empty());
}

TEST_F(RunStoreTest, FindsIdsByPrefix) {
  EXPECT_EQ(valueOf(store_.runs().idsWithPrefix("00000000000000")).size(), 2U);
  EXPECT_EQ(valueOf(store_.runs().idsWithPrefix(runId(2))), std::vector<std::string>{runId(2)});
  EXPECT_TRUE(valueOf(store_.runs().idsWithPrefix("%")).empty());
}

TEST_F(RunStoreTest, KeepsAttempts) {
  RunStore& runs = store_.runs();
  EXPECT_EQ(valueOf(runs.lastAttempt(runId(1))), std::nullopt);
  expectOk(runs.startAttempt(runId(1), attemptOf(1)));
  AttemptRecord ended = attemptOf(1);
  ended.ended_ms = 2000;
  ended.signal = 9;
  ended.message = "killed by signal 9";
  expectOk(runs.endAttempt(runId(1), ended));
  expectOk(runs.startAttempt(runId(1), attemptOf(2)));

  EXPECT_EQ(valueOf(runs.attempts(runId(1))), (std::vector<AttemptRecord>{ended, attemptOf(2)}));
  EXPECT_EQ(valueOf(runs.lastAttempt(runId(1))), attemptOf(2));
  EXPECT_EQ(valueOf(runs.get(runId(1))).attempts, 2);
  EXPECT_TRUE(valueOf(runs.attempts(runId(2))).empty());
  expectError(runs.endAttempt(runId(1), attemptOf(5)), ErrorCode::kNotFound, "attempt 5");
}

TEST_F(RunStoreTest, RemovesARunWithAllThatBelongsToIt) {
  valueOf(store_.experiments().add(submissionOf("e", 1, 2), 1));
  expectOk(store_.runs().startAttempt(runId(1), attemptOf(1)));
  expectOk(store_.runs().changeTags(runId(1), {"t"}, {}));
  expectOk(ingest(runId(1), {openEvent(runId(1), 1), lossEvent(1, 1, 0.5)}));
  expectOk(ingest(runId(2), {openEvent(runId(2), 1), lossEvent(1, 1, 0.7)}));

  expectOk(store_.runs().remove(runId(1)));

  expectError(store_.runs().get(runId(1)), ErrorCode::kNotFound, runId(1));
  EXPECT_TRUE(valueOf(store_.metrics().series(runId(1))).empty());
  EXPECT_TRUE(valueOf(store_.events().list({runId(1), {}, 0, 10, false})).empty());
  EXPECT_EQ(pointsOf(runId(2), lossSeries()), (std::vector<Point>{{1, 0.7}}));
  EXPECT_EQ(valueOf(store_.experiments().find("e")).runs.size(), 2U);
}

TEST_F(RunStoreTest, ARemovedRunCanBeSubmittedAgainWithoutItsPast) {
  expectOk(ingest(runId(2), {openEvent(runId(2), 1), lossEvent(1, 1, 0.7)}));
  expectOk(store_.runs().remove(runId(2)));

  EXPECT_TRUE(valueOf(store_.runs().insertIfNew(submittedRun(2), 1)));

  EXPECT_TRUE(valueOf(store_.metrics().series(runId(2))).empty());
  EXPECT_EQ(valueOf(store_.ingest().state(runId(2))), IngestState());
}

TEST_F(RunStoreTest, NamesAreDataAndNeverSql) {
  const std::string evil = "x'); DROP TABLE runs;--";
  SubmittedRun run = submittedRun(3);
  run.name = evil;
  run.spec.settings["data.task"] = evil;
  EXPECT_TRUE(valueOf(store_.runs().insertIfNew(run, 1)));
  expectOk(store_.runs().setNote(runId(3), evil));
  expectOk(store_.runs().changeTags(runId(3), {evil}, {}));
  RunFilter filter;
  filter.text = evil;
  filter.tags = {evil};

  const auto found = valueOf(store_.runs().list(filter));

  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].name, evil);
  EXPECT_EQ(found[0].note, evil);
  EXPECT_EQ(found[0].spec.settings.at("data.task"), evil);
  EXPECT_EQ(valueOf(store_.runs().list()).size(), 3U);
}

}  // namespace
}  // namespace retort::storage
