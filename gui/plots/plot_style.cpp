#include "gui/plots/plot_style.h"

#include <QPalette>

#include <array>
#include <cmath>

namespace retort::gui {
namespace {

constexpr int kCssUnitsPerInch = 96;
constexpr int kPointsPerInch = 72;
constexpr int kMiddleLightness = 128;

// After Okabe and Ito; their yellow is left out, since it is hardly seen on white.
constexpr std::array<QRgb, kSeriesColors> kOnLight = {
    0x0072b2, 0xd55e00, 0x009e73, 0xcc79a7, 0xb58900, 0x3aa0d8, 0x6f4fa0, 0x555555};
constexpr std::array<QRgb, kSeriesColors> kOnDark = {
    0x4aa8e8, 0xff8a3d, 0x2fd0a0, 0xe79ac6, 0xe6b93c, 0x8fd0f5, 0xb295e8, 0xb8b8b8};

QColor mixed(const QColor& from, const QColor& to, double share) {
  const auto channel = [share](int a, int b) {
    return static_cast<int>(std::lround(a + share * (b - a)));
  };
  return {channel(from.red(), to.red()),
          channel(from.green(), to.green()),
          channel(from.blue(), to.blue())};
}

PlotStyle styleOf(const QColor& background, const QColor& foreground, const QColor& accent) {
  PlotStyle style;
  style.background = background;
  style.foreground = mixed(background, foreground, 0.85);
  style.muted = mixed(background, foreground, 0.55);
  style.grid = mixed(background, foreground, 0.14);
  style.sub_grid = mixed(background, foreground, 0.06);
  style.accent = accent;
  style.is_dark = background.lightness() < kMiddleLightness;
  return style;
}

}  // namespace

PlotStyle screenStyle(const QPalette& palette, const QFont& font) {
  PlotStyle style = styleOf(palette.color(QPalette::Base),
                            palette.color(QPalette::Text),
                            palette.color(QPalette::Highlight));
  style.font = font;
  return style;
}

PlotStyle paperStyle(const QString& family, double font_pt) {
  PlotStyle style = styleOf(Qt::white, Qt::black, QColor(kOnLight[0]));
  style.foreground = Qt::black;
  style.font = family.isEmpty() ? QFont(QStringLiteral("sans-serif")) : QFont(family);
  style.font.setPixelSize(
      static_cast<int>(std::lround(font_pt * kPaperUnitsPerInch / kPointsPerInch)));
  style.unit = static_cast<double>(kPaperUnitsPerInch) / kCssUnitsPerInch;
  style.is_paper = true;
  return style;
}

QColor seriesColor(int index, bool is_dark) {
  const auto& cycle = is_dark ? kOnDark : kOnLight;
  return {cycle[static_cast<unsigned>(index) % cycle.size()]};
}

Qt::PenStyle seriesPen(int index) {
  constexpr std::array<Qt::PenStyle, 5> kPens = {
      Qt::SolidLine, Qt::DashLine, Qt::DotLine, Qt::DashDotLine, Qt::DashDotDotLine};
  return kPens[static_cast<unsigned>(index) % kPens.size()];
}

PlotColor seriesColors(int index) {
  return {seriesColor(index, false), seriesColor(index, true)};
}

}  // namespace retort::gui
