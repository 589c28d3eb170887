#include "gui/plots/curve_raster.h"

#include <QPainter>

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace retort::gui {
namespace {

const QColor kBlue(0, 114, 178);

CurveRaster rasterOf(int width, int height) {
  CurveRaster raster;
  raster.begin(width, height);
  return raster;
}

/// Of all pixels together, in whole pixels.
double inkOf(const QImage& image) {
  double ink = 0;
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      ink += qAlpha(image.pixel(x, y)) / 255.0;
    }
  }
  return ink;
}

TEST(CurveRaster, FillsASpanWithSmoothEnds) {
  CurveRaster raster = rasterOf(3, 10);
  raster.fillSpan(1, 2.25, 5.5, kBlue.rgba());
  const QImage image = raster.image();
  EXPECT_EQ(image.pixelColor(1, 3), kBlue);
  EXPECT_EQ(image.pixelColor(1, 4), kBlue);
  EXPECT_NEAR(qAlpha(image.pixel(1, 2)), 0.75 * 255, 1);
  EXPECT_NEAR(qAlpha(image.pixel(1, 5)), 0.5 * 255, 1);
  EXPECT_NEAR(inkOf(image), 3.25, 0.02);
}

TEST(CurveRaster, CutsOffWhatIsOutside) {
  CurveRaster raster = rasterOf(4, 4);
  for (const int column : {-1, 0, 4, 1000000}) {
    raster.fillSpan(column, -1e9, 1e9, kBlue.rgba());
  }
  raster.fillSpan(1, 3, 2, kBlue.rgba());
  raster.fillSpan(1, std::nan(""), std::nan(""), kBlue.rgba());
  EXPECT_EQ(inkOf(raster.image()), 4);
  raster.addLine({-50, -50}, {-10, 90}, 2);
  raster.addLine({-1000, 2}, {1000, 2}, 1);
  raster.paintStroke(kBlue);
  EXPECT_GT(inkOf(raster.image()), 6);
  EXPECT_TRUE(rasterOf(0, 5).image().isNull());
}

TEST(CurveRaster, ALineIsAsThickAsItsWidthInEveryDirection) {
  for (const double angle : {0.0, 0.3, 0.8, 1.2, 1.5708, 2.5, 4.0}) {
    CurveRaster raster = rasterOf(100, 100);
    const QPointF half(40 * std::cos(angle), 40 * std::sin(angle));
    raster.addLine(QPointF(50, 50) - half, QPointF(50, 50) + half, 3);
    raster.paintStroke(kBlue);
    // 80 long and 3 wide, with half a disc at each end.
    EXPECT_NEAR(inkOf(raster.image()), 80 * 3 + 3.1416 * 1.5 * 1.5, 6) << angle;
  }
}

TEST(CurveRaster, WhereLinesOfAStrokeMeetTheyArePaintedOnce) {
  QColor pale = kBlue;
  pale.setAlpha(100);
  CurveRaster raster = rasterOf(40, 40);
  raster.addLine({5, 20}, {20, 20}, 4);
  raster.addLine({20, 20}, {35, 20}, 4);
  raster.addLine({20, 5}, {20, 35}, 4);
  raster.paintStroke(pale);
  const QImage once = raster.image().copy();
  EXPECT_NEAR(qAlpha(once.pixel(20, 20)), 100, 1);
  EXPECT_NEAR(qAlpha(once.pixel(10, 20)), 100, 1);
  raster.paintStroke(pale);  // nothing is left of the first
  EXPECT_EQ(raster.image(), once);
}

TEST(CurveRaster, LaterStrokesLieOverEarlierOnes) {
  const QColor red(200, 0, 0);
  CurveRaster raster = rasterOf(20, 20);
  raster.addLine({0, 10}, {20, 10}, 6);
  raster.paintStroke(kBlue);
  QColor half = red;
  half.setAlpha(128);
  raster.addLine({10, 0}, {10, 20}, 6);
  raster.paintStroke(half);
  const QColor mixed = raster.image().pixelColor(10, 10);
  EXPECT_NEAR(mixed.red(), 100, 2);
  EXPECT_NEAR(mixed.blue(), 89, 2);
  EXPECT_EQ(mixed.alpha(), 255);
}

TEST(CurveRaster, BeginsAnewWhateverWasThere) {
  CurveRaster raster = rasterOf(20, 20);
  raster.fillSpan(3, 0, 20, kBlue.rgba());
  raster.addLine({0, 0}, {20, 20}, 3);  // a stroke that is never painted
  EXPECT_GT(inkOf(raster.image()), 0);
  for (const QSize& size : {QSize(20, 20), QSize(9, 31), QSize(20, 20)}) {
    raster.begin(size.width(), size.height());
    raster.paintStroke(kBlue);
    EXPECT_EQ(raster.image().size(), size);
    EXPECT_EQ(inkOf(raster.image()), 0);
  }
}

void paintAtRandom(CurveRaster& raster, unsigned seed) {
  std::mt19937 random(seed);
  const auto place = [&] {
    return static_cast<double>(random() % 700) / 10 - 5;
  };
  for (int i = 0; i < 4; ++i) {
    raster.fillSpan(static_cast<int>(random() % 60), place(), place(), kBlue.rgba());
    raster.addLine({place(), place()}, {place(), place()}, 1.5);
    raster.paintStroke(kBlue);
  }
}

TEST(CurveRaster, NothingIsLeftOfEarlierPictures) {
  CurveRaster raster = rasterOf(60, 50);
  for (unsigned picture = 0; picture < 20; ++picture) {
    raster.begin(60, 50);
    paintAtRandom(raster, picture);
    CurveRaster fresh = rasterOf(60, 50);
    paintAtRandom(fresh, picture);
    ASSERT_EQ(raster.image(), fresh.image());
    QImage inside(60, 50, QImage::Format_ARGB32_Premultiplied);
    inside.fill(Qt::transparent);
    QPainter painter(&inside);
    painter.drawImage(raster.paintedRect().topLeft(), raster.image(), raster.paintedRect());
    painter.end();
    EXPECT_EQ(inside, fresh.image());
  }
}

TEST(CurveRaster, AnEmptyPictureHasNoRectangle) {
  CurveRaster raster = rasterOf(30, 20);
  EXPECT_TRUE(raster.paintedRect().isEmpty());
  raster.fillSpan(4, 3.5, 8.5, kBlue.rgba());
  EXPECT_EQ(raster.paintedRect(), QRect(4, 3, 1, 6));
}

}  // namespace
}  // namespace retort::gui
