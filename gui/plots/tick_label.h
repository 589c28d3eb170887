#pragma once

#include <QSharedPointer>
#include <QString>

class QCPAxisTicker;

namespace retort::gui {

/// A number beside an axis whose ticks are `step` apart: as many digits as tell neighbours apart,
/// "1.5e-7" from 1e6 on and for small steps; the axis shows the exponent raised. '.' in any locale.
[[nodiscard]] QString tickLabel(double value, double step);

/// A step of a run: "500", "1.5k", "20k", "1.25M".
[[nodiscard]] QString stepLabel(double value, double step);

/// A value that is read off a curve: five digits, "NaN", "inf".
[[nodiscard]] QString valueLabel(double value);

/// Seconds: "0.5 s", "45 s", "1:30 min", "2:15 h", "3 d", to the second where `step` is below a
/// minute.
[[nodiscard]] QString durationLabel(double seconds, double step);

/// A time of day, where this computer is: "2026-11-22 18:49:05".
[[nodiscard]] QString clockLabel(double seconds_since_1970);

enum class AxisKind {
  kLinear,
  kLog,       ///< powers of ten, and 1, 2, 5 between them when there is room
  kSteps,     ///< whole numbers, thousands as "k"
  kIntegers,  ///< whole numbers, as layers
  kElapsed,   ///< seconds, as `durationLabel`
  kClock      ///< seconds since 1970, as the time of day where this computer is
};

/// A place on an axis in words, exactly.
[[nodiscard]] QString axisLabel(double value, AxisKind kind);

[[nodiscard]] QSharedPointer<QCPAxisTicker> makeTicker(AxisKind kind);

}  // namespace retort::gui
