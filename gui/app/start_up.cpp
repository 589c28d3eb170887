#include "gui/app/start_up.h"

#include "gui/app/application.h"
#include "gui/app/display.h"
#include "gui/app/main_window.h"
#include "gui/app/screenshots.h"
#include "gui/app/theme.h"
#include "gui/models/app_context.h"
#include "gui/models/icons.h"

#include <QCommandLineParser>
#include <QDir>
#include <QFileInfo>
#include <QProcess>

#include <cstdio>

namespace retort::gui {
namespace {

constexpr int kNoDisplay = 1;
constexpr int kUsage = 64;

struct StartOptions {
  QString workspace;
  QString file;
  QString theme;
  QString screenshots;
};

QString tr(const char* text) {
  return QCoreApplication::translate("StartUp", text);
}

void declare(QCommandLineParser& parser) {
  parser.setApplicationDescription(
      tr("Retort's desktop app: design ablation grids, watch runs, compare and export results.\n"
         "Closing it stops no run."));
  parser.addHelpOption();
  parser.addVersionOption();
  parser.addOption({QStringLiteral("workspace"),
                    tr("The workspace, when a FILE is given, too."),
                    QStringLiteral("FOLDER")});
  parser.addOption({QStringLiteral("theme"),
                    tr("light, dark or system; remembered in the settings unless given."),
                    QStringLiteral("NAME")});
  parser.addOption({QStringLiteral("screenshots"),
                    tr("Write pictures of all pages, with made-up runs, into FOLDER and quit."),
                    QStringLiteral("FOLDER")});
  parser.addPositionalArgument(QStringLiteral("PLACE"),
                               tr("A workspace's folder (default: $RETORT_WORKSPACE or "
                                  "./retort-workspace), or an experiment "
                                  "file to open."),
                               QStringLiteral("[WORKSPACE | FILE.yaml]"));
}

bool isExperimentFile(const QString& place) {
  return QFileInfo(place).isFile() || place.endsWith(QLatin1String(".yaml")) ||
         place.endsWith(QLatin1String(".yml"));
}

/// What is wrong with the arguments; empty: nothing.
QString readOptions(const QCommandLineParser& parser, StartOptions& options) {
  options.workspace = parser.value(QStringLiteral("workspace"));
  options.theme = parser.value(QStringLiteral("theme"));
  options.screenshots = parser.value(QStringLiteral("screenshots"));
  const QStringList places = parser.positionalArguments();
  if (places.size() > 1) {
    return tr("give one WORKSPACE or one FILE.yaml, not %1 arguments").arg(places.size());
  }
  if (!QStringList{QString(), "light", "dark", "system"}.contains(options.theme)) {
    return tr("--theme is \"%1\"; choose light, dark or system").arg(options.theme);
  }
  if (!places.isEmpty() && isExperimentFile(places.first())) {
    options.file = places.first();
  } else if (!places.isEmpty()) {
    if (!options.workspace.isEmpty()) {
      return tr("the workspace is given twice: %1 and %2").arg(options.workspace, places.first());
    }
    options.workspace = places.first();
  }
  if (options.workspace.isEmpty()) {
    const QString from_environment = qEnvironmentVariable("RETORT_WORKSPACE");
    options.workspace =
        from_environment.isEmpty() ? QStringLiteral("retort-workspace") : from_environment;
  }
  return {};
}

int openWindow(Application& application, const StartOptions& options) {
  Session session(Session::defaultFile());
  applyTheme(options.theme.isEmpty() ? session.theme() : options.theme);
  AppContext context(options.workspace.toStdString());
  MainWindow window(context, session);
  QObject::connect(&application, &Application::exceptionCaught, &context, &AppContext::showError);
  QObject::connect(&window, &MainWindow::workspaceRequested, &context, [&](const QString& folder) {
    // A window and its workspace are one process.
    if (!QProcess::startDetached(QCoreApplication::applicationFilePath(),
                                 {QDir(folder).absolutePath()})) {
      context.showError(tr("another window cannot be started: %1").arg(folder));
    }
  });
  window.restoreSession();
  if (!options.file.isEmpty()) {
    window.openFile(options.file);
  }
  window.show();
  context.start();
  if (!session.problem().isEmpty()) {
    context.showError(session.problem());
  }
  return QApplication::exec();
}

}  // namespace

int runDesktopApp(int argc, char** argv) {
  QCommandLineParser parser;
  StartOptions options;
  {
    const QCoreApplication console(argc, argv);  // help, version and errors need no display
    declare(parser);
    parser.process(console);
    const QString problem = readOptions(parser, options);
    if (!problem.isEmpty()) {
      std::fprintf(stderr, "retort-gui: %s\n", qPrintable(problem));
      return kUsage;
    }
  }
  if (!options.screenshots.isEmpty()) {
    qputenv("QT_QPA_PLATFORM", "offscreen");
  }
  if (const auto problem = findDisplayProblem()) {
    std::fprintf(stderr, "retort-gui: %s\n", problem->c_str());
    return kNoDisplay;
  }
  Application application(argc, argv);
  QApplication::setWindowIcon(applicationIcon());
  QGuiApplication::setDesktopFileName(QStringLiteral("retort"));
  return options.screenshots.isEmpty() ? openWindow(application, options)
                                       : takeScreenshots(options.screenshots);
}

}  // namespace retort::gui
