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

enum class AxisKind {
  kLinear,
  kLog,      ///< powers of ten, and 1, 2, 5 between them when there is room
  kSteps,    ///< whole numbers, thousands as "k"
  kIntegers  ///< whole numbers, as layers
};

[[nodiscard]] QSharedPointer<QCPAxisTicker> makeTicker(AxisKind kind);

}  // namespace retort::gui
