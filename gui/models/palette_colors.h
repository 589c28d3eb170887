#pragma once

#include <QColor>
#include <QPalette>

namespace retort::gui {

[[nodiscard]] inline bool isDark(const QPalette& palette) {
  constexpr int kMiddle = 128;
  return palette.color(QPalette::Base).lightness() < kMiddle;
}

/// Of a text that says what is wrong, readable on the palette's base.
[[nodiscard]] inline QColor errorColor(const QPalette& palette) {
  return QColor(QLatin1String(isDark(palette) ? "#ff7b72" : "#c62828"));
}

}  // namespace retort::gui
