#include "gui/models/run_details.h"

#include "gui/app/sample_workspace.h"
#include "tests/gui/test_workspace.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace retort::gui {
namespace {

QString valueOf(const std::vector<QStringList>& rows, const QString& name) {
  const auto row = std::ranges::find(rows, name, [](const auto& r) { return r.value(0); });
  return row == rows.end() ? QStringLiteral("(none)") : row->value(1);
}

TEST(RunDetails, TellEverythingAboutARun) {
  const TestWorkspace workspace;
  ASSERT_TRUE(makeSampleWorkspace(workspace.folder()));
  auto store = workspace.create();
  storage::RunFilter filter;
  filter.states = {RunState::kDiverged};
  const auto runs = store.runs().list(filter);
  ASSERT_TRUE(runs && !runs->empty());

  const auto details = loadRunDetails(store, runs->front().spec.run_id);

  ASSERT_TRUE(details) << details.error().message;
  EXPECT_EQ(valueOf(overviewRows(*details), "State"), "diverged");
  EXPECT_EQ(valueOf(overviewRows(*details), "Experiment"), "ternary-attention-losses");
  EXPECT_EQ(valueOf(settingRows(*details), "train.batch"), "32");
  EXPECT_EQ(valueOf(environmentRows(*details), "device"), "cpu");
  ASSERT_EQ(attemptRows(*details).size(), 1U);
  EXPECT_EQ(attemptRows(*details).front().value(3), "exit code 2");
  const auto events = eventRows(*details);
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events.front().value(2), "open");
  EXPECT_EQ(events.back().value(2), "phase");
}

TEST(RunDetails, OfARunThatIsNotThereAreAnError) {
  const TestWorkspace workspace;
  auto store = workspace.create();

  const auto details = loadRunDetails(store, "0000000000000000");

  ASSERT_FALSE(details);
  EXPECT_EQ(details.error().code, ErrorCode::kNotFound);
}

TEST(RunDetails, NameTheSignalThatEndedAnAttempt) {
  RunDetails details;
  AttemptRecord attempt;
  attempt.ended_ms = 1;
  attempt.signal = 9;
  details.attempts = {attempt};

  EXPECT_EQ(attemptRows(details).front().value(3), "signal 9 (SIGKILL)");
}

}  // namespace
}  // namespace retort::gui
