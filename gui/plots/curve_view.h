#pragma once

#include "gui/plots/axis_range.h"
#include "gui/plots/curve_set.h"

#include <QObject>
#include <QPointer>

#include <optional>
#include <vector>

class QCustomPlot;
class QWidget;

namespace retort::gui {

/// Which part of its curves a plot shows. Follows growing data until the user zooms or pans; a
/// reset follows again. Y fits what is in sight until the user changes it.
class CurveView final : public QObject {
  Q_OBJECT

 public:
  /// The canvas and the curves must live as long; `plot` is the parent.
  CurveView(QWidget* plot, QCustomPlot& canvas, const CurveSet& curves);

  void setLogY(bool is_log);
  [[nodiscard]] bool isLogY() const;

  void setFollowing(bool is_following);

  [[nodiscard]] bool isFollowing() const { return is_following_; }

  /// All in sight again, and following.
  void reset();

  [[nodiscard]] AxisRange xRange() const;
  [[nodiscard]] AxisRange yRange() const;
  /// As a user's zoom would, but for the signal.
  void setXRange(const AxisRange& range);
  void setYRange(const AxisRange& range);

  /// While following, all of these show the x that any of them has.
  void setLinked(const std::vector<CurveView*>& views);

  /// Brings the ranges up to date. `has_markers`: leaves room beside the first and last sample;
  /// `reference`: a value that stays in sight.
  void fit(bool has_markers, std::optional<double> reference);

 Q_SIGNALS:
  void changed();                                  ///< by anyone: draw
  void xRangeChanged(double lower, double upper);  ///< by the user
  void followingChanged(bool is_following);

 private:
  void connectAxes();
  [[nodiscard]] AxisRange fullXRange(bool has_markers) const;
  [[nodiscard]] AxisRange fittingYRange(std::optional<double> reference) const;
  void assignRanges(const AxisRange& x, const AxisRange& y);
  [[nodiscard]] bool isShown() const;

  QCustomPlot& canvas_;
  const CurveSet& curves_;
  std::vector<QPointer<CurveView>> linked_;
  bool is_following_ = true;
  bool is_y_fitting_ = true;
  bool is_assigning_ = false;  ///< ranges change, but not by the user
};

}  // namespace retort::gui
