#include "storage/submission_copy.h"

#include "tests/storage/store_fixture.h"

namespace retort::storage {
namespace {

class SubmissionCopyTest : public ::testing::Test {
 protected:
  TempFolder folder_;
  WorkspacePaths paths_{folder_.path()};
};

TEST_F(SubmissionCopyTest, ReadsBackWhatWasSaved) {
  const Submission submission = submissionOf("losses", 1, 3);

  const auto file = valueOf(saveSubmissionCopy(paths_, submission, 100));

  EXPECT_EQ(file.filename(), "losses-" + submissionHash(submission) + ".json");
  EXPECT_EQ(valueOf(readSubmissionCopy(file)), (SubmissionCopy{submission, 100, 100}));
}

TEST_F(SubmissionCopyTest, SubmittingAgainChangesOnlyTheTime) {
  const Submission submission = submissionOf("losses", 1, 1);
  valueOf(saveSubmissionCopy(paths_, submission, 100));

  const auto file = valueOf(saveSubmissionCopy(paths_, submission, 300));

  EXPECT_EQ(valueOf(readSubmissionCopy(file)), (SubmissionCopy{submission, 100, 300}));
}

TEST_F(SubmissionCopyTest, NamesNeverLeaveTheFolder) {
  for (const std::string name : {"../../evil", "/etc/passwd", ".", "..", "", "a b\nc", "ä\x01"}) {
    const auto file = valueOf(saveSubmissionCopy(paths_, submissionOf(name, 1, 1), 1));
    EXPECT_EQ(file.parent_path(), paths_.experiments());
    EXPECT_EQ(valueOf(readSubmissionCopy(file)).submission.experiment, name);
  }
}

TEST_F(SubmissionCopyTest, LongNamesAreCut) {
  const auto file =
      valueOf(saveSubmissionCopy(paths_, submissionOf(std::string(5000, 'n'), 1, 1), 1));

  EXPECT_LT(file.filename().string().size(), 100U);
}

TEST_F(SubmissionCopyTest, ListsInTheOrderOfSubmissionAndNamesWhatItCannotRead) {
  valueOf(saveSubmissionCopy(paths_, submissionOf("a", 1, 1), 300));
  valueOf(saveSubmissionCopy(paths_, submissionOf("b", 1, 1), 100));
  folder_.write("experiments/broken.json", "{");
  folder_.write("experiments/other.json", "[1]");
  folder_.write("experiments/notes.txt", "not looked at");
  std::vector<std::string> problems;

  const auto copies = readSubmissionCopies(paths_, problems);

  ASSERT_EQ(copies.size(), 2U);
  EXPECT_EQ(copies[0].submission.experiment, "b");
  EXPECT_EQ(copies[1].submission.experiment, "a");
  ASSERT_EQ(problems.size(), 2U);
  EXPECT_NE(problems[0].find("broken.json"), std::string::npos);
  EXPECT_NE(problems[1].find("other.json: not a copy"), std::string::npos);
}

TEST_F(SubmissionCopyTest, AMissingFolderHoldsNothing) {
  std::vector<std::string> problems;

  EXPECT_TRUE(readSubmissionCopies(paths_, problems).empty());
  EXPECT_TRUE(problems.empty());
}

}  // namespace
}  // namespace retort::storage
