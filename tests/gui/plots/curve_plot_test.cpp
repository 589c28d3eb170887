#include "gui/plots/curve_plot.h"

#include "gui/plots/depth_plot.h"
#include "gui/plots/plot_link.h"
#include "tests/gui/plots/plot_test_tools.h"

#include <QSignalSpy>
#include <QTest>

#include <gtest/gtest.h>

#include <cmath>

namespace retort::gui {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::vector<Sample> rising(int count) {
  std::vector<Sample> samples;
  for (int i = 0; i < count; ++i) {
    samples.push_back({static_cast<double>(i), i * 0.5});
  }
  return samples;
}

QWidget* canvasOf(CurvePlot& plot) {
  return plot.focusProxy();
}

TEST(CurvePlotTest, ShowsEverythingWhileFollowing) {
  CurvePlot plot;
  const auto data = std::make_shared<SeriesData>(rising(101));
  Curve curve = makeCurve("a", {});
  curve.data = data;
  plot.setCurves({curve});
  pictureOf(plot);
  EXPECT_EQ(plot.view().xRange(), (AxisRange{0, 100}));
  EXPECT_LT(plot.view().yRange().lower, 0);
  EXPECT_GT(plot.view().yRange().upper, 50);
  data->append({200, 1000});
  plot.dataChanged();
  plot.replotNow();
  EXPECT_EQ(plot.view().xRange(), (AxisRange{0, 200}));
  EXPECT_GT(plot.view().yRange().upper, 1000);
}

TEST(CurvePlotTest, DrawsTheCurve) {
  CurvePlot plot;
  const int before = countPixels(pictureOf(plot), seriesColor(0, false));
  plot.setCurves({makeCurve("a", rising(1000))});
  const QImage image = pictureOf(plot);
  EXPECT_EQ(before, 0);
  EXPECT_GT(countPixels(image, seriesColor(0, false)), 100);
  plot.setCurveVisible("a", false);
  EXPECT_EQ(countPixels(pictureOf(plot), seriesColor(0, false)), 0);
}

TEST(CurvePlotTest, AFrameShowsThatTheKeysGoThere) {
  QWidget window;
  auto* plot = new CurvePlot(&window);
  auto* other = new CurvePlot(&window);
  plot->resize(200, 150);
  other->move(0, 150);
  window.resize(200, 300);
  window.show();
  window.activateWindow();
  ASSERT_TRUE(QTest::qWaitForWindowActive(&window));
  other->setFocus();
  const QColor accent = plot->palette().color(QPalette::Highlight);
  EXPECT_EQ(countPixels(plot->grab().toImage(), accent), 0);
  plot->setFocus();
  const QImage image = plot->grab().toImage();
  EXPECT_EQ(image.pixelColor(0, 75), accent);
  EXPECT_EQ(image.pixelColor(199, 75), accent);
  EXPECT_EQ(image.pixelColor(100, 149), accent);
}

TEST(CurvePlotTest, IsDrawnOnceHoweverOftenItIsResized) {
  CurvePlot plot;
  plot.setCurves({makeCurve("a", rising(100))});
  pictureOf(plot);
  QCoreApplication::processEvents();
  const int before = plot.replotCount();
  for (int i = 1; i <= 5; ++i) {
    plot.resize(640 + 20 * i, 400);
  }
  EXPECT_EQ(plot.replotCount(), before);
  EXPECT_TRUE(QTest::qWaitFor([&] { return plot.replotCount() > before; }));
  EXPECT_EQ(plot.replotCount(), before + 1);
}

TEST(CurvePlotTest, UnusualValuesGiveSaneAxes) {
  const std::vector<std::vector<Sample>> cases = {
      {},
      {{5, 3}},
      {{5, 3}, {5, 4}, {5, 5}},
      {{0, std::nan("")}, {1, kInfinity}, {2, -kInfinity}},
      {{0, 1e308}, {1, 1}, {2, -1e308}},
      {{0, 1}, {1, std::nan("")}, {2, 2}},
      {{-1e300, 1}, {1e300, 2}},
      {{0, 0}, {1, 0}},
      {{0, 5e-324}, {1, 1e-310}}};
  for (const auto& samples : cases) {
    for (const bool is_log : {false, true}) {
      CurvePlot plot;
      plot.view().setLogY(is_log);
      plot.setCurves({makeCurve("a", samples)});
      pictureOf(plot);
      for (const AxisRange& range : {plot.view().xRange(), plot.view().yRange()}) {
        EXPECT_TRUE(std::isfinite(range.lower) && std::isfinite(range.upper));
        EXPECT_LT(range.lower, range.upper);
      }
      EXPECT_TRUE(!is_log || plot.view().yRange().lower > 0);
    }
  }
}

TEST(CurvePlotTest, ZoomingByKeyStopsFollowingAndAResetFollowsAgain) {
  CurvePlot plot;
  plot.setCurves({makeCurve("a", rising(101))});
  pictureOf(plot);
  const QSignalSpy ranges(&plot.view(), &CurveView::xRangeChanged);
  const QSignalSpy following(&plot.view(), &CurveView::followingChanged);
  QTest::keyClick(canvasOf(plot), Qt::Key_Plus);
  plot.replotNow();
  EXPECT_FALSE(plot.view().isFollowing());
  EXPECT_LT(plot.view().xRange().size(), 100);
  EXPECT_EQ(ranges.count(), 1);
  const AxisRange zoomed = plot.view().xRange();
  QTest::keyClick(canvasOf(plot), Qt::Key_Right);
  EXPECT_GT(plot.view().xRange().lower, zoomed.lower);
  QTest::keyClick(canvasOf(plot), Qt::Key_0);
  plot.replotNow();
  EXPECT_TRUE(plot.view().isFollowing());
  EXPECT_EQ(plot.view().xRange(), (AxisRange{0, 100}));
  EXPECT_EQ(following.count(), 2);
}

TEST(CurvePlotTest, DraggingPansAndADoubleClickResets) {
  CurvePlot plot;
  plot.setCurves({makeCurve("a", rising(101))});
  pictureOf(plot);
  QWidget* canvas = canvasOf(plot);
  const QPoint middle = canvas->rect().center();
  QTest::mousePress(canvas, Qt::LeftButton, {}, middle);
  QTest::mouseMove(canvas, middle - QPoint(100, 0));
  QTest::mouseRelease(canvas, Qt::LeftButton, {}, middle - QPoint(100, 0));
  plot.replotNow();
  EXPECT_FALSE(plot.view().isFollowing());
  EXPECT_GT(plot.view().xRange().lower, 1);
  QTest::mouseDClick(canvas, Qt::LeftButton, {}, middle);
  plot.replotNow();
  EXPECT_EQ(plot.view().xRange(), (AxisRange{0, 100}));
}

TEST(CurvePlotTest, ShiftAndDragZoomsIntoARectangle) {
  CurvePlot plot;
  plot.setCurves({makeCurve("a", rising(101))});
  pictureOf(plot);
  QWidget* canvas = canvasOf(plot);
  const QPoint middle = canvas->rect().center();
  QTest::mousePress(canvas, Qt::LeftButton, Qt::ShiftModifier, middle);
  QTest::mouseMove(canvas, middle + QPoint(60, 40));
  QTest::mouseRelease(canvas, Qt::LeftButton, Qt::ShiftModifier, middle + QPoint(60, 40));
  plot.replotNow();
  EXPECT_FALSE(plot.view().isFollowing());
  EXPECT_LT(plot.view().xRange().size(), 30);
  EXPECT_LT(plot.view().yRange().size(), 30);
}

TEST(CurvePlotTest, ReadsAllCurvesAtTheNearestStep) {
  CurvePlot plot;
  plot.setCurves({makeCurve("low", {{0, 1}, {10, 2}, {20, 3}}),
                  makeCurve("high", {{0, 5}, {10, 6}}),
                  makeCurve("hidden", {{0, 9}, {10, 9}})});
  plot.setCurveVisible("hidden", false);
  const auto at_ten = plot.readOutAt(11);
  ASSERT_EQ(at_ten.size(), 2u);
  EXPECT_EQ(at_ten[0].name, QStringLiteral("high"));
  EXPECT_EQ(at_ten[0].y, 6);
  EXPECT_EQ(at_ten[1].y, 2);
  const auto at_end = plot.readOutAt(400);
  ASSERT_EQ(at_end.size(), 1u);
  EXPECT_EQ(at_end[0].y, 3);
  EXPECT_TRUE(CurvePlot().readOutAt(0).empty());
}

TEST(CurvePlotTest, LinkedPlotsZoomTogether) {
  CurvePlot first;
  CurvePlot second;
  linkXAxes({&first, &second});
  for (CurvePlot* plot : {&first, &second}) {
    plot->setCurves({makeCurve("a", rising(101))});
    pictureOf(*plot);
  }
  QTest::keyClick(canvasOf(first), Qt::Key_Plus);
  EXPECT_EQ(second.view().xRange(), first.view().xRange());
  EXPECT_FALSE(second.view().isFollowing());
  first.view().reset();
  second.replotNow();
  EXPECT_TRUE(second.view().isFollowing());
}

TEST(CurvePlotTest, RedrawsAtMostTenTimesASecondWhileDataArrive) {
  CurvePlot plot;
  plot.setCurves({makeCurve("a", rising(10))});
  pictureOf(plot);
  QTest::qWait(150);
  const int before = plot.replotCount();
  QElapsedTimer clock;
  clock.start();
  while (clock.elapsed() < 500) {
    plot.dataChanged();
    QTest::qWait(5);
  }
  const auto allowed = static_cast<int>(clock.elapsed() / 100 + 1);
  EXPECT_LE(plot.replotCount() - before, allowed);
  EXPECT_GE(plot.replotCount() - before, 1);
}

TEST(CurvePlotTest, HostileNamesAndTinySizesAreHarmless) {
  CurvePlot plot;
  CurvePlotSetup setup;
  setup.has_legend = true;
  setup.x_label = QStringLiteral("<b>step</b>");
  plot.setUp(setup);
  plot.setTitle(QString(300, QLatin1Char('W')));
  std::vector<Curve> curves;
  for (int i = 0; i < 40; ++i) {
    curves.push_back(makeCurve(std::string(300, 'x') + std::to_string(i), rising(50), i));
  }
  plot.setCurves(curves);
  for (const QSize& size : {QSize(1, 1), QSize(30, 3), QSize(640, 400), QSize(3840, 2160)}) {
    pictureOf(plot, size);
  }
  EXPECT_EQ(plot.curves().size(), 40u);
}

TEST(CurvePlotTest, FollowsTheThemeWhenItChanges) {
  CurvePlot plot;
  plot.setCurves({makeCurve("a", rising(100))});
  pictureOf(plot);
  QPalette dark;
  dark.setColor(QPalette::Base, QColor(30, 30, 30));
  dark.setColor(QPalette::Text, Qt::white);
  plot.setPalette(dark);
  const QImage image = pictureOf(plot);
  EXPECT_EQ(image.pixelColor(2, 2), QColor(30, 30, 30));
  EXPECT_GT(countPixels(image, seriesColor(0, true)), 20);
}

TEST(DepthPlotTest, KeepsTheReferenceInSight) {
  DepthPlot plot;
  plot.setQuantity(QStringLiteral("ratio"), 1.0, QStringLiteral("teacher"));
  plot.setCurves({makeCurve("a", {{0, 20}, {1, 21}, {2, 22}})});
  pictureOf(plot);
  EXPECT_LT(plot.view().yRange().lower, 1);
  EXPECT_LT(plot.view().xRange().lower, 0);
  EXPECT_GT(plot.view().xRange().upper, 2);
}

}  // namespace
}  // namespace retort::gui
