#include "gui/pages/run_list_page.h"

#include "tests/gui/test_workspace.h"

#include <QLabel>
#include <QTableView>

#include <gtest/gtest.h>

namespace retort::gui {
namespace {

QString cell(const RunListPage& page, int row, RunTableModel::Column column) {
  const auto* model = page.findChild<QTableView*>()->model();
  return model->index(row, static_cast<int>(column)).data().toString();
}

TEST(RunListPage, ShowsTheRunsOfAWorkspace) {
  const TestWorkspace workspace;
  auto store = workspace.create();
  TestWorkspace::add(store, "00000000000000aa", "distill=map");

  const RunListPage page(workspace.folder());

  EXPECT_EQ(page.currentWidget(), page.findChild<QTableView*>());
  EXPECT_EQ(cell(page, 0, RunTableModel::Column::kName), "distill=map");
  EXPECT_EQ(cell(page, 0, RunTableModel::Column::kState), "queued");
}

TEST(RunListPage, SaysHowToStartWhenThereAreNoRuns) {
  const TestWorkspace workspace;
  const auto store = workspace.create();

  const RunListPage page(workspace.folder());

  const auto* sentence = qobject_cast<QLabel*>(page.currentWidget());
  ASSERT_NE(sentence, nullptr);
  EXPECT_TRUE(sentence->text().contains("retort run FILE"));
}

TEST(RunListPage, SaysWhyAWorkspaceCannotBeRead) {
  const TestWorkspace workspace;

  const RunListPage page(workspace.folder() / "none");

  const auto* sentence = qobject_cast<QLabel*>(page.currentWidget());
  ASSERT_NE(sentence, nullptr);
  EXPECT_FALSE(sentence->text().isEmpty());
}

}  // namespace
}  // namespace retort::gui
