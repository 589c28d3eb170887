#pragma once

#include "gui/plots/plot_style.h"

#include <QString>

#include <optional>
#include <vector>

class QCPAbstractPlottable;
class QCPAxis;

namespace retort::gui {

/// One configuration: the value of each of its runs, and what they have in common.
struct GroupValues {
  QString name;
  std::vector<double> values;  ///< finite; one dot each
  std::optional<double> mean;
  std::optional<double> low;  ///< of the spread around the mean
  std::optional<double> high;
  PlotColor color;
  QString remark;  ///< why values are missing: "1 failed"; stands behind the name

  bool operator==(const GroupValues&) const = default;
};

/// How the groups of one plot are drawn.
struct GroupLook {
  PlotStyle style;
  bool has_bars = false;  ///< from zero to the mean, instead of a mark there
};

/// Adds what draws the groups to the canvas of the axes, which owns it: row by row along `rows`, a
/// bar or a mark for the mean, a whisker for the spread, a dot for every run. `groups` and `look`
/// must live as long. One for all: a part of the canvas for each would take longer than a frame
/// with hundreds of groups.
QCPAbstractPlottable* addGroupMarks(QCPAxis* rows,
                                    QCPAxis* values,
                                    const std::vector<GroupValues>& groups,
                                    const GroupLook& look);

}  // namespace retort::gui
