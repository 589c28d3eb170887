#include "gui/models/workspace_watch.h"

#include "tests/gui/test_workspace.h"
#include "tests/gui/wait_for.h"

#include <gtest/gtest.h>

namespace retort::gui {
namespace {

class Watch : public testing::Test {
 protected:
  Watch() {
    QObject::connect(&watch_,
                     &WorkspaceWatch::runsRead,
                     [this](const std::vector<RunRecord>& runs) { reads_.push_back(runs); });
    QObject::connect(&watch_, &WorkspaceWatch::readFailed, [this](const QString& reason) {
      failures_.push_back(reason);
    });
  }

  TestWorkspace workspace_;
  WorkspaceWatch watch_{workspace_.folder()};
  std::vector<std::vector<RunRecord>> reads_;
  std::vector<QString> failures_;
};

TEST_F(Watch, SaysOnceThatThereIsNoWorkspace) {
  watch_.poll();
  watch_.poll();

  ASSERT_EQ(failures_.size(), 1U);
  EXPECT_FALSE(failures_[0].isEmpty());
  EXPECT_TRUE(reads_.empty());
}

TEST_F(Watch, FindsAWorkspaceThatIsMadeLater) {
  watch_.poll();
  auto store = workspace_.create();

  watch_.poll();

  ASSERT_EQ(reads_.size(), 1U);
  EXPECT_TRUE(reads_[0].empty());
}

TEST_F(Watch, ReadsAgainOnlyAfterAChange) {
  auto store = workspace_.create();
  TestWorkspace::add(store, "00000000000000aa", "one");
  watch_.poll();
  watch_.poll();
  ASSERT_EQ(reads_.size(), 1U);

  TestWorkspace::add(store, "00000000000000bb", "two");
  watch_.poll();

  ASSERT_EQ(reads_.size(), 2U);
  ASSERT_EQ(reads_[1].size(), 2U);
  EXPECT_EQ(reads_[1][1].name, "two");
}

TEST_F(Watch, GoesOnByItselfOnceStarted) {
  auto store = workspace_.create();
  watch_.start();
  ASSERT_EQ(reads_.size(), 1U);

  TestWorkspace::add(store, "00000000000000aa", "one");

  EXPECT_TRUE(waitFor([this] { return !reads_.back().empty(); }));
}

}  // namespace
}  // namespace retort::gui
