// Drives the plots offscreen and prints the time of a frame while panning, zooming and hovering
// with 10,000 to 1,000,000 points, the memory, and the time from a committed point to the repainted
// plot. Each line: the least and the median of many frames, in processor time of the thread and on
// the wall.
//   plot_bench [FRAMES]
#include "gui/models/app_context.h"
#include "gui/pages/watch_page.h"
#include "gui/plots/curve_plot.h"
#include "gui/plots/heat_map_plot.h"
#include "tests/bench/measures.h"
#include "tests/gui/metric_writer.h"
#include "tests/gui/test_workspace.h"

#include <QApplication>
#include <QTest>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>
#include <string>
#include <vector>

namespace retort::gui {
namespace {

/// The times of many frames: as the clock on the wall says, and of this thread alone, which is what
/// a machine without other work would need.
class FrameTimes {
 public:
  void measure(const std::function<void()>& frame) {
    const auto wall = std::chrono::steady_clock::now();
    const double cpu = threadMs();
    frame();
    cpu_.push_back(threadMs() - cpu);
    wall_.push_back(millisecondsSince(wall));
  }

  void print(const std::string& what) {
    std::sort(cpu_.begin(), cpu_.end());
    std::sort(wall_.begin(), wall_.end());
    std::printf(
        "%-46s cpu least %7.2f median %7.2f worst %7.2f, wall least %7.2f median %7.2f ms\n",
        what.c_str(),
        cpu_.front(),
        cpu_[cpu_.size() / 2],
        cpu_.back(),
        wall_.front(),
        wall_[wall_.size() / 2]);
    std::fflush(stdout);
  }

 private:
  std::vector<double> cpu_;
  std::vector<double> wall_;
};

/// Losses as they come out of training: falling, noisy, with a spike now and then.
std::vector<Curve> makeCurves(int curves, int points) {
  std::mt19937 random(1);
  std::normal_distribution<double> noise(0, 0.1);
  std::vector<Curve> made;
  for (int c = 0; c < curves; ++c) {
    auto data = std::make_shared<SeriesData>();
    for (int i = 0; i < points; ++i) {
      const double falling = std::exp(-3.0 * i / points) + 0.05 * c;
      const double spike = random() % 5000 == 0 ? 2 : 0;
      data->append({static_cast<double>(i), falling * std::exp(noise(random)) + spike});
    }
    Curve curve;
    curve.id = std::to_string(c);
    curve.name = QStringLiteral("curve %1").arg(c);
    curve.color = seriesColors(c);
    curve.data = data;
    made.push_back(std::move(curve));
  }
  return made;
}

void measureCurves(int curves, int points, int frames, bool is_log = false) {
  const double before = residentMiB();
  CurvePlot plot;
  plot.resize(1280, 720);
  plot.view().setLogY(is_log);
  plot.setCurves(makeCurves(curves, points));
  plot.show();
  QCoreApplication::processEvents();
  plot.replotNow();
  const double span = points;
  const std::string what = std::to_string(curves) + " x " + std::to_string(points) + " points, " +
                           (is_log ? "log, " : "");
  FrameTimes pan;
  for (int frame = 0; frame < frames; ++frame) {
    const double shift = span * 0.2 * frame / frames;
    plot.view().setXRange({shift, shift + span * 0.8});
    pan.measure([&] { plot.replotNow(); });
    QCoreApplication::processEvents();  // the draw that the new range asked for
  }
  pan.print(what + "pan");
  FrameTimes zoom;
  for (int frame = 0; frame < frames; ++frame) {
    const double share = 1 - 0.95 * frame / frames;
    plot.view().setXRange({span / 2 * (1 - share), span / 2 * (1 + share)});
    zoom.measure([&] { plot.replotNow(); });
    QCoreApplication::processEvents();
  }
  zoom.print(what + "zoom");
  plot.view().reset();
  QCoreApplication::processEvents();
  FrameTimes hover;
  QWidget* canvas = plot.focusProxy();
  for (int frame = 0; frame < frames; ++frame) {
    const QPoint place(100 + frame * (canvas->width() - 200) / frames, canvas->height() / 2);
    hover.measure([&] {
      QTest::mouseMove(canvas, place);
      QCoreApplication::processEvents();
    });
  }
  hover.print(what + "hover");
  std::printf(
      "%-50s %.1f MiB more than before\n", (what + "memory").c_str(), residentMiB() - before);
}

void measureHeatMap(int rows, int points, int frames) {
  std::vector<HeatMapRow> data;
  for (Curve& curve : makeCurves(rows, points)) {
    data.push_back({curve.id, curve.data});
  }
  HeatMapPlot plot;
  plot.resize(1280, 720);
  plot.show();
  FrameTimes times;
  for (int frame = 0; frame < frames; ++frame) {
    times.measure([&] {
      plot.setMap(makeHeatMap(data, 1000), HeatScale{});
      plot.replotNow();
    });
  }
  times.print(std::to_string(rows) + " rows x " + std::to_string(points) +
              " points, heat map anew");
}

/// From the commit of a point to the frame that shows it, with the window's own timers.
void measureLatency(int points) {
  const TestWorkspace workspace;
  storage::WorkspaceStore store = workspace.create();
  TestWorkspace::add(store, "run1", "run1");
  MetricWriter writer(store, "run1");
  writer.open(1, -1);
  writer.add(0, "train.loss", 1);
  writer.commit();
  AppContext context(workspace.folder());
  WatchPage page(context, nullptr);
  page.resize(1280, 720);
  page.show();
  context.start();
  context.selectRuns({"run1"});
  CurvePlot* plot = nullptr;
  const bool is_shown = QTest::qWaitFor([&] {
    for (CurvePlot* candidate : page.findChildren<CurvePlot*>()) {
      if (candidate->isVisible() && !candidate->curves().empty()) {
        plot = candidate;
      }
    }
    return plot != nullptr;
  });
  if (!is_shown) {
    std::printf("the page shows no curve\n");
    return;
  }
  FrameTimes times;
  for (int step = 1; step <= points; ++step) {
    bool is_painted = false;
    const auto connection = QObject::connect(plot, &PlotWidget::replotted, plot, [&] {
      is_painted = is_painted || plot->view().xRange().upper >= step;
    });
    QTest::qWait(37 * (step % 7));
    writer.add(step, "train.loss", 1.0 / step);
    times.measure([&] {
      writer.commit();
      if (!QTest::qWaitFor([&] { return is_painted; }, 5000)) {
        std::printf("a point was not painted within 5 s\n");
      }
    });
    QObject::disconnect(connection);
  }
  times.print("from a committed point to the repainted plot");
}

}  // namespace
}  // namespace retort::gui

int main(int argc, char** argv) {
  qputenv("QT_QPA_PLATFORM", "offscreen");
  const QApplication application(argc, argv);
  const int frames = argc > 1 ? std::max(3, std::atoi(argv[1])) : 60;
  namespace gui = retort::gui;
  gui::measureCurves(1, 10'000, frames);
  gui::measureCurves(10, 1'000, frames);
  gui::measureCurves(1, 500'000, frames);
  gui::measureCurves(10, 50'000, frames);
  gui::measureCurves(100, 5'000, frames);
  gui::measureCurves(1, 1'000'000, frames);
  gui::measureCurves(20, 50'000, frames);
  gui::measureCurves(200, 5'000, frames);
  gui::measureCurves(20, 5'000, frames, true);
  gui::measureHeatMap(72, 5'000, std::min(frames, 20));
  gui::measureLatency(20);
  return 0;
}
