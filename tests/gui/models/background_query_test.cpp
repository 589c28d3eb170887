#include "gui/models/background_query.h"

#include "tests/gui/test_workspace.h"
#include "tests/gui/wait_for.h"

#include <gtest/gtest.h>

#include <atomic>

namespace retort::gui {
namespace {

TEST(BackgroundQuery, ReadsInAnotherThreadAndAnswersInThisOne) {
  const TestWorkspace workspace;
  const auto store = workspace.create();
  BackgroundQuery query(workspace.folder());
  QThread* const here = QThread::currentThread();
  QThread* read_in = nullptr;
  QThread* answered_in = nullptr;

  query.run<int>(
      [&read_in](storage::WorkspaceStore&) -> Result<int> {
        read_in = QThread::currentThread();
        return 7;
      },
      [&](const Result<int>& answer) {
        EXPECT_EQ(*answer, 7);
        answered_in = QThread::currentThread();
      });

  ASSERT_TRUE(waitFor([&] { return answered_in != nullptr; }));
  EXPECT_NE(read_in, here);
  EXPECT_EQ(answered_in, here);
  EXPECT_FALSE(query.isBusy());
}

TEST(BackgroundQuery, AnswersOnlyTheNewest) {
  const TestWorkspace workspace;
  const auto store = workspace.create();
  BackgroundQuery query(workspace.folder());
  std::vector<int> answers;
  for (int i = 0; i < 5; ++i) {
    query.run<int>([i](storage::WorkspaceStore&) -> Result<int> { return i; },
                   [&](const Result<int>& answer) { answers.push_back(*answer); });
  }

  ASSERT_TRUE(waitFor([&] { return !query.isBusy(); }));
  EXPECT_EQ(answers, std::vector{4});
}

TEST(BackgroundQuery, TellsThatThereIsNoWorkspace) {
  const TestWorkspace workspace;
  BackgroundQuery query(workspace.folder());
  std::optional<Error> error;

  query.run<int>([](storage::WorkspaceStore&) -> Result<int> { return 1; },
                 [&](const Result<int>& answer) { error = answer.error(); });

  ASSERT_TRUE(waitFor([&] { return error.has_value(); }));
  EXPECT_EQ(error->code, ErrorCode::kNotFound);
}

TEST(BackgroundQuery, EndsWithoutAnswer) {
  const TestWorkspace workspace;
  const auto store = workspace.create();
  bool is_answered = false;
  {
    BackgroundQuery query(workspace.folder());
    query.run<int>([](storage::WorkspaceStore&) -> Result<int> { return 1; },
                   [&](const Result<int>&) { is_answered = true; });
  }
  QCoreApplication::processEvents();

  EXPECT_FALSE(is_answered);
}

}  // namespace
}  // namespace retort::gui
