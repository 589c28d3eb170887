#include "gui/models/session.h"

#include <QFile>
#include <QTemporaryDir>

#include <gtest/gtest.h>

namespace retort::gui {
namespace {

class SessionFile : public testing::Test {
 protected:
  void write(const QByteArray& bytes) const {
    QFile file(path_);
    ASSERT_TRUE(file.open(QIODevice::WriteOnly));
    file.write(bytes);
  }

  QTemporaryDir folder_;
  QString path_ = folder_.filePath("settings.ini");
};

TEST_F(SessionFile, IsEmptyAtFirst) {
  const Session session(path_);

  EXPECT_EQ(session.problem(), "");
  EXPECT_EQ(session.load("/w").page, "");
  EXPECT_EQ(session.theme(), "system");
  EXPECT_TRUE(session.recentFiles().isEmpty());
}

TEST_F(SessionFile, RemembersEachWorkspaceAlone) {
  SessionState state;
  state.page = "compare";
  state.selected_runs = {"00000000000000aa"};
  state.open_file = "/w/ä=;\n.yaml";
  state.runs = {{"filter", "a \"b\" %1 \\x,"}};
  state.watch = {{"panel", 2}};
  Session(path_).save("/one", state);

  const Session session(path_);

  EXPECT_EQ(session.load("/one").page, "compare");
  EXPECT_EQ(session.load("/one").selected_runs, state.selected_runs);
  EXPECT_EQ(session.load("/one").open_file, state.open_file);
  EXPECT_EQ(session.load("/one").runs, state.runs);
  EXPECT_EQ(session.load("/one").watch, state.watch);
  EXPECT_EQ(session.load("/two").page, "");
}

TEST_F(SessionFile, U04IsSetAsideWhenItIsDamaged) {
  const QByteArray garbage = QByteArray::fromHex("00ff5b1b07de00adbeef");
  write(garbage);

  Session session(path_);
  session.setTheme("dark");

  EXPECT_TRUE(session.problem().contains(path_));
  EXPECT_EQ(session.theme(), "dark");
  QFile backup(path_ + ".broken");
  ASSERT_TRUE(backup.open(QIODevice::ReadOnly));
  EXPECT_EQ(backup.readAll(), garbage);
}

TEST_F(SessionFile, IgnoresValuesOfAnotherKind) {
  write("[General]\ntheme=42\nrecent=@Invalid()\n[window]\ngeometry=x\n");

  const Session session(path_);

  EXPECT_EQ(session.problem(), "");
  EXPECT_EQ(session.theme(), "system");
  EXPECT_TRUE(session.recentFiles().isEmpty());
}

TEST_F(SessionFile, KeepsTheLastFilesThatAreStillThere) {
  Session session(path_);
  const QString kept = folder_.filePath("kept.yaml");
  QFile file(kept);
  ASSERT_TRUE(file.open(QIODevice::WriteOnly));
  session.addRecentFile(folder_.filePath("gone.yaml"));
  session.addRecentFile(kept);
  session.addRecentFile(kept);

  EXPECT_EQ(session.recentFiles(), QStringList{kept});
}

TEST(FitToScreens, LeavesWhatCanBeSeen) {
  const QRect window(100, 100, 800, 600);

  EXPECT_EQ(fitToScreens(window, {QRect(0, 0, 1920, 1080)}), window);
  EXPECT_EQ(fitToScreens(window, {}), window);
}

TEST(FitToScreens, U02BringsBackWhatWasOnAScreenThatWent) {
  const QRect screen(0, 0, 1280, 720);

  const QRect fitted = fitToScreens(QRect(2500, 300, 800, 600), {screen});

  EXPECT_TRUE(screen.contains(fitted));
  EXPECT_EQ(fitted.size(), QSize(800, 600));
}

TEST(FitToScreens, KeepsTheTitleReachable) {
  const QRect screen(0, 0, 1280, 720);

  EXPECT_TRUE(screen.contains(fitToScreens(QRect(100, -400, 800, 600), {screen})));
}

TEST(FitToScreens, NeitherShrinksToNothingNorExceedsTheScreen) {
  const QRect screen(0, 0, 1280, 720);

  EXPECT_GE(fitToScreens(QRect(10, 10, 1, 1), {screen}).width(), 300);
  EXPECT_LE(fitToScreens(QRect(0, 0, 9000, 9000), {screen}).height(), 720);
}

}  // namespace
}  // namespace retort::gui
