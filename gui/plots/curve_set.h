#pragma once

#include "gui/plots/axis_range.h"
#include "gui/plots/curve.h"
#include "gui/plots/read_out.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace retort::gui {

/// The curves of a plot, and which of them the user has hidden.
class CurveSet {
 public:
  /// Replaces the curves; the hidden ids stay hidden.
  void assign(std::vector<Curve> curves);

  [[nodiscard]] const std::vector<Curve>& all() const { return curves_; }

  void setVisible(const std::string& id, bool is_visible);
  [[nodiscard]] bool isVisible(const std::string& id) const;

  /// In the order of `all`; valid until the curves change.
  [[nodiscard]] std::vector<const Curve*> visible() const;

  /// No visible curve has a sample.
  [[nodiscard]] bool isEmpty() const;

  /// The x of the visible sample nearest to `x`.
  [[nodiscard]] std::optional<double> nearestX(double x) const;

  /// The visible curves' values at the sample nearest to `x`, greatest first. Curves that do not
  /// reach there are left out.
  [[nodiscard]] std::vector<ReadOutEntry> readOutAt(double x, const PlotStyle& style) const;

  /// Adds what the visible curves span: all of x; y within a stretch of x.
  void includeX(RangeFinder& finder) const;
  void includeY(RangeFinder& finder, const AxisRange& x) const;

 private:
  std::vector<Curve> curves_;
  std::set<std::string> hidden_;
};

}  // namespace retort::gui
