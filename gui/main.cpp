#include "gui/pages/run_list_page.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QMainWindow>

namespace {

/// The workspace named on the command line, else $RETORT_WORKSPACE, else ./retort-workspace.
QString chooseWorkspace(const QStringList& arguments) {
  if (!arguments.isEmpty()) {
    return arguments.first();
  }
  const QString from_environment = qEnvironmentVariable("RETORT_WORKSPACE");
  return from_environment.isEmpty() ? QStringLiteral("retort-workspace") : from_environment;
}

}  // namespace

int main(int argc, char** argv) {
  const QApplication application(argc, argv);
  QApplication::setApplicationName(QStringLiteral("retort-gui"));
  QApplication::setApplicationVersion(QStringLiteral(RETORT_VERSION));

  QCommandLineParser parser;
  parser.setApplicationDescription(QStringLiteral("Shows the runs of a Retort workspace."));
  parser.addHelpOption();
  parser.addVersionOption();
  parser.addPositionalArgument(
      QStringLiteral("WORKSPACE"),
      QStringLiteral("its folder; default: $RETORT_WORKSPACE or ./retort-workspace"),
      QStringLiteral("[WORKSPACE]"));
  parser.process(application);

  const QString workspace = chooseWorkspace(parser.positionalArguments());
  QMainWindow window;
  window.setWindowTitle(QStringLiteral("Retort: %1").arg(workspace));
  window.setCentralWidget(new retort::gui::RunListPage(workspace.toStdString()));
  constexpr int kWidth = 1000;
  constexpr int kHeight = 600;
  window.resize(kWidth, kHeight);
  window.show();
  return QApplication::exec();
}
