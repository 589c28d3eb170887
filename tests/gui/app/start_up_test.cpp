#include "gui/app/start_up.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>

#include <gtest/gtest.h>

namespace retort::gui {
namespace {

constexpr int kLimitMs = 60'000;

struct Ended {
  int exit_code = -1;
  QString output;
  QString errors;
};

/// The program with a home of its own.
class Program : public testing::Test {
 protected:
  Ended start(const QStringList& arguments, const QMap<QString, QString>& variables = {}) const {
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}) {
      environment.remove(QString::fromUtf8(name));
    }
    environment.insert("HOME", home_.path());
    environment.insert("XDG_CONFIG_HOME", home_.path());
    for (const auto& [name, value] : variables.toStdMap()) {
      environment.insert(name, value);
    }
    QProcess process;
    process.setProcessEnvironment(environment);
    process.setWorkingDirectory(home_.path());
    process.start(QStringLiteral(PROGRAM_DIR "/retort-gui"), arguments);
    if (!process.waitForFinished(kLimitMs)) {
      process.kill();
      process.waitForFinished(kLimitMs);
    }
    return {process.exitCode(),
            QString::fromUtf8(process.readAllStandardOutput()),
            QString::fromUtf8(process.readAllStandardError())};
  }

  QTemporaryDir home_;
};

TEST_F(Program, ExplainsItselfWithoutADisplay) {
  const Ended help = start({"--help"});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_TRUE(help.output.contains("FILE.yaml"));

  const Ended version = start({"--version"});
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_TRUE(version.output.startsWith("retort-gui "));
}

TEST_F(Program, U05SaysInOneSentenceThatThereIsNoDisplay) {
  const Ended ended = start({"workspace"});

  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_TRUE(ended.errors.startsWith("retort-gui: there is no display"));
  EXPECT_EQ(ended.errors.count('\n'), 1);
  EXPECT_FALSE(QDir(home_.filePath("workspace")).exists());
}

TEST_F(Program, SaysInOneSentenceThatTheDisplayDoesNotAnswer) {
  const Ended ended = start({}, {{"DISPLAY", ":987654"}});

  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_EQ(ended.errors.count('\n'), 1);
}

TEST_F(Program, RefusesAWrongCommandLine) {
  EXPECT_EQ(start({"one", "two"}).exit_code, 64);
  EXPECT_EQ(start({"--theme", "pink"}).exit_code, 64);
  EXPECT_EQ(start({"--workspace", "a", "b"}).exit_code, 64);
}

TEST_F(Program, TakesAllPictures) {
  const Ended ended = start({"--screenshots", home_.filePath("pictures")});

  EXPECT_EQ(ended.exit_code, 0) << ended.errors.toStdString();
  const QStringList pictures = QDir(home_.filePath("pictures")).entryList({"*.png"}, QDir::Files);
  EXPECT_EQ(pictures,
            (QStringList{"compare-dark.png",
                         "compare.png",
                         "design-dark.png",
                         "design.png",
                         "runs-dark.png",
                         "runs.png",
                         "watch-dark.png",
                         "watch.png"}));
}

}  // namespace
}  // namespace retort::gui
