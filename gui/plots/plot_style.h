#pragma once

#include <QColor>
#include <QFont>
#include <QString>

class QPalette;

namespace retort::gui {

/// How a plot looks: on a screen it follows the palette, on paper it is light whatever the theme.
struct PlotStyle {
  QColor background;
  QColor foreground;  ///< axes and their numbers
  QColor muted;       ///< second to the data: reference lines, remarks
  QColor grid;
  QColor sub_grid;
  QColor accent;  ///< cursor, rubber band
  QFont font;
  double unit = 1;  ///< canvas units in a pixel of 1/96 inch: scales tick lengths and line widths
  bool is_dark = false;
  bool is_paper = false;
};

[[nodiscard]] PlotStyle screenStyle(const QPalette& palette, const QFont& font);

/// Canvas units of an inch in figures for paper.
inline constexpr int kPaperUnitsPerInch = 288;

/// Black on white; `family` empty: a font without serifs. Lengths are in `kPaperUnitsPerInch`.
[[nodiscard]] PlotStyle paperStyle(const QString& family, double font_pt);

/// A colour that the colour-blind can tell apart from its neighbours in the cycle; good on a light
/// or dark background. Any index.
[[nodiscard]] QColor seriesColor(int index, bool is_dark);

/// The number of different colours.
inline constexpr int kSeriesColors = 8;

/// Tells apart what has the same colour: solid, dashes, dots, two kinds of both, solid … Any index.
[[nodiscard]] Qt::PenStyle seriesPen(int index);

/// One colour for light and one for dark backgrounds: a figure for paper needs the first even while
/// the screen shows the second.
struct PlotColor {
  QColor on_light;
  QColor on_dark;

  [[nodiscard]] const QColor& on(const PlotStyle& style) const {
    return style.is_dark ? on_dark : on_light;
  }

  bool operator==(const PlotColor&) const = default;
};

[[nodiscard]] PlotColor seriesColors(int index);

}  // namespace retort::gui
