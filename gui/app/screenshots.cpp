#include "gui/app/screenshots.h"

#include "gui/app/main_window.h"
#include "gui/app/sample_workspace.h"
#include "gui/app/templates.h"
#include "gui/app/theme.h"
#include "gui/models/app_context.h"

#include <QApplication>
#include <QDir>
#include <QFile>
#include <QPixmap>
#include <QTemporaryDir>
#include <QTimer>

#include <cstdio>
#include <memory>
#include <vector>

namespace retort::gui {
namespace {

constexpr QSize kPictureSize(1280, 800);
constexpr int kSettleMs = 2500;  // for reads in the background and for plots
constexpr std::size_t kWatchedRuns = 4;

struct Picture {
  QString page;
  QString theme;

  [[nodiscard]] QString fileName() const {
    return page + (theme == QLatin1String("dark") ? "-dark.png" : ".png");
  }
};

int complain(const QString& sentence) {
  std::fprintf(stderr, "retort-gui: %s\n", qPrintable(sentence));
  return 1;
}

/// Shows one page after the other and takes its picture when it has come to rest.
class Photographer {
 public:
  Photographer(MainWindow& window, QString folder) : window_(window), folder_(std::move(folder)) {
    for (const char* theme : {"light", "dark"}) {
      // The design page last: expanding its grid takes longest, and begins at once.
      for (const char* page : {"runs", "watch", "compare", "design"}) {
        pictures_.push_back({QLatin1String(page), QLatin1String(theme)});
      }
    }
    timer_.setInterval(kSettleMs);
    QObject::connect(&timer_, &QTimer::timeout, &window_, [this] { takeNext(); });
  }

  void start() {
    prepare();
    timer_.start();
  }

 private:
  void prepare() {
    applyTheme(pictures_[next_].theme);
    window_.showPage(pictures_[next_].page);
  }

  void takeNext() {
    const QString file = QDir(folder_).filePath(pictures_[next_].fileName());
    if (!window_.grab().save(file)) {
      timer_.stop();
      QApplication::exit(complain(QStringLiteral("the picture %1 cannot be written").arg(file)));
      return;
    }
    std::printf("%s\n", qPrintable(file));
    if (++next_ == pictures_.size()) {
      QApplication::exit(0);
      return;
    }
    prepare();
  }

  MainWindow& window_;
  QString folder_;
  std::vector<Picture> pictures_;
  std::size_t next_ = 0;
  QTimer timer_;
};

/// The runs that the watch page shows: those that tell most.
void selectSomeRuns(AppContext& context) {
  std::vector<std::string> run_ids;
  for (const RunRecord& run : context.runs()) {
    if (run_ids.size() < kWatchedRuns && run.name.find("seed=2") != std::string::npos &&
        run.state != RunState::kQueued) {
      run_ids.push_back(run.spec.run_id);
    }
  }
  context.selectRuns(std::move(run_ids));
}

}  // namespace

int takeScreenshots(const QString& folder) {
  const QTemporaryDir place;
  if (!place.isValid() || !QDir().mkpath(folder)) {
    return complain(QStringLiteral("the folder %1 cannot be made").arg(folder));
  }
  const QString workspace = place.filePath(QStringLiteral("retort-workspace"));
  if (const Status made = makeSampleWorkspace(workspace.toStdString()); !made) {
    return complain(QString::fromStdString(made.error().message));
  }
  Session session(place.filePath(QStringLiteral("settings.ini")));
  AppContext context(workspace.toStdString());
  MainWindow window(context, session);
  window.resize(kPictureSize);
  window.show();
  QObject::connect(&context, &AppContext::runsRead, &context, [&context] {
    if (context.selectedRuns().empty()) {
      selectSomeRuns(context);
    }
  });
  context.start();
  const QString experiment = place.filePath(QStringLiteral("demo.yaml"));
  if (QFile::copy(QDir(templatesFolder()).filePath(QStringLiteral("demo.yaml")), experiment)) {
    window.openFile(experiment);
  }
  Photographer photographer(window, folder);
  photographer.start();
  return QApplication::exec();
}

}  // namespace retort::gui
