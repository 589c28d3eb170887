#include "gui/plots/screen_lines.h"

#include "gui/plots/curve_raster.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace retort::gui {
namespace {

constexpr int kWidth = 400;
constexpr int kHeight = 200;
const QColor kBlue(0, 114, 178);

struct Picture {
  QImage image;
  LineMarks marks;
};

/// x in [0, 100], y in [0, 10].
Picture draw(const SeriesData& data,
             LineCare care,
             Qt::PenStyle pen = Qt::SolidLine,
             int bar = 1,
             bool has_dots = false) {
  CurveRaster raster;
  raster.begin(kWidth, kHeight);
  const CurveProjection projection({0, 100}, {0, 10}, false, QRectF(0, 0, kWidth, kHeight));
  Picture picture;
  picture.marks =
      drawScreenLine(raster, {data, kBlue, 1.5, pen, 4, has_dots}, projection, bar, care);
  picture.image = raster.image();
  return picture;
}

/// The greatest alpha around a place.
int alphaAt(const QImage& image, double x, double y) {
  int alpha = 0;
  const int column = static_cast<int>(x / 100 * kWidth);
  const int row = static_cast<int>((10 - y) / 10 * kHeight);
  for (int dx = -1; dx <= 1; ++dx) {
    for (int dy = -1; dy <= 1; ++dy) {
      if (image.rect().contains(column + dx, row + dy)) {
        alpha = std::max(alpha, qAlpha(image.pixel(column + dx, row + dy)));
      }
    }
  }
  return alpha;
}

int inkedColumns(const QImage& image) {
  int count = 0;
  for (int x = 0; x < image.width(); ++x) {
    bool is_inked = false;
    for (int y = 0; y < image.height(); ++y) {
      is_inked = is_inked || qAlpha(image.pixel(x, y)) > 128;
    }
    count += is_inked ? 1 : 0;
  }
  return count;
}

TEST(CurveProjectionTest, LogarithmsAreRightToAPartOfAPixel) {
  const QRectF rect(0, 0, 1000, 1000);
  const CurveProjection decades({0, 1}, {1e-8, 1e8}, true, rect);
  const CurveProjection narrow({0, 1}, {1, 1.0001}, true, rect);
  std::mt19937 random(1);
  std::uniform_real_distribution<double> exponents(-8, 8);
  for (int i = 0; i < 10'000; ++i) {
    const double exponent = exponents(random);
    EXPECT_NEAR(decades.y(std::pow(10, exponent)), 1000 * (8 - exponent) / 16, 1e-3);
    const double value = 1 + 1e-4 * i / 10'000;
    EXPECT_NEAR(narrow.y(value), 1000 * (1 - std::log(value) / std::log(1.0001)), 1e-3);
  }
  for (const double power : {-8, 0, 4}) {  // where the digits of a number begin anew
    EXPECT_NEAR(decades.y(std::exp2(power)), 1000 * (8 - power * std::log10(2)) / 16, 1e-3);
  }
  EXPECT_TRUE(std::isinf(decades.y(0)));
  EXPECT_TRUE(std::isnan(decades.y(-1)));
  EXPECT_TRUE(std::isfinite(decades.y(5e-324)));
}

TEST(ScreenLines, NoSpikeIsHiddenHoweverManySamplesThereAre) {
  for (const int count : {50, 2000, 200000}) {
    SeriesData data;
    for (int i = 0; i < count; ++i) {
      const bool is_spike = i == count / 3;
      const bool is_dip = i == count / 2;
      data.append({100.0 * i / count, is_spike ? 9.5 : is_dip ? 0.5 : 5.0});
    }
    for (const LineCare care : {LineCare::kSmooth, LineCare::kQuick}) {
      const QImage image = draw(data, care).image;
      EXPECT_GT(alphaAt(image, 100.0 * (count / 3) / count, 9.5), 150) << count;
      EXPECT_GT(alphaAt(image, 100.0 * (count / 2) / count, 0.5), 150) << count;
      EXPECT_GT(alphaAt(image, 20, 5), 150) << count;
      EXPECT_EQ(alphaAt(image, 20, 8), 0) << count;
    }
  }
}

TEST(ScreenLines, QuickLinesGoWhereSmoothOnesGo) {
  std::mt19937 random(3);
  std::uniform_real_distribution<double> between(1, 9);
  SeriesData data;
  for (int i = -1; i <= 21; ++i) {
    data.append({i * 5.0, between(random)});
  }
  const QImage smooth = draw(data, LineCare::kSmooth).image;
  const QImage quick = draw(data, LineCare::kQuick).image;
  for (const Sample& sample : data.samples()) {
    for (const double share : {0.0, 0.25, 0.5}) {
      const auto next = data.nearest(sample.x + 5);
      const double x = sample.x + 5 * share;
      const double y = sample.y + (next->y - sample.y) * share;
      if (x > 0 && x < 100) {
        EXPECT_GT(alphaAt(smooth, x, y), 100) << x;
        EXPECT_GT(alphaAt(quick, x, y), 100) << x;
      }
    }
  }
  EXPECT_EQ(inkedColumns(smooth), kWidth);
  EXPECT_EQ(inkedColumns(quick), kWidth);
}

TEST(ScreenLines, U10ValuesThatCannotBeDrawnBreakTheLineAndAreMarked) {
  const double infinity = std::numeric_limits<double>::infinity();
  SeriesData data;
  for (int i = 0; i <= 100; ++i) {
    const double y = i == 30 ? std::nan("") : i == 60 ? infinity : i == 80 ? -infinity : 5;
    data.append({static_cast<double>(i), y});
  }
  for (const LineCare care : {LineCare::kSmooth, LineCare::kQuick}) {
    const auto [image, marks] = draw(data, care);
    ASSERT_EQ(marks.nan_x.size(), 1u);
    EXPECT_NEAR(marks.nan_x[0], 30, 0.5);
    ASSERT_EQ(marks.above_x.size(), 1u);
    EXPECT_NEAR(marks.above_x[0], 60, 0.5);
    ASSERT_EQ(marks.below_x.size(), 1u);
    EXPECT_NEAR(marks.below_x[0], 80, 0.5);
    EXPECT_GT(alphaAt(image, 20, 5), 150);
    EXPECT_EQ(alphaAt(image, 30, 5), 0);
    EXPECT_EQ(alphaAt(image, 60, 5), 0);
  }
}

TEST(ScreenLines, ASampleThatStandsAloneIsADot) {
  const SeriesData data({{20, 5}, {30, std::nan("")}, {40, 5}, {50, std::nan("")}, {60, 5}});
  for (const LineCare care : {LineCare::kSmooth, LineCare::kQuick}) {
    const QImage image = draw(data, care).image;
    for (const double x : {20, 40, 60}) {
      EXPECT_GT(alphaAt(image, x, 5), 200);
    }
    EXPECT_LT(inkedColumns(image), 20);
  }
}

TEST(ScreenLines, LinesFromAndToBesideTheViewAreSeen) {
  const SeriesData far({{-1e6, 2}, {1e6, 2}});
  const SeriesData near({{-50, 3}, {50, 3}, {150, 3}});
  for (const LineCare care : {LineCare::kSmooth, LineCare::kQuick}) {
    EXPECT_EQ(inkedColumns(draw(far, care).image), kWidth);
    EXPECT_GE(inkedColumns(draw(near, care).image), kWidth - 2);
  }
}

TEST(ScreenLines, DashesHaveGapsAndNeverEnd) {
  const SeriesData data({{0, 5}, {33.3, 5}, {100, 5}});
  const int solid = inkedColumns(draw(data, LineCare::kSmooth).image);
  EXPECT_EQ(solid, kWidth);
  for (const Qt::PenStyle pen : {Qt::DashLine, Qt::DotLine, Qt::DashDotLine}) {
    const int inked = inkedColumns(draw(data, LineCare::kSmooth, pen).image);
    EXPECT_LT(inked, kWidth * 9 / 10);
    EXPECT_GT(inked, kWidth / 5);
  }
}

TEST(ScreenLines, WideBarsLeaveNoGaps) {
  SeriesData data;
  for (int i = 0; i < 5000; ++i) {
    data.append({i / 50.0, 5});
  }
  for (const int bar : {1, 2, 3}) {
    const auto picture = draw(data, LineCare::kQuick, Qt::SolidLine, bar);
    EXPECT_GE(inkedColumns(picture.image), kWidth - bar);
  }
}

TEST(ScreenLines, DotsStandAtEverySample) {
  const SeriesData data({{10, 5}, {50, 5}, {90, 5}});
  constexpr double kBesideTheLine = 5.13;
  const QImage plain = draw(data, LineCare::kSmooth).image;
  const QImage dotted = draw(data, LineCare::kSmooth, Qt::SolidLine, 1, true).image;
  for (const double x : {10, 50, 90}) {
    EXPECT_LT(alphaAt(plain, x, kBesideTheLine), 10);
    EXPECT_GT(alphaAt(dotted, x, kBesideTheLine), 100);
  }
}

TEST(ScreenLines, TheEffortOfALongCurveIsThatOfThePixels) {
  SeriesData data;
  for (int i = 0; i < 10000; ++i) {
    data.append({static_cast<double>(i), 0});
  }
  EXPECT_EQ(smoothEffort(data, {0, 99, 1000, false}), 100);
  EXPECT_LT(smoothEffort(data, {0, 9999, 1000, false}), 4000);
}

}  // namespace
}  // namespace retort::gui
