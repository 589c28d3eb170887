#include "storage/experiment_store.h"

#include "tests/storage/store_fixture.h"

namespace retort::storage {
namespace {

class ExperimentStoreTest : public ::testing::Test {
 protected:
  ExperimentStore& experiments() { return store_.experiments(); }

  WorkspaceStore store_ = valueOf(WorkspaceStore::openInMemory());
};

TEST_F(ExperimentStoreTest, KeepsASubmission) {
  Submission submission = submissionOf("losses", 1, 3);
  submission.runs[0].membership.is_needed_only = true;
  submission.runs[0].membership.labels.clear();
  submission.runs[0].membership.seed.reset();

  const AddedExperiment added = valueOf(experiments().add(submission, 50));

  EXPECT_TRUE(added.is_new);
  EXPECT_EQ(added.new_runs, (std::vector<std::string>{runId(1), runId(2), runId(3)}));
  const ExperimentRecord record = valueOf(experiments().find("losses"));
  EXPECT_EQ(record.experiment_id, added.experiment_id);
  EXPECT_EQ(record.file, submission.file);
  EXPECT_EQ(record.text, submission.text);
  EXPECT_EQ(record.report, submission.report);
  EXPECT_EQ(record.created_ms, 50);
  ASSERT_EQ(record.runs.size(), 3U);
  for (std::size_t i = 0; i < record.runs.size(); ++i) {
    EXPECT_EQ(record.runs[i], submission.runs[i].membership);
  }
  EXPECT_EQ(valueOf(experiments().get(added.experiment_id)), record);
}

TEST_F(ExperimentStoreTest, TheSameSubmissionAgainIsTheSameExperiment) {
  const AddedExperiment first = valueOf(experiments().add(submissionOf("e", 1, 2), 1));
  Submission again = submissionOf("e", 1, 2);
  again.file = "/elsewhere/e.yaml";

  const AddedExperiment second = valueOf(experiments().add(again, 2));

  EXPECT_EQ(second.experiment_id, first.experiment_id);
  EXPECT_FALSE(second.is_new);
  EXPECT_TRUE(second.new_runs.empty());
  EXPECT_EQ(valueOf(experiments().list()).size(), 1U);
  EXPECT_EQ(valueOf(experiments().find("e")).file, "/elsewhere/e.yaml");
  EXPECT_EQ(valueOf(experiments().find("e")).created_ms, 1);
}

TEST_F(ExperimentStoreTest, AnExtendedGridSharesTheRunsOfTheOldOne) {
  valueOf(experiments().add(submissionOf("e", 1, 2), 1));
  expectOk(store_.runs().setState(runId(1), RunState::kFinished, "", 5));

  const AddedExperiment extended = valueOf(experiments().add(submissionOf("e", 1, 3), 2));

  EXPECT_TRUE(extended.is_new);
  EXPECT_EQ(extended.new_runs, std::vector<std::string>{runId(3)});
  EXPECT_EQ(valueOf(store_.runs().get(runId(1))).state, RunState::kFinished);
  EXPECT_EQ(valueOf(experiments().find("e")).runs.size(), 3U);
  EXPECT_EQ(valueOf(experiments().list()).size(), 2U);
}

TEST_F(ExperimentStoreTest, TheLatestSubmissionIsTheExperimentOfItsName) {
  const auto small = valueOf(experiments().add(submissionOf("e", 1, 1), 1));
  const auto large = valueOf(experiments().add(submissionOf("e", 1, 2), 2));
  EXPECT_EQ(valueOf(experiments().find("e")).experiment_id, large.experiment_id);

  valueOf(experiments().add(submissionOf("e", 1, 1), 3));

  EXPECT_EQ(valueOf(experiments().find("e")).experiment_id, small.experiment_id);
  EXPECT_EQ(valueOf(experiments().list())[1].experiment_id, large.experiment_id);
}

TEST_F(ExperimentStoreTest, ResubmittingBringsRemovedRunsBack) {
  valueOf(experiments().add(submissionOf("e", 1, 2), 1));
  expectOk(store_.runs().remove(runId(2)));

  const AddedExperiment again = valueOf(experiments().add(submissionOf("e", 1, 2), 2));

  EXPECT_EQ(again.new_runs, std::vector<std::string>{runId(2)});
  EXPECT_EQ(valueOf(store_.runs().get(runId(2))).state, RunState::kQueued);
}

TEST_F(ExperimentStoreTest, ListsWithoutRunsUnlessAsked) {
  valueOf(experiments().add(submissionOf("a", 1, 1), 1));
  valueOf(experiments().add(submissionOf("b", 2, 1), 2));

  const auto brief = valueOf(experiments().list());
  const auto whole = valueOf(experiments().list(true));

  ASSERT_EQ(brief.size(), 2U);
  EXPECT_EQ(brief[0].name, "b");
  EXPECT_TRUE(brief[0].runs.empty());
  EXPECT_TRUE(brief[0].text.empty());
  EXPECT_EQ(whole[0].runs.size(), 1U);
  EXPECT_EQ(whole[1].text, "experiment: a\n");
}

TEST_F(ExperimentStoreTest, FindsTheExperimentsOfARun) {
  valueOf(experiments().add(submissionOf("a", 1, 2), 1));
  valueOf(experiments().add(submissionOf("b", 2, 2), 2));

  const auto of_second = valueOf(experiments().experimentsOf(runId(2)));

  ASSERT_EQ(of_second.size(), 2U);
  EXPECT_EQ(of_second[0].name, "b");
  EXPECT_EQ(of_second[1].name, "a");
  EXPECT_EQ(valueOf(experiments().experimentsOf(runId(3))).size(), 1U);
  EXPECT_TRUE(valueOf(experiments().experimentsOf(runId(9))).empty());
}

TEST_F(ExperimentStoreTest, SuggestsASimilarName) {
  valueOf(experiments().add(submissionOf("attention-losses", 1, 1), 1));

  expectError(experiments().find("attention-loses"),
              ErrorCode::kNotFound,
              "did you mean 'attention-losses'?");
  expectError(experiments().get(77), ErrorCode::kNotFound, "number 77");
}

TEST_F(ExperimentStoreTest, RemovingOneKeepsItsRuns) {
  const auto added = valueOf(experiments().add(submissionOf("e", 1, 2), 1));

  expectOk(experiments().remove(added.experiment_id));

  EXPECT_TRUE(valueOf(experiments().list()).empty());
  EXPECT_EQ(valueOf(store_.runs().list()).size(), 2U);
  expectError(experiments().remove(added.experiment_id), ErrorCode::kNotFound, "number 1");
}

TEST_F(ExperimentStoreTest, NothingIsKeptOfASubmissionThatFails) {
  const Status status = store_.write([&]() -> Status {
    valueOf(experiments().add(submissionOf("e", 1, 2), 1));
    return fail(ErrorCode::kCanceled, "no");
  });

  EXPECT_FALSE(status);
  EXPECT_TRUE(valueOf(experiments().list()).empty());
  EXPECT_TRUE(valueOf(store_.runs().list()).empty());
}

TEST(SubmissionHash, DependsOnAllButThePathOfTheFile) {
  const std::string hash = submissionHash(submissionOf("e", 1, 2));
  Submission moved = submissionOf("e", 1, 2);
  moved.file = "other";
  Submission changed = submissionOf("e", 1, 2);
  changed.report["better"] = "min";

  EXPECT_EQ(hash.size(), 16U);
  EXPECT_EQ(submissionHash(moved), hash);
  EXPECT_NE(submissionHash(changed), hash);
  EXPECT_NE(submissionHash(submissionOf("e", 1, 3)), hash);
}

TEST_F(ExperimentStoreTest, ViewsJoinCellsWithResults) {
  TempFolder folder;
  WorkspaceStore store = valueOf(WorkspaceStore::open(folder.path(), Access::kCreate));
  valueOf(store.experiments().add(submissionOf("demo", 1, 2), 1));
  EventBatch batch;
  batch.run_id = runId(1);
  batch.after.offset = 10;
  batch.events = {eventOf("result", 1, 1, {{"metrics", {{"eval.accuracy", 0.75}}}})};
  expectOk(store.ingest().append(batch));
  auto database = rawDatabase(folder.path());

  const auto rows = valueOf(readAll(
      *database,
      "SELECT labels ->> 'loss', avg(value), min(seed) FROM v_cells JOIN v_results USING (run_id)"
      " WHERE experiment = 'demo' AND metric = 'eval.accuracy' GROUP BY 1",
      [](Statement& row) {
        EXPECT_EQ(row.takeText(), "map");
        EXPECT_EQ(row.takeReal(), 0.75);
        EXPECT_EQ(row.takeInteger(), 1);
        return true;
      }));

  EXPECT_EQ(rows.size(), 1U);
  EXPECT_EQ(countOf(*database, "SELECT count(*) FROM v_cells WHERE experiment = 'demo'"), 2);
  EXPECT_EQ(countOf(*database,
                    "SELECT count(*) FROM v_runs WHERE spec ->> '$.settings.data.task' = 'sst2'"),
            2);
  EXPECT_EQ(
      countOf(*database,
              "SELECT count(*) FROM v_settings WHERE key = 'data.task' AND value ->> '$' = 'sst2'"),
      2);
}

}  // namespace
}  // namespace retort::storage
