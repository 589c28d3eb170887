#include "gui/app/screenshots.h"

#include "gui/app/main_window.h"
#include "gui/app/sample_workspace.h"
#include "gui/app/templates.h"
#include "gui/app/theme.h"
#include "gui/models/app_context.h"
#include "gui/plots/plot_widget.h"

#include <QApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QPixmap>
#include <QTableView>
#include <QTemporaryDir>
#include <QTimer>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <vector>

namespace retort::gui {
namespace {

constexpr QSize kPictureSize(1280, 800);
constexpr int kLookEveryMs = 50;
constexpr int kRestMs = 300;         // without painting: nothing is on its way any more
constexpr int kPatienceMs = 10'000;  // then as it is: without a trainer a grid is not expanded
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

/// Tables have rows, and plots something to draw.
bool hasContent(const QWidget& window) {
  const auto is_empty_plot = [](const PlotWidget* plot) {
    return plot->isVisible() && plot->isEmpty();
  };
  const auto is_filled_table = [](const QTableView* table) {
    return table->isVisible() && table->model() != nullptr && table->model()->rowCount() > 0;
  };
  const auto is_drawn_plot = [](const PlotWidget* plot) {
    return plot->isVisible() && plot->replotCount() > 0;
  };
  const auto plots = window.findChildren<PlotWidget*>();
  return std::ranges::none_of(plots, is_empty_plot) &&
         (std::ranges::any_of(plots, is_drawn_plot) ||
          std::ranges::any_of(window.findChildren<QTableView*>(), is_filled_table));
}

/// Shows one page after the other and takes its picture when it shows its content and has come to
/// rest.
class Photographer final : public QObject {
 public:
  Photographer(MainWindow& window, QString folder) : window_(window), folder_(std::move(folder)) {
    for (const char* theme : {"light", "dark"}) {
      // The design page last: expanding its grid takes longest, and begins at once.
      for (const char* page : {"runs", "watch", "compare", "design"}) {
        pictures_.push_back({QLatin1String(page), QLatin1String(theme)});
      }
    }
    timer_.setInterval(kLookEveryMs);
    connect(&timer_, &QTimer::timeout, this, &Photographer::look);
    QCoreApplication::instance()->installEventFilter(this);
  }

  void start() {
    prepare();
    timer_.start();
  }

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override {
    if (event->type() == QEvent::Paint) {
      since_painted_.start();
    }
    return QObject::eventFilter(watched, event);
  }

 private:
  void prepare() {
    applyTheme(pictures_[next_].theme);
    window_.showPage(pictures_[next_].page);
    since_shown_.start();
    since_painted_.start();
  }

  void look() {
    const bool is_there = since_painted_.elapsed() >= kRestMs && hasContent(window_);
    if (is_there || since_shown_.elapsed() >= kPatienceMs) {
      takeNext();
    }
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
      timer_.stop();
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
  QElapsedTimer since_shown_;
  QElapsedTimer since_painted_;
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
