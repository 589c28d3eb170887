#include "gui/models/app_context.h"

#include "tests/gui/test_workspace.h"
#include "tests/gui/wait_for.h"

#include <QSignalSpy>

#include <gtest/gtest.h>

namespace retort::gui {
namespace {

TEST(AppContext, ReadsTheRunsWithoutHoldingUpTheWindow) {
  const TestWorkspace workspace;
  auto store = workspace.create();
  TestWorkspace::add(store, "00000000000000aa", "one");
  AppContext context(workspace.folder());
  const QSignalSpy read(&context, &AppContext::runsRead);

  context.start();

  EXPECT_EQ(read.count(), 0);
  EXPECT_TRUE(context.runs().empty());
  ASSERT_TRUE(waitFor([&] { return read.count() == 1; }));
  ASSERT_NE(context.findRun("00000000000000aa"), nullptr);
  EXPECT_EQ(context.findRun("00000000000000aa")->name, "one");
  EXPECT_EQ(context.findRun("00000000000000bb"), nullptr);
}

TEST(AppContext, TellsASelectionOnlyWhenItIsAnother) {
  const TestWorkspace workspace;
  AppContext context(workspace.folder());
  const QSignalSpy selections(&context, &AppContext::selectionChanged);

  context.selectRuns({"a", "b"});
  context.selectRuns({"a", "b"});
  context.selectRuns({});

  EXPECT_EQ(selections.count(), 2);
}

TEST(AppContext, MakesARefusalAMessage) {
  const TestWorkspace workspace;  // nothing in it
  AppContext context(workspace.folder());
  const QSignalSpy messages(&context, &AppContext::messageRaised);
  std::optional<bool> is_done;

  context.request("stop", {{"run_ids", Json::array()}}, [&](bool done) { is_done = done; });

  ASSERT_TRUE(waitFor([&] { return is_done.has_value(); }));
  EXPECT_FALSE(*is_done);
  ASSERT_EQ(messages.count(), 1);
  EXPECT_TRUE(messages.first().at(1).toBool());
}

}  // namespace
}  // namespace retort::gui
