#include "gui/models/workspace_watch.h"

#include "tests/gui/test_workspace.h"
#include "tests/gui/wait_for.h"

#include <gtest/gtest.h>

namespace retort::gui {
namespace {

constexpr int kSeveralLooksMs = 700;

class Watch : public testing::Test {
 protected:
  Watch() {
    QObject::connect(&watch_, &WorkspaceWatch::runsRead, [this](const SharedRuns& runs) {
      reads_.push_back(runs->runs());
    });
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
  watch_.start();
  ASSERT_TRUE(waitFor([this] { return !failures_.empty(); }));
  QTest::qWait(kSeveralLooksMs);

  ASSERT_EQ(failures_.size(), 1U);
  EXPECT_FALSE(failures_[0].isEmpty());
  EXPECT_TRUE(reads_.empty());
}

TEST_F(Watch, FindsAWorkspaceThatIsMadeLater) {
  watch_.start();
  ASSERT_TRUE(waitFor([this] { return !failures_.empty(); }));
  auto store = workspace_.create();

  ASSERT_TRUE(waitFor([this] { return !reads_.empty(); }));
  EXPECT_TRUE(reads_[0].empty());
}

TEST_F(Watch, ReadsAgainOnlyAfterAChange) {
  auto store = workspace_.create();
  TestWorkspace::add(store, "00000000000000aa", "one");
  watch_.start();
  ASSERT_TRUE(waitFor([this] { return !reads_.empty(); }));
  QTest::qWait(kSeveralLooksMs);
  ASSERT_EQ(reads_.size(), 1U);

  TestWorkspace::add(store, "00000000000000bb", "two");

  ASSERT_TRUE(waitFor([this] { return reads_.size() == 2; }));
  ASSERT_EQ(reads_[1].size(), 2U);
  EXPECT_EQ(reads_[1][1].name, "two");
}

}  // namespace
}  // namespace retort::gui
