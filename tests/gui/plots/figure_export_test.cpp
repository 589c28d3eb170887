#include "gui/plots/figure_export.h"

#include "gui/plots/curve_plot.h"
#include "gui/plots/heat_map_plot.h"
#include "tests/gui/plots/plot_test_tools.h"

#include <QImage>
#include <QTemporaryDir>

#include <gtest/gtest.h>

namespace retort::gui {
namespace {

namespace fs = std::filesystem;

class FigureExportTest : public testing::Test {
 protected:
  FigureExportTest() {
    plot_.setTitle(QStringLiteral("losses"));
    plot_.setCurves({makeCurve("map & output <1>", {{0, 1}, {1, 2}, {2, 0.5}})});
    plot_.resize(640, 400);
  }

  [[nodiscard]] fs::path file(const char* name) const {
    return folder_.path().toStdString() + "/" + name;
  }

  [[nodiscard]] std::size_t filesInFolder() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder_.path().toStdString()), {}));
  }

  QTemporaryDir folder_;
  CurvePlot plot_;
};

TEST_F(FigureExportTest, KnowsFormatsByTheEnding) {
  EXPECT_EQ(figureFormatOf("a/b.pdf"), FigureFormat::kPdf);
  EXPECT_EQ(figureFormatOf("B.SVG"), FigureFormat::kSvg);
  EXPECT_EQ(figureFormatOf("b.png"), FigureFormat::kPng);
  EXPECT_FALSE(figureFormatOf("b.jpg"));
  EXPECT_FALSE(figureFormatOf("pdf"));
}

TEST_F(FigureExportTest, WritesEachFormat) {
  const auto pdf = renderPlot(plot_, FigureFormat::kPdf, {});
  const auto svg = renderPlot(plot_, FigureFormat::kSvg, {});
  ASSERT_TRUE(pdf && svg);
  EXPECT_TRUE(pdf->starts_with("%PDF-"));
  EXPECT_NE(svg->find("<svg"), std::string::npos);
  EXPECT_NE(svg->find("map &amp; output &lt;1"), std::string::npos);
}

TEST_F(FigureExportTest, APictureHasTheChosenSizeAndIsLight) {
  QPalette dark;
  dark.setColor(QPalette::Base, Qt::black);
  dark.setColor(QPalette::Text, Qt::white);
  plot_.setPalette(dark);
  FigureOptions options;
  options.width_mm = 127;
  options.height_mm = 50.8;
  options.dots_per_inch = 100;
  ASSERT_TRUE(savePlot(plot_, file("a.png"), options));
  const QImage image(QString::fromStdString(file("a.png").string()));
  EXPECT_EQ(image.size(), QSize(500, 200));
  EXPECT_EQ(image.pixelColor(1, 1), QColor(Qt::white));
  EXPECT_EQ(filesInFolder(), 1u);
}

TEST_F(FigureExportTest, TheScreenStaysAsItWas) {
  const QImage before = pictureOf(plot_);
  ASSERT_TRUE(renderPlot(plot_, FigureFormat::kPdf, {}));
  EXPECT_EQ(pictureOf(plot_), before);
}

TEST_F(FigureExportTest, HeatMapsComeOnPaperToo) {
  HeatMapPlot plot;
  const auto data = std::make_shared<const SeriesData>(std::vector<Sample>{{0, 1}, {1, 10}});
  plot.setMap(makeHeatMap({{"a", data}}, 10), HeatScale{});
  for (const FigureFormat format : {FigureFormat::kPdf, FigureFormat::kSvg, FigureFormat::kPng}) {
    const auto bytes = renderPlot(plot, format, {});
    ASSERT_TRUE(bytes);
    EXPECT_GT(bytes->size(), 1000u);
  }
}

TEST_F(FigureExportTest, RefusesSenselessSizesAndUnknownEndings) {
  FigureOptions options;
  options.width_mm = 1e9;
  EXPECT_EQ(savePlot(plot_, file("a.pdf"), options).error().code, ErrorCode::kUsage);
  options = {};
  options.font_pt = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(savePlot(plot_, file("a.pdf"), options).error().code, ErrorCode::kUsage);
  options = {};
  options.dots_per_inch = 0;
  EXPECT_EQ(savePlot(plot_, file("a.png"), options).error().code, ErrorCode::kUsage);
  EXPECT_EQ(savePlot(plot_, file("a.bmp"), {}).error().code, ErrorCode::kUsage);
  EXPECT_EQ(filesInFolder(), 0u);
}

TEST_F(FigureExportTest, LeavesNothingBehindWhereItCannotWrite) {
  EXPECT_FALSE(savePlot(plot_, file("missing/a.pdf"), {}));
  EXPECT_EQ(filesInFolder(), 0u);
}

}  // namespace
}  // namespace retort::gui
