// Drives every page of the window offscreen and prints, for each thing that a user or the workspace
// does, the longest time for which one event held the GUI thread. No event may take longer than a
// frame, 16 ms. At first it prints the time until the list of runs is there, and the memory.
//   page_bench [RUNS…]     default: 1000 10000
#include "gui/app/main_window.h"
#include "gui/models/app_context.h"
#include "gui/pages/design_yaml_view.h"
#include "gui/pages/run_table_view.h"
#include "gui/pages/watch_page.h"
#include "gui/plots/heat_map_plot.h"
#include "tests/bench/bench_workspace.h"
#include "tests/bench/event_blocks.h"
#include "tests/gui/design_fixture.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHeaderView>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSlider>
#include <QTabBar>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace retort::gui {
namespace {

constexpr double kFrameMs = 16;

/// A window on a workspace, and what is measured in it.
class PageBench {
 public:
  PageBench(BlockingApplication& application, int runs)
      : application_(application),
        runs_(runs),
        workspace_(runs),
        writer_(workspace_.folder()) {}

  void measureAll() {
    openWindow();
    measureRuns();
    measureWatch();
    measureCompare();
    measureDesign();
    window_.reset();
    context_.reset();
  }

 private:
  using Act = std::function<void()>;

  /// Does it some times; each time all that follows from it counts.
  void measure(const std::string& what, int times, const Act& act, int settle_ms = 250) {
    std::vector<EventBlock> blocks;
    for (int i = 0; i < times; ++i) {
      static_cast<void>(application_.take());
      application_.time("the call itself", act);
      QTest::qWait(settle_ms);
      blocks.push_back(application_.take());
    }
    print(what, std::move(blocks));
  }

  void print(const std::string& what, std::vector<EventBlock> blocks) const {
    const auto least_wall = [](const EventBlock& a, const EventBlock& b) {
      return a.wall_ms < b.wall_ms;
    };
    const double wall = std::min_element(blocks.begin(), blocks.end(), least_wall)->wall_ms;
    std::sort(blocks.begin(), blocks.end(), [](const EventBlock& a, const EventBlock& b) {
      return a.cpu_ms < b.cpu_ms;
    });
    const EventBlock& median = blocks[blocks.size() / 2];
    std::printf(
        "%6d runs  %-46s longest block: cpu least %7.1f median %7.1f, wall least %7.1f ms%s\n",
        runs_,
        what.c_str(),
        blocks.front().cpu_ms,
        median.cpu_ms,
        wall,
        median.cpu_ms > kFrameMs ? ("   OVER: " + median.what).c_str() : "");
    std::fflush(stdout);
  }

  void measureLive(const std::string& what) {
    writer_.setWriting(true);
    QTest::qWait(600);
    measure(
        what + ", data arrive", 5, [] {}, 1000);
    writer_.setWriting(false);
    QTest::qWait(600);
  }

  void openWindow() {
    const auto start = std::chrono::steady_clock::now();
    const double cpu = threadMs();
    context_ = std::make_unique<AppContext>(workspace_.folder());
    session_ = std::make_unique<Session>(settings_.filePath("settings.ini"));
    window_ = std::make_unique<MainWindow>(*context_, *session_);
    window_->resize(1600, 1000);
    window_->showPage("runs");
    window_->show();
    static_cast<void>(application_.take());
    application_.time("the call itself", [&] { context_->start(); });
    const auto* table = window_->findChild<RunTableView*>();
    EXPECT_TRUE(waitUntil([&] { return table->model()->rowCount() == runs_; }));
    QCoreApplication::processEvents();
    std::printf("%6d runs  start: the list is there after cpu %.1f, wall %.1f ms; %.1f MiB\n",
                runs_,
                threadMs() - cpu,
                millisecondsSince(start),
                residentMiB());
    QTest::qWait(3000);
    print("open the workspace", {application_.take()});
  }

  void measureRuns() {
    auto* table = window_->findChild<RunTableView*>();
    QScrollBar* bar = table->verticalScrollBar();
    int place = 0;
    measure(
        "runs: scroll", 20, [&] { bar->setValue(place += bar->maximum() / 25); }, 30);
    int column = 0;
    measure("runs: sort by a column", 9, [&] {
      table->horizontalHeader()->setSortIndicator(column++, Qt::DescendingOrder);
    });
    table->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    auto* filter = window_->findChild<QLineEdit*>("filter");
    const QString typed = "freeze=ov eval.accuracy>0.55";
    int letters = 0;
    measure(
        "runs: type a filter",
        static_cast<int>(typed.size()),
        [&] { filter->setText(typed.left(++letters)); },
        60);
    measure("runs: clear the filter", 1, [&] { filter->clear(); });
    measure("runs: select all", 3, [&] {
      table->clearSelection();
      table->selectAll();
    });
    int row = 0;
    measure("runs: select one", 10, [&] { table->selectRow(row += 7); });
    measureLive("runs");
    std::vector<EventBlock> blocks;
    for (int priority = 1; priority <= 3; ++priority) {
      changeAll(priority);
      static_cast<void>(application_.take());
      QTest::qWait(1500);
      blocks.push_back(application_.take());
    }
    print("runs: every run changes", std::move(blocks));
  }

  void changeAll(int priority) {
    EXPECT_TRUE(workspace_.store().write([&]() -> Status {
      for (int run = 0; run < runs_; ++run) {
        EXPECT_TRUE(workspace_.store().runs().setPriority(BenchWorkspace::runId(run), priority));
      }
      return {};
    }));
  }

  void measureWatch() {
    context_->selectRuns({});
    window_->showPage("watch");
    auto* page = window_->findChild<WatchPage*>();
    std::vector<std::string> live;
    for (int run = 0; run < BenchWorkspace::kLiveRuns; ++run) {
      live.push_back(BenchWorkspace::runId(run));
    }
    page->showPanel(0);
    measure(
        "watch: select 20 runs, losses", 1, [&] { context_->selectRuns(live); }, 3000);
    measureLive("watch: losses");
    measure(
        "watch: open gradients of 20 runs", 1, [&] { page->showPanel(1); }, 4000);
    chooseView("Curves");
    measureLive("watch: gradient curves");
    measureDisplay(*page);
    chooseView("By depth");
    measureLive("watch: gradients by depth");
    context_->selectRuns({live.front()});
    QTest::qWait(500);
    measure(
        "watch: open the heat map", 1, [&] { chooseView("Heat map"); }, 1000);
    measureLive("watch: heat map 72 x 5000");
    page->showPanel(3);
    measureLive("watch: signal");
    for (int panel = 0; panel < page->panelCount(); ++panel) {
      measure(
          "watch: switch to panel " + std::to_string(panel), 1, [&] { page->showPanel(panel); });
    }
    page->showPanel(0);
  }

  void measureDisplay(WatchPage& page) {
    auto* smoothing = page.findChild<QSlider*>();
    int position = 10;
    measure(
        "watch: move the smoothing", 5, [&] { smoothing->setValue(position += 3); }, 500);
    smoothing->setValue(0);
    measure("watch: logarithmic and back", 4, [&] { page.findChild<QCheckBox*>()->toggle(); });
  }

  void chooseView(const QString& view) {
    for (auto* box : window_->findChild<WatchPage*>()->findChildren<QComboBox*>()) {
      const int index = box->findText(view);
      if (index >= 0 && box->isVisible()) {
        box->setCurrentIndex(index);
        Q_EMIT box->activated(index);
      }
    }
  }

  void measureCompare() {
    measure(
        "compare: show", 1, [&] { window_->showPage("compare"); }, 4000);
    auto* page = window_->findChild<QWidget*>("compare");
    auto* kinds = page->findChild<QTabBar*>();
    for (int kind = 0; kind < kinds->count(); ++kind) {
      measure(
          "compare: figure " + std::to_string(kind),
          1,
          [&] { kinds->setCurrentIndex(kind); },
          3000);
    }
    kinds->setCurrentIndex(0);
    QTest::qWait(2000);
    auto* table = page->findChild<QTableView*>();
    for (auto* candidate : page->findChildren<QTableView*>()) {
      table = candidate->accessibleName() == "Comparison" ? candidate : table;
    }
    int column = 0;
    measure("compare: sort", 3, [&] { table->sortByColumn(column++, Qt::AscendingOrder); });
    measureLive("compare");
  }

  void measureDesign() {
    window_->showPage("design");
    const auto file = trainer_.path("grid.yaml");
    EXPECT_TRUE(writeFileAtomically(
        file,
        "experiment: e\nbase: {phase: finetune, model: {init: random}}\ngrid:\n  train.batch: "
        "{range: [1, " +
            std::to_string(runs_ / 100) + ", 1]}\n  train.epochs: {range: [1, 100, 1]}\n"));
    QPushButton* start = nullptr;
    for (auto* button : window_->findChildren<QPushButton*>()) {
      start = QString(button->text()).remove('&') == "Start" ? button : start;
    }
    const auto settle = [&] {
      EXPECT_TRUE(waitUntil([&] { return start->isEnabled(); }));
    };
    static_cast<void>(application_.take());
    application_.time("the call itself",
                      [&] { window_->openFile(QString::fromStdString(file.string())); });
    settle();
    QTest::qWait(1000);
    print("design: open a grid of as many runs", {application_.take()});
    auto* text = window_->findChild<DesignYamlView*>();
    text->moveCursor(QTextCursor::End);
    measure(
        "design: type in the text", 10, [&] { text->insertPlainText("#"); }, 20);
    settle();
    QTest::qWait(500);
    QTableView* preview = nullptr;
    for (auto* table : window_->findChildren<QTableView*>()) {
      preview = table->accessibleName() == "Runs of the experiment" ? table : preview;
    }
    int place = 0;
    QScrollBar* bar = preview->verticalScrollBar();
    measure(
        "design: scroll the preview", 20, [&] { bar->setValue(place += bar->maximum() / 25); }, 30);
    static_cast<void>(application_.take());
    application_.time("the call itself", [&] {
      QAbstractItemModel* model = preview->model();
      model->setData(model->index(3, 0), Qt::Unchecked, Qt::CheckStateRole);
    });
    QTest::qWait(200);
    settle();
    QTest::qWait(1000);
    print("design: exclude a cell", {application_.take()});
    measureLive("design");
    measure(
        "design: start", 1, [&] { start->click(); }, 3000);
  }

  BlockingApplication& application_;
  int runs_;
  QTemporaryDir settings_;
  SampleTrainer trainer_;
  BenchWorkspace workspace_;
  LiveWriter writer_;
  std::unique_ptr<AppContext> context_;
  std::unique_ptr<Session> session_;
  std::unique_ptr<MainWindow> window_;
};

}  // namespace
}  // namespace retort::gui

int main(int argc, char** argv) {
  qputenv("QT_QPA_PLATFORM", "offscreen");
  retort::gui::BlockingApplication application(argc, argv);
  std::vector<int> sizes;
  for (int i = 1; i < argc; ++i) {
    sizes.push_back(std::max(100, std::atoi(argv[i])));
  }
  for (const int runs : sizes.empty() ? std::vector{1000, 10'000} : sizes) {
    retort::gui::PageBench(application, runs).measureAll();
  }
  return 0;
}
