#include "gui/pages/watch_page.h"

#include "gui/models/app_context.h"
#include "gui/plots/curve_plot.h"
#include "gui/plots/heat_map_plot.h"
#include "tests/gui/metric_writer.h"
#include "tests/gui/test_workspace.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QListView>
#include <QSlider>
#include <QTest>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

namespace retort::gui {
namespace {

constexpr int kPatienceMs = 10'000;

bool waitFor(const std::function<bool()>& condition) {
  return QTest::qWaitFor(condition, kPatienceMs);
}

class WatchPageTest : public testing::Test {
 protected:
  WatchPageTest() : store_(workspace_.create()), context_(workspace_.folder()) {
    for (const char* run_id : {"run1", "run2"}) {
      TestWorkspace::add(store_, run_id, run_id);
      writers_.emplace_back(store_, run_id);
      writers_.back().open(1, -1);
      for (int step = 0; step < 5; ++step) {
        addStep(writers_.back(), step);
      }
      writers_.back().commit();
    }
  }

  static void addStep(MetricWriter& writer, int step) {
    std::vector<MetricPoint> points = {
        {.series = {.metric = "train.loss"}, .value = 3.0 / (step + 1)},
        {.series = {.metric = "learning_rate"}, .value = 1e-4}};
    for (const char* component : {"map", "score"}) {
      points.push_back({.series = {.metric = "train.loss_component", .component = component},
                        .value = 1.0 / (step + 1)});
    }
    for (int layer = 0; layer < 3; ++layer) {
      for (const char* projection : {"q", "k", "v"}) {
        points.push_back(
            {.series = {.metric = "grad_norm", .layer = layer, .projection = projection},
             .value = std::pow(10.0, -layer)});
      }
      points.push_back(
          {.series = {.metric = "activation_variance_ratio", .layer = layer}, .value = 1.5});
      points.push_back(
          {.series = {.metric = "attention_map_kl", .layer = layer, .head = 0}, .value = 0.1});
    }
    writer.add(step, points);
  }

  /// The plots that are shown, from the top left.
  static std::vector<CurvePlot*> shownPlots(WatchPage& page) {
    std::vector<CurvePlot*> shown;
    for (CurvePlot* plot : page.findChildren<CurvePlot*>()) {
      if (plot->isVisible()) {
        shown.push_back(plot);
      }
    }
    std::sort(shown.begin(), shown.end(), [&](CurvePlot* left, CurvePlot* right) {
      const QPoint a = left->mapTo(&page, QPoint());
      const QPoint b = right->mapTo(&page, QPoint());
      return std::pair(a.y(), a.x()) < std::pair(b.y(), b.x());
    });
    return shown;
  }

  static QComboBox* shownBox(WatchPage& page, const QString& name) {
    for (QComboBox* box : page.findChildren<QComboBox*>()) {
      if (box->isVisible() && box->accessibleName() == name) {
        return box;
      }
    }
    ADD_FAILURE() << "no box " << name.toStdString();
    return nullptr;
  }

  static void choose(WatchPage& page, const QString& name, int index) {
    if (QComboBox* box = shownBox(page, name)) {
      box->setCurrentIndex(index);
      Q_EMIT box->activated(index);
    }
  }

  void showPage(WatchPage& page) {
    page.resize(1000, 600);
    page.show();
    context_.start();
  }

  TestWorkspace workspace_;
  storage::WorkspaceStore store_;
  AppContext context_;
  std::vector<MetricWriter> writers_;
};

TEST_F(WatchPageTest, SaysWhatToDoWhileNothingIsSelected) {
  WatchPage page(context_, nullptr);
  showPage(page);
  EXPECT_TRUE(waitFor([&] {
    for (const QLabel* label : page.findChildren<QLabel*>()) {
      if (label->isVisible() && label->text().contains(QStringLiteral("Select"))) {
        return true;
      }
    }
    return false;
  }));
}

TEST_F(WatchPageTest, ShowsTheLossesOfTheSelectedRuns) {
  WatchPage page(context_, nullptr);
  showPage(page);
  context_.selectRuns({"run1"});
  ASSERT_TRUE(waitFor([&] { return shownPlots(page).size() == 2; }));
  const auto plots = shownPlots(page);
  ASSERT_EQ(plots[0]->curves().size(), 1u);
  EXPECT_EQ(plots[0]->curves()[0].data->size(), 5u);
  ASSERT_EQ(plots[1]->curves().size(), 2u);
  EXPECT_EQ(plots[1]->curves()[0].name, QStringLiteral("map"));
  context_.selectRuns({"run1", "run2"});
  ASSERT_TRUE(waitFor([&] { return shownPlots(page)[1]->curves().size() == 4; }));
  EXPECT_EQ(shownPlots(page)[0]->curves()[0].name, QStringLiteral("run1"));
}

TEST_F(WatchPageTest, NewPointsAppearWithinASecond) {
  WatchPage page(context_, nullptr);
  showPage(page);
  context_.selectRuns({"run1"});
  ASSERT_TRUE(waitFor([&] { return !shownPlots(page).empty(); }));
  CurvePlot* plot = shownPlots(page)[0];
  ASSERT_TRUE(waitFor([&] { return plot->view().xRange().upper == 4; }));
  addStep(writers_[0], 50);
  writers_[0].commit();
  QElapsedTimer clock;
  clock.start();
  ASSERT_TRUE(waitFor([&] { return plot->view().xRange().upper == 50; }));
  EXPECT_LT(clock.elapsed(), 1000);
}

TEST_F(WatchPageTest, GradientsAsCurvesByDepthAndAsHeatMap) {
  WatchPage page(context_, nullptr);
  showPage(page);
  context_.selectRuns({"run1", "run2"});
  page.showPanel(1);
  ASSERT_TRUE(waitFor([&] {
    const auto plots = shownPlots(page);
    return plots.size() == 1 && plots[0]->curves().size() == 6;
  }));
  const auto first = [&] {
    return shownPlots(page)[0]->curves()[0].data->samples()[0].y;
  };
  // The layers of one projection together: as the trainer's catalogue says, else their mean.
  EXPECT_NEAR(first(), 1.11 / 3, 1e-12);
  Catalogue catalogue;
  catalogue.metrics.push_back({.name = "grad_norm",
                               .dimensions = {"layer", "projection"},
                               .combine = Combination::kRootOfSquares});
  for (WatchPanel* panel : page.findChildren<WatchPanel*>()) {
    panel->setCatalogue(catalogue);
  }
  EXPECT_NEAR(first(), std::sqrt(1 + 1e-2 + 1e-4), 1e-12);
  QComboBox* view = shownBox(page, QStringLiteral("View"));
  ASSERT_NE(view, nullptr);
  QTest::keyClick(view, Qt::Key_Down);
  ASSERT_TRUE(waitFor([&] {
    const auto plots = shownPlots(page);
    return plots.size() == 1 && plots[0]->curves().size() == 6 &&
           plots[0]->curves()[0].data->size() == 3;
  }));
  QTest::keyClick(view, Qt::Key_Down);
  HeatMapPlot* map = nullptr;
  for (HeatMapPlot* plot : page.findChildren<HeatMapPlot*>()) {
    map = plot->isVisible() ? plot : map;
  }
  ASSERT_NE(map, nullptr);
  EXPECT_EQ(map->map().rows(), 9);
  EXPECT_EQ(map->map().labels[0], "L0 q");
  EXPECT_EQ(map->map().columns, 5);
}

TEST_F(WatchPageTest, SignalPropagationHasTheTeacherAsReference) {
  WatchPage page(context_, nullptr);
  showPage(page);
  context_.selectRuns({"run1"});
  page.showPanel(3);
  ASSERT_TRUE(waitFor([&] {
    const auto plots = shownPlots(page);
    return plots.size() == 3 && !plots[0]->curves().empty();
  }));
  EXPECT_EQ(shownPlots(page)[0]->setup().reference, 1.0);
  EXPECT_EQ(shownPlots(page)[0]->curves()[0].data->samples(),
            (std::vector<Sample>{{0, 1.5}, {1, 1.5}, {2, 1.5}}));
  EXPECT_TRUE(shownPlots(page)[1]->curves().empty());
}

TEST_F(WatchPageTest, SmoothingKeepsTheRawCurveBehind) {
  WatchPage page(context_, nullptr);
  showPage(page);
  context_.selectRuns({"run1"});
  ASSERT_TRUE(waitFor([&] { return shownPlots(page).size() == 2; }));
  EXPECT_EQ(shownPlots(page)[0]->curves()[0].raw, nullptr);
  for (QSlider* slider : page.findChildren<QSlider*>()) {
    if (slider->accessibleName() == QStringLiteral("Smoothing")) {
      slider->setValue(20);
    }
  }
  const Curve& curve = shownPlots(page)[0]->curves()[0];
  ASSERT_NE(curve.raw, nullptr);
  EXPECT_EQ(curve.raw->samples()[4].y, 0.6);
  EXPECT_GT(curve.data->samples()[4].y, 0.6);
}

TEST_F(WatchPageTest, PutsCurvesOverTime) {
  WatchPage page(context_, nullptr);
  showPage(page);
  context_.selectRuns({"run1"});
  ASSERT_TRUE(waitFor([&] { return shownPlots(page).size() == 2; }));
  choose(page, QStringLiteral("X axis"), 1);
  const CurvePlot* plot = shownPlots(page)[0];
  ASSERT_TRUE(waitFor([&] {
    const auto& samples = plot->curves()[0].data->samples();
    return samples.size() == 5 && samples[4].x == 2;  // steps are half a second apart
  }));
  EXPECT_EQ(plot->setup().x_kind, AxisKind::kElapsed);
  EXPECT_EQ(plot->curves()[0].data->samples()[4].y, 0.6);
  addStep(writers_[0], 10);
  writers_[0].commit();
  EXPECT_TRUE(waitFor([&] { return plot->view().xRange().upper == 5; }));
}

TEST_F(WatchPageTest, PutsTheHeatMapOverTime) {
  WatchPage page(context_, nullptr);
  showPage(page);
  context_.selectRuns({"run1", "run2"});
  page.showPanel(1);
  choose(page, QStringLiteral("View"), 2);
  const HeatMapPlot* map = nullptr;
  for (HeatMapPlot* plot : page.findChildren<HeatMapPlot*>()) {
    map = plot->isVisible() ? plot : map;
  }
  ASSERT_NE(map, nullptr);
  // The cells of the first and last of five steps stand around them.
  ASSERT_TRUE(waitFor([&] { return map->map().x_begin == -0.5 && map->map().x_end == 4.5; }));
  choose(page, QStringLiteral("X axis"), 1);
  EXPECT_TRUE(waitFor([&] {  // steps are half a second apart
    return map->map().x_begin == -0.25 && map->map().x_end == 2.25;
  }));
  EXPECT_EQ(map->map().rows(), 9);
  choose(page, QStringLiteral("Run of the heat map"), 2);  // run1 compared with run2
  EXPECT_TRUE(waitFor([&] {
    return map->map().at(0, 0) == HeatCell{0, HeatCell::Kind::kValue};  // the same: log10(1)
  }));
  EXPECT_EQ(map->map().x_end, 2.25);
}

TEST_F(WatchPageTest, ProjectionsStandInForSignalsThatWereNotRecorded) {
  TestWorkspace::add(store_, "run3", "run3");
  MetricWriter writer(store_, "run3");
  writer.open(1, -1);
  std::vector<MetricPoint> points;
  for (int layer = 0; layer < 2; ++layer) {
    for (const char* projection : {"gate", "up"}) {
      points.push_back(
          {.series = {.metric = "projection_sqnr", .layer = layer, .projection = projection},
           .value = layer + (projection[0] == 'g' ? 20.0 : 10.0)});
    }
  }
  writer.add(0, points);
  writer.commit();
  WatchPage page(context_, nullptr);
  showPage(page);
  context_.selectRuns({"run3"});
  page.showPanel(3);
  ASSERT_TRUE(waitFor([&] {
    const auto plots = shownPlots(page);
    return plots.size() == 3 && plots[1]->curves().size() == 1;
  }));
  EXPECT_EQ(shownPlots(page)[1]->curves()[0].data->samples(),
            (std::vector<Sample>{{0, 15}, {1, 16}}));
}

TEST_F(WatchPageTest, LanguageModelsHaveAPlotForEachScale) {
  TestWorkspace::add(store_, "run3", "run3");
  MetricWriter writer(store_, "run3");
  writer.open(1, -1);
  std::vector<MetricPoint> points;
  for (const char* metric : {"train.loss",
                             "eval.loss",
                             "eval.perplexity",
                             "eval.word_perplexity",
                             "eval.kl",
                             "eval.token_accuracy",
                             "eval.top1_agreement"}) {
    points.push_back({.series = {.metric = metric}, .value = 1});
  }
  writer.add(0, points);
  writer.commit();
  WatchPage page(context_, nullptr);
  showPage(page);
  context_.selectRuns({"run3"});
  const std::vector<std::pair<QString, std::size_t>> wanted = {{"Training loss", 1},
                                                               {"Evaluation", 2},
                                                               {"Perplexity", 1},
                                                               {"Divergence from the teacher", 1}};
  EXPECT_TRUE(waitFor([&] {
    std::vector<std::pair<QString, std::size_t>> shown;
    for (const CurvePlot* plot : shownPlots(page)) {
      shown.emplace_back(plot->title(), plot->curves().size());
    }
    return shown == wanted;
  }));
}

TEST_F(WatchPageTest, TakesUpWhereItWasLeft) {
  QJsonObject state;
  {
    WatchPage page(context_, nullptr);
    showPage(page);
    context_.selectRuns({"run1"});
    page.showPanel(1);
    page.findChild<QCheckBox*>()->toggle();
    choose(page, QStringLiteral("View"), 2);
    choose(page, QStringLiteral("X axis"), 1);
    state = page.state();
  }
  WatchPage page(context_, nullptr);
  page.setState(state);
  page.resize(1000, 600);
  page.show();
  EXPECT_EQ(shownBox(page, QStringLiteral("View"))->currentIndex(), 2);
  EXPECT_EQ(shownBox(page, QStringLiteral("X axis"))->currentIndex(), 1);
  EXPECT_TRUE(page.findChild<QCheckBox*>()->isChecked());
  EXPECT_EQ(page.state(), state);
  page.setState({{"panel", 1000}, {"x", -3}, {"smoothing", "much"}, {"gradients", 7}});
  EXPECT_EQ(page.state()["panel"].toInt(), page.panelCount() - 1);
  EXPECT_EQ(page.state()["x"].toInt(), 0);
}

TEST_F(WatchPageTest, TheTeachersValuesStandBesideInDashes) {
  std::vector<MetricPoint> points;
  for (int layer = 0; layer < 3; ++layer) {
    points.push_back(
        {.series = {.metric = "teacher.attention_map_kl", .layer = layer, .head = 0}, .value = 7});
  }
  writers_[0].add(4, points);
  writers_[0].commit();
  WatchPage page(context_, nullptr);
  showPage(page);
  context_.selectRuns({"run1"});
  page.showPanel(2);
  ASSERT_TRUE(waitFor([&] {
    const auto plots = shownPlots(page);
    return plots.size() == 1 && plots[0]->curves().size() == 6;
  }));
  const Curve& student = shownPlots(page)[0]->curves()[1];
  const Curve& teacher = shownPlots(page)[0]->curves()[4];
  EXPECT_EQ(student.name, QStringLiteral("layer 1"));
  EXPECT_EQ(teacher.name, QStringLiteral("teacher · layer 1"));
  EXPECT_EQ(teacher.pen, Qt::DashLine);
  EXPECT_EQ(teacher.color.on_light, student.color.on_light);
  EXPECT_EQ(teacher.data->samples(), (std::vector<Sample>{{4, 7}}));
}

TEST_F(WatchPageTest, DoesNotRepeatTheNameOfTheOnlyRunThatIsShown) {
  TestWorkspace::add(store_, "run3", "run3");
  WatchPage page(context_, nullptr);
  showPage(page);
  context_.selectRuns({"run1", "run3"});
  ASSERT_TRUE(waitFor([&] { return shownPlots(page).size() == 2; }));
  EXPECT_EQ(shownPlots(page)[1]->curves()[0].name, QStringLiteral("map"));
  const auto labels = page.findChildren<QLabel*>();
  EXPECT_TRUE(std::any_of(labels.begin(), labels.end(), [](const QLabel* label) {
    return label->isVisible() && label->text().contains(QStringLiteral("only run1"));
  }));
}

TEST_F(WatchPageTest, TheLegendHidesACurve) {
  WatchPage page(context_, nullptr);
  showPage(page);
  context_.selectRuns({"run1"});
  ASSERT_TRUE(waitFor([&] { return shownPlots(page).size() == 2; }));
  QListView* legend = nullptr;
  for (QListView* view : page.findChildren<QListView*>()) {
    legend =
        view->isVisible() && view->accessibleName() == QStringLiteral("Curves") ? view : legend;
  }
  ASSERT_NE(legend, nullptr);
  ASSERT_EQ(legend->model()->rowCount(), 3);
  legend->model()->setData(legend->model()->index(1, 0), Qt::Unchecked, Qt::CheckStateRole);
  EXPECT_FALSE(shownPlots(page)[1]->isCurveVisible(shownPlots(page)[1]->curves()[0].id));
  EXPECT_TRUE(shownPlots(page)[1]->isCurveVisible(shownPlots(page)[1]->curves()[1].id));
}

TEST_F(WatchPageTest, SurvivesAWorkspaceThatIsPulledAway) {
  WatchPage page(context_, nullptr);
  showPage(page);
  context_.selectRuns({"run1"});
  ASSERT_TRUE(waitFor([&] { return shownPlots(page).size() == 2; }));
  std::filesystem::remove_all(workspace_.folder());
  QTest::qWait(600);
  for (int panel = 0; panel < page.panelCount(); ++panel) {
    page.showPanel(panel);
    QTest::qWait(50);
  }
  page.showPanel(0);
  EXPECT_TRUE(waitFor([&] { return !shownPlots(page).empty(); }));
}

TEST_F(WatchPageTest, EveryPanelDrawsAtAnySize) {
  WatchPage page(context_, nullptr);
  showPage(page);
  context_.selectRuns({"run1", "run2", "no such run"});
  for (int panel = 0; panel < page.panelCount(); ++panel) {
    page.showPanel(panel);
    QTest::qWait(100);
    for (const QSize& size : {QSize(1, 1), QSize(1280, 720), QSize(3840, 2160)}) {
      page.resize(size);
      EXPECT_FALSE(page.grab().isNull());
    }
  }
}

}  // namespace
}  // namespace retort::gui
