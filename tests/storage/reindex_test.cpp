#include "storage/reindex.h"

#include "storage/event_follower.h"
#include "storage/submission_copy.h"
#include "tests/storage/store_fixture.h"

#include <optional>

#include <unistd.h>

namespace retort::storage {
namespace {

namespace fs = std::filesystem;

// Stands for the YAML reader: spec.yaml of these tests holds JSON.
Result<RunSpec> readJsonSpec(const fs::path& file) {
  if (!fs::exists(file)) {
    return fail(ErrorCode::kNotFound, "there is no " + file.string());
  }
  Result<Json> json = parseJson(contentsOf(file));
  if (!json) {
    return failWith(json.error());
  }
  return runSpecFromJson(*json);
}

class ReindexTest : public ::testing::Test {
 protected:
  ReindexTest() { open(); }

  void open() { store_.emplace(valueOf(WorkspaceStore::open(folder_.path(), Access::kCreate))); }

  WorkspaceStore& store() { return *store_; }

  // As the agent does it: copy, directories, record.
  void submit(const Submission& submission, std::int64_t now_ms) {
    valueOf(saveSubmissionCopy(paths_, submission, now_ms));
    for (const SubmittedRun& run : submission.runs) {
      const std::string run_id = run.spec.run_id;
      folder_.write("runs/" + run_id + "/spec.yaml", canonicalJson(toJson(run.spec)));
    }
    valueOf(store().experiments().add(submission, now_ms));
  }

  // A run that the trainer finished and the agent followed.
  void finish(int number) {
    const EventFileWriter events(folder_.path(), runId(number));
    events.append(openEvent(runId(number), 1));
    for (int step = 1; step <= 5; ++step) {
      events.append(lossEvent(1, step, number * 0.5));
    }
    events.append(eventOf("result", 1, 8000, {{"metrics", {{"eval.accuracy", 0.5}}}}));
    events.append(endEvent(1, "finished", 9000));
    follow(number, events);
    AttemptRecord attempt;
    attempt.process = {10, 20, "boot"};
    attempt.started_ms = 900;
    attempt.ended_ms = 9001;
    attempt.exit_code = 0;
    expectOk(store().runs().startAttempt(runId(number), attempt));
    expectOk(store().runs().setState(runId(number), RunState::kRunning, "", 1000));
    expectOk(store().runs().setState(runId(number), RunState::kFinished, "finished", 9000));
  }

  void follow(int number, const EventFileWriter& events) {
    valueOf(EventFollower(store().ingest()).drain(runId(number), events.file()));
  }

  ReindexReport rebuild() {
    store_.reset();
    ReindexReport report = valueOf(reindex(paths_, readJsonSpec, 5000));
    open();
    return report;
  }

  RunRecord run(int number) { return valueOf(store().runs().get(runId(number))); }

  TempFolder folder_;
  WorkspacePaths paths_{folder_.path()};
  std::optional<WorkspaceStore> store_;
};

TEST_F(ReindexTest, LosesNothingOfAWholeWorkspace) {
  submit(submissionOf("first", 1, 2), 100);
  submit(submissionOf("second", 2, 2), 200);
  finish(1);
  finish(2);
  expectOk(store().runs().setNote(runId(2), "a note"));
  expectOk(store().runs().changeTags(runId(2), {"paper"}, {}));
  expectOk(store().runs().setPriority(runId(3), 9));
  const auto runs = valueOf(store().runs().list());
  const auto experiments = valueOf(store().experiments().list(true));
  const auto attempts = valueOf(store().runs().attempts(runId(1)));
  const auto summaries = valueOf(store().metrics().summaries({runId(1), runId(2)}, "train.loss"));

  const ReindexReport report = rebuild();

  EXPECT_EQ(report.experiments, 2);
  EXPECT_EQ(report.runs, 3);
  EXPECT_GT(report.event_bytes, 0);
  EXPECT_TRUE(report.problems.empty()) << report.problems[0];
  EXPECT_EQ(valueOf(store().runs().list()), runs);
  EXPECT_EQ(valueOf(store().experiments().list(true)), experiments);
  EXPECT_EQ(valueOf(store().runs().attempts(runId(1))), attempts);
  EXPECT_EQ(valueOf(store().metrics().summaries({runId(1), runId(2)}, "train.loss")), summaries);
  EXPECT_EQ(valueOf(store().metrics().results(runId(1))).at("eval.accuracy"), 0.5);
}

TEST_F(ReindexTest, RebuildsADeletedDatabaseFromTheDirectories) {
  submit(submissionOf("first", 1, 2), 100);
  finish(1);
  store_.reset();
  for (const char* name : {"workspace.db", "workspace.db-wal", "workspace.db-shm"}) {
    fs::remove(folder_ / name);
  }

  const ReindexReport report = rebuild();

  EXPECT_TRUE(report.problems.empty());
  EXPECT_TRUE(report.old_database.empty());
  EXPECT_EQ(run(1).state, RunState::kFinished);
  EXPECT_EQ(run(1).started_ms, 1000);
  EXPECT_EQ(run(1).ended_ms, 9000);
  EXPECT_EQ(run(1).name, "seed=1");
  EXPECT_EQ(run(1).step, 5);
  const auto attempts = valueOf(store().runs().attempts(runId(1)));
  ASSERT_EQ(attempts.size(), 1U);
  EXPECT_EQ(attempts[0].exit_code, 0);
  EXPECT_EQ(attempts[0].ended_ms, 9000);
  EXPECT_EQ(run(2).state, RunState::kStopped);
  EXPECT_NE(run(2).message.find("had not started"), std::string::npos);
  EXPECT_EQ(valueOf(store().experiments().find("first")).runs.size(), 2U);
}

TEST_F(ReindexTest, ARunWithoutAnEndIsStoppedWhenNothingElseIsKnown) {
  submit(submissionOf("first", 1, 1), 100);
  const EventFileWriter events(folder_.path(), runId(1));
  events.append(openEvent(runId(1), 1));
  events.append(endEvent(1, "stopped"));
  events.append(openEvent(runId(1), 2, 0));
  events.append(lossEvent(2, 1, 0.5));
  store_.reset();
  fs::remove(folder_ / "workspace.db");

  rebuild();

  EXPECT_EQ(run(1).state, RunState::kStopped);
  EXPECT_NE(run(1).message.find("its end is not recorded"), std::string::npos);
  EXPECT_EQ(run(1).attempts, 2);
}

TEST_F(ReindexTest, StatesFollowFromTheLastEnd) {
  submit(submissionOf("first", 1, 3), 100);
  const char* const statuses[] = {"diverged", "failed", "stopped"};
  for (int number = 1; number <= 3; ++number) {
    const EventFileWriter events(folder_.path(), runId(number));
    events.append(openEvent(runId(number), 1));
    events.append(endEvent(1, statuses[number - 1]));
  }

  rebuild();

  EXPECT_EQ(run(1).state, RunState::kDiverged);
  EXPECT_EQ(run(2).state, RunState::kFailed);
  EXPECT_EQ(run(3).state, RunState::kStopped);
  EXPECT_EQ(run(2).message, "failed");
}

TEST_F(ReindexTest, ARunningRunIsStillRunningWithItsProcess) {
  submit(submissionOf("first", 1, 1), 100);
  AttemptRecord attempt;
  attempt.process = {4711, 99, "boot"};
  attempt.started_ms = 50;
  expectOk(store().runs().startAttempt(runId(1), attempt));
  expectOk(store().runs().setState(runId(1), RunState::kRunning, "", 60));
  const EventFileWriter events(folder_.path(), runId(1));
  events.append(openEvent(runId(1), 1));
  follow(1, events);

  rebuild();

  EXPECT_EQ(run(1).state, RunState::kRunning);
  EXPECT_EQ(valueOf(store().runs().lastAttempt(runId(1)))->process, attempt.process);
}

TEST_F(ReindexTest, QueuedRunsStayQueued) {
  submit(submissionOf("first", 1, 2), 100);
  expectOk(store().runs().setState(runId(2), RunState::kPaused, "", 1));

  rebuild();

  EXPECT_EQ(run(1).state, RunState::kQueued);
  EXPECT_EQ(run(2).state, RunState::kPaused);
}

TEST_F(ReindexTest, RemovedRunsDoNotComeBack) {
  submit(submissionOf("first", 1, 2), 100);
  expectOk(store().runs().remove(runId(1)));
  fs::remove_all(paths_.run(runId(1)).folder);

  const ReindexReport report = rebuild();

  EXPECT_EQ(report.runs, 1);
  EXPECT_FALSE(store().runs().get(runId(1)));
  EXPECT_EQ(valueOf(store().experiments().find("first")).runs.size(), 2U);
}

TEST_F(ReindexTest, FindsRunsThatNoExperimentNames) {
  SubmittedRun single = submittedRun(7);
  folder_.write("runs/" + runId(7) + "/spec.yaml", canonicalJson(toJson(single.spec)));

  rebuild();

  EXPECT_EQ(run(7).spec, single.spec);
  EXPECT_EQ(run(7).name, runId(7));
}

TEST_F(ReindexTest, NamesWhatItLeavesOut) {
  submit(submissionOf("first", 1, 1), 100);
  folder_.write("experiments/broken.json", "{");
  folder_.write("runs/" + runId(5) + "/spec.yaml", "{");
  folder_.write("runs/" + runId(6) + "/spec.yaml", canonicalJson(toJson(submittedRun(1).spec)));
  folder_.write("runs/not-a-run/spec.yaml", "never looked at");
  folder_.write("runs/" + runId(1) + "/events.jsonl", "garbage\n");

  const ReindexReport report = rebuild();

  EXPECT_EQ(report.runs, 1);
  ASSERT_EQ(report.problems.size(), 4U);
  EXPECT_NE(report.problems[0].find("broken.json"), std::string::npos);
  EXPECT_NE(report.problems[1].find("events of run " + runId(1)), std::string::npos);
  EXPECT_NE(report.problems[2].find("run " + runId(5)), std::string::npos);
  EXPECT_NE(report.problems[3].find("says run " + runId(1)), std::string::npos);
}

TEST_F(ReindexTest, ReplacesADatabaseThatIsNoDatabaseAndKeepsIt) {
  submit(submissionOf("first", 1, 1), 100);
  store_.reset();
  folder_.write("workspace.db", std::string(5000, 'x'));

  const ReindexReport report = rebuild();

  EXPECT_EQ(report.old_database, folder_ / "workspace.db.old-5000");
  EXPECT_EQ(contentsOf(report.old_database), std::string(5000, 'x'));
  ASSERT_EQ(report.problems.size(), 1U);
  EXPECT_NE(report.problems[0].find("notes, tags and priorities are lost"), std::string::npos);
  EXPECT_EQ(run(1).state, RunState::kStopped);
}

TEST_F(ReindexTest, LeavesTheOldDatabaseInPlaceWhenItFails) {
  submit(submissionOf("first", 1, 1), 100);
  store_.reset();
  const std::string before = contentsOf(folder_ / "workspace.db");
  const std::string in_the_way = "workspace.db.reindex-" + std::to_string(::getpid());
  folder_.write(in_the_way + "/file", "");

  const auto result = reindex(paths_, readJsonSpec, 5000);

  expectError(result, ErrorCode::kAlreadyExists, in_the_way);
  EXPECT_EQ(contentsOf(folder_ / "workspace.db"), before);
}

TEST_F(ReindexTest, PutsAllFilesOfTheOldDatabaseBackWhenOneCannotBeMoved) {
  submit(submissionOf("first", 1, 1), 100);
  store_.reset();
  fs::remove(folder_ / "workspace.db");
  // A folder in the database's place cannot be opened; its log and index could be moved, it cannot.
  folder_.write("workspace.db/file", "");
  folder_.write("workspace.db-wal", "log");
  folder_.write("workspace.db.old-5000-shm/file", "in the way");
  folder_.write("workspace.db-shm", "index");

  const auto result = reindex(paths_, readJsonSpec, 5000);

  expectError(result, ErrorCode::kIo, "workspace.db-shm");
  EXPECT_EQ(contentsOf(folder_ / "workspace.db-wal"), "log");
}

TEST_F(ReindexTest, LeavesNoTemporaryFiles) {
  submit(submissionOf("first", 1, 1), 100);

  rebuild();
  store_.reset();

  for (const auto& entry : fs::directory_iterator(folder_.path())) {
    EXPECT_EQ(entry.path().filename().string().find("reindex"), std::string::npos);
  }
}

}  // namespace
}  // namespace retort::storage
