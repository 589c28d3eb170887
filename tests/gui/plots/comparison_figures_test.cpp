#include "gui/plots/comparison_figures.h"

#include "core/agent/program_output.h"
#include "core/base/file.h"
#include "gui/plots/curve_plot.h"
#include "gui/plots/figure_export.h"
#include "tests/gui/comparison_workspace.h"
#include "tests/gui/plots/plot_test_tools.h"

#include <QImage>
#include <QXmlStreamReader>

#include <gmock/gmock.h>

#include <cmath>
#include <set>

namespace retort::gui {
namespace {

class ComparisonFigures : public testing::Test {
 protected:
  ComparisonData load(FigureKind kind, const std::string& metric = "", Spread spread = kSpread) {
    return load(FigureRequest{kind, metric, spread, ProfileValue::kLast});
  }

  ComparisonData load(const FigureRequest& figure) {
    ComparisonQuery query;
    query.figure = figure;
    auto data = loadComparisonData(workspace_.store(), query, cache_);
    EXPECT_TRUE(data.has_value());
    return data.value_or(ComparisonData{});
  }

  [[nodiscard]] std::string path(const std::string& name) const {
    return (workspace_.folder() / name).string();
  }

  static constexpr Spread kSpread = Spread::kDeviation;

  ComparisonWorkspace workspace_;
  CatalogueCache cache_;
};

/// Positions 0, 1, 2 are the seeds of score, none: values start + 0.3.
TEST_F(ComparisonFigures, ShowsEveryRunOfEachGroup) {
  GroupBarPlot plot;
  showValues(plot, load(FigureKind::kValues));

  ASSERT_EQ(plot.groups().size(), 4U);
  const GroupValues& first = plot.groups()[0];
  EXPECT_EQ(first.name, "score, none");
  ASSERT_EQ(first.values.size(), 3U);
  EXPECT_NEAR(*first.mean, 0.61, 1e-12);
  EXPECT_NEAR(*first.high - *first.mean, 0.01, 1e-12);  // of 0.60, 0.61, 0.62
  EXPECT_EQ(plot.groups()[3].values.size(), 2U);
  EXPECT_EQ(plot.groups()[3].remark, "1 failed");
}

TEST_F(ComparisonFigures, EveryRunIsADotInTheColourOfItsGroup) {
  const auto pixels_with = [](const std::vector<double>& values) {
    GroupBarPlot plot;
    GroupValues group;
    group.name = "g";
    group.values = values;
    group.color = {Qt::red, Qt::red};
    plot.setGroups({group});
    plot.setReference(0.5);  // the axis is the same whatever the values are
    const QImage image = pictureOf(plot);
    int count = 0;  // dots have smooth edges
    for (int y = 0; y < image.height(); ++y) {
      for (int x = 0; x < image.width(); ++x) {
        const QColor color = image.pixelColor(x, y);
        count += color.red() - color.green() > 60 ? 1 : 0;
      }
    }
    return count;
  };
  const int one = pixels_with({0});
  EXPECT_GT(one, 3);
  EXPECT_EQ(pixels_with({}), 0);
  const int three = pixels_with({0, 0.25, 1});
  EXPECT_GT(three, 2 * one);
  EXPECT_LT(three, 4 * one);
}

TEST_F(ComparisonFigures, BarsStartAtZeroAndPointsDoNot) {
  GroupBarPlot plot;
  showValues(plot, load(FigureKind::kValues));
  EXPECT_GT(plot.valueAxisLower(), 0.5);

  plot.setLook(GroupBarPlot::Look::kBars);

  EXPECT_EQ(plot.valueAxisLower(), 0);
  EXPECT_GT(plot.valueAxisUpper(), 0.7);
}

TEST_F(ComparisonFigures, BandsAreMeanAndDeviationAtEachStep) {
  CurvePlot plot;
  showCurves(plot, load(FigureKind::kCurves, "eval.accuracy"));

  ASSERT_EQ(plot.curves().size(), 4U);
  const Curve& second = plot.curves()[1];  // positions 3, 4, 5
  ASSERT_EQ(second.data->size(), 4U);
  EXPECT_EQ(second.data->samples()[1].x, 2);
  EXPECT_NEAR(second.data->samples()[1].y, 0.44, 1e-12);
  EXPECT_NEAR(second.band_upper->samples()[1].y, 0.45, 1e-12);
  EXPECT_NEAR(second.band_lower->samples()[1].y, 0.43, 1e-12);
}

TEST_F(ComparisonFigures, IntervalsFollowStudent) {
  CurvePlot plot;
  showCurves(plot, load(FigureKind::kCurves, "eval.accuracy", Spread::kInterval));

  // Two degrees of freedom: t = sqrt(2 p^2 / (1 - p^2)).
  const double t = std::sqrt(2 * 0.95 * 0.95 / (1 - 0.95 * 0.95));
  EXPECT_NEAR(plot.curves()[0].band_upper->samples()[0].y, 0.31 + t * 0.01 / std::sqrt(3.0), 1e-9);
}

TEST_F(ComparisonFigures, ProfilesGoOverTheLayers) {
  CurvePlot plot;
  showProfiles(plot, load(FigureKind::kDepth, "grad_norm[projection=q]"));

  ASSERT_EQ(plot.curves().size(), 4U);
  const auto& samples = plot.curves()[0].data->samples();
  ASSERT_EQ(samples.size(), 3U);
  EXPECT_EQ(samples[2].x, 2);
  EXPECT_NEAR(samples[2].y, 0.011, 1e-12);  // 0.01 * (1 + 0.1 * mean of 0, 1, 2)
}

TEST_F(ComparisonFigures, ProfilesHaveAReferenceOfTheBaselinesRuns) {
  CurvePlot plot;
  showProfiles(plot,
               load(FigureRequest{.kind = FigureKind::kDepth,
                                  .metric = "grad_norm[projection=q]",
                                  .reference = "grad_norm[projection=v]"}));

  ASSERT_EQ(plot.curves().size(), 5U);
  const Curve& reference = plot.curves()[4];
  EXPECT_EQ(reference.name, "grad_norm[projection=v]");
  EXPECT_EQ(reference.pen, Qt::DashLine);
  EXPECT_EQ(plot.curves()[0].pen, Qt::SolidLine);
  CurvePlot alone;
  showProfiles(alone, load(FigureKind::kDepth, "grad_norm[projection=v]"));
  ASSERT_EQ(reference.data->samples().size(), alone.curves()[0].data->samples().size());
  EXPECT_EQ(reference.data->samples()[2].y, alone.curves()[0].data->samples()[2].y);
}

TEST_F(ComparisonFigures, AGroupHasOneColourInAllFigures) {
  GroupBarPlot values;
  CurvePlot curves;
  CurvePlot profiles;
  showValues(values, load(FigureKind::kValues));
  showCurves(curves, load(FigureKind::kCurves));
  showProfiles(profiles, load(FigureKind::kDepth));

  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(values.groups()[i].color, curves.curves()[i].color);
    EXPECT_EQ(values.groups()[i].color, profiles.curves()[i].color);
  }
}

TEST_F(ComparisonFigures, RunsHaveTheirOwnCurves) {
  ComparisonData data = load(FigureKind::kCurves, "train.loss");
  data.figure.is_by_run = true;
  CurvePlot plot;
  showCurves(plot, data);

  EXPECT_EQ(plot.curves().size(), 11U);  // the twelfth failed before its first step
  EXPECT_EQ(plot.curves()[0].id, ComparisonWorkspace::runId(1));
}

TEST_F(ComparisonFigures, GoOverTheTimeSinceTheFirstStep) {
  // The workspace's steps 1 to 4 are a thousandth of a second apart.
  const std::vector<double> seconds = {0, 0.001, 0.002, 0.003};
  for (const bool is_by_run : {false, true}) {
    CurvePlot plot;
    showCurves(plot,
               load(FigureRequest{.kind = FigureKind::kCurves,
                                  .metric = "train.loss",
                                  .is_by_run = is_by_run,
                                  .is_over_time = true}));
    ASSERT_FALSE(plot.curves().empty());
    const auto& samples = plot.curves()[0].data->samples();
    ASSERT_EQ(samples.size(), seconds.size());
    for (std::size_t i = 0; i < seconds.size(); ++i) {
      EXPECT_DOUBLE_EQ(samples[i].x, seconds[i]);
    }
    EXPECT_EQ(plot.setup().x_kind, AxisKind::kElapsed);
  }
}

TEST_F(ComparisonFigures, HaveTheirSizeOnPaper) {
  GroupBarPlot plot;
  showValues(plot, load(FigureKind::kValues));
  const FigureOptions options{84, 60, 7, 300, ""};

  ASSERT_TRUE(savePlot(plot, path("figure.pdf"), options).has_value());
  ASSERT_TRUE(savePlot(plot, path("figure.svg"), options).has_value());
  ASSERT_TRUE(savePlot(plot, path("figure.png"), options).has_value());

  const QImage picture(QString::fromStdString(path("figure.png")));
  EXPECT_EQ(picture.size(), QSize(992, 709));  // 84 and 60 mm at 300 dots per inch
  EXPECT_EQ(picture.pixelColor(0, 0), QColor(Qt::white));
  std::set<QRgb> colors;
  for (int x = 0; x < picture.width(); ++x) {
    for (int y = 0; y < picture.height(); ++y) {
      colors.insert(picture.pixel(x, y));
    }
  }
  EXPECT_GT(colors.size(), 10U);
  const std::string svg = *readFile(path("figure.svg"), 10'000'000);
  QXmlStreamReader xml(QByteArray::fromStdString(svg));
  ASSERT_TRUE(xml.readNextStartElement());
  const QString width = xml.attributes().value("width").toString();
  ASSERT_TRUE(width.endsWith("mm"));
  EXPECT_NEAR(width.chopped(2).toDouble(), 84, 0.1);
  int elements = 0;
  while (!xml.atEnd()) {
    elements += xml.readNext() == QXmlStreamReader::StartElement ? 1 : 0;
  }
  EXPECT_FALSE(xml.hasError()) << xml.errorString().toStdString();
  EXPECT_GT(elements, 20);
}

TEST_F(ComparisonFigures, PdfsHaveOnePageOfTheirSize) {
  CurvePlot plot;
  showCurves(plot, load(FigureKind::kCurves, "eval.accuracy"));
  ASSERT_TRUE(savePlot(plot, path("curves.pdf"), {84, 60, 7, 300, ""}).has_value());

  const auto info =
      runProgram({"/usr/bin/pdfinfo", path("curves.pdf")}, std::chrono::seconds(20), 1U << 20);
  if (!info || info->exit_code != 0) {
    GTEST_SKIP() << "pdfinfo (poppler-utils) is not installed";
  }
  EXPECT_THAT(info->output, testing::HasSubstr("Pages:           1"));
  EXPECT_THAT(info->output, testing::ContainsRegex("Page size: +238\\.?[0-9]* x 170"));
}

}  // namespace
}  // namespace retort::gui
