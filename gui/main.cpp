#include "gui/app/main_window.h"
#include "gui/models/app_context.h"

#include <QApplication>
#include <QCommandLineParser>

#include <cstdio>

namespace {

/// The workspace named on the command line, else $RETORT_WORKSPACE, else ./retort-workspace.
QString chooseWorkspace(const QStringList& arguments) {
  if (!arguments.isEmpty()) {
    return arguments.first();
  }
  const QString from_environment = qEnvironmentVariable("RETORT_WORKSPACE");
  return from_environment.isEmpty() ? QStringLiteral("retort-workspace") : from_environment;
}

void configure(QCommandLineParser& parser) {
  parser.setApplicationDescription(QStringLiteral("Shows the runs of a Retort workspace."));
  parser.addHelpOption();
  parser.addVersionOption();
  parser.addPositionalArgument(
      QStringLiteral("WORKSPACE"),
      QStringLiteral("its folder; default: $RETORT_WORKSPACE or ./retort-workspace"),
      QStringLiteral("[WORKSPACE]"));
}

bool hasDisplay() {
  return qEnvironmentVariableIsSet("QT_QPA_PLATFORM") || qEnvironmentVariableIsSet("DISPLAY") ||
         qEnvironmentVariableIsSet("WAYLAND_DISPLAY");
}

}  // namespace

int main(int argc, char** argv) {
  QCoreApplication::setApplicationName(QStringLiteral("retort-gui"));
  QCoreApplication::setApplicationVersion(QStringLiteral(RETORT_VERSION));
  QCommandLineParser parser;
  configure(parser);
  {
    const QCoreApplication console(argc, argv);  // help and version need no display
    parser.process(console);
  }
  if (!hasDisplay()) {
    std::fputs(
        "retort-gui: there is no display: neither DISPLAY nor WAYLAND_DISPLAY is set "
        "(over ssh: ssh -X). \"retort watch\" shows runs in a terminal.\n",
        stderr);
    return 1;
  }

  const QApplication application(argc, argv);
  const QString workspace = chooseWorkspace(parser.positionalArguments());
  retort::gui::AppContext context(workspace.toStdString());
  retort::gui::MainWindow window(context);
  constexpr int kWidth = 1000;
  constexpr int kHeight = 600;
  window.resize(kWidth, kHeight);
  window.show();
  context.start();
  return QApplication::exec();
}
