#pragma once

#include "gui/plots/axis_range.h"
#include "gui/plots/curve.h"
#include "gui/plots/curve_plottable.h"
#include "gui/plots/plot_widget.h"
#include "gui/plots/read_out.h"
#include "gui/plots/tick_label.h"

#include <QPointer>

#include <optional>
#include <set>
#include <string>
#include <vector>

class QCPAbstractPlottable;
class QCPItemStraightLine;
class QCPItemText;

namespace retort::gui {

class PlotNavigator;

/// What does not change with the data.
struct CurvePlotSetup {
  QString x_label;
  QString y_label;
  AxisKind x_kind = AxisKind::kSteps;
  bool has_markers = false;         ///< a dot at every sample
  bool has_legend = false;          ///< names and colours below the curves; on paper always
  std::optional<double> reference;  ///< a dashed line across, always in sight
  QString reference_name;

  bool operator==(const CurvePlotSetup&) const = default;
};

/// Curves over steps (or layers). Follows growing data until the user zooms or pans; a reset
/// follows again. Y fits what is in sight until the user changes it.
class CurvePlot : public PlotWidget {
  Q_OBJECT

 public:
  explicit CurvePlot(QWidget* parent = nullptr);
  ~CurvePlot() override;

  /// Replaces the curves. Ranges stay, and the hidden ids stay hidden.
  void setCurves(std::vector<Curve> curves);

  [[nodiscard]] const std::vector<Curve>& curves() const { return curves_; }

  /// The data of the curves have grown: draws soon.
  void dataChanged() { scheduleReplot(); }

  void setCurveVisible(const std::string& id, bool is_visible);
  [[nodiscard]] bool isCurveVisible(const std::string& id) const;

  void setUp(const CurvePlotSetup& setup);

  [[nodiscard]] const CurvePlotSetup& setup() const { return setup_; }

  void setLogY(bool is_log);
  [[nodiscard]] bool isLogY() const;

  void setFollowing(bool is_following);

  [[nodiscard]] bool isFollowing() const { return is_following_; }

  /// All in sight again, and following.
  void resetView();

  [[nodiscard]] AxisRange xRange() const;
  [[nodiscard]] AxisRange yRange() const;
  /// As a user's zoom would, but for the signal.
  void setXRange(const AxisRange& range);
  void setYRange(const AxisRange& range);

  /// The visible curves' values at the sample nearest to `x`, greatest first. Curves that do not
  /// reach there are left out.
  [[nodiscard]] std::vector<ReadOutEntry> readOutAt(double x) const;
  /// The x of the visible sample nearest to `x`.
  [[nodiscard]] std::optional<double> nearestX(double x) const;
  /// While following, all of these show the steps that any of them has.
  void setLinked(const std::vector<CurvePlot*>& plots);
  /// A line at the place that is looked at in another plot; nothing: none.
  void showCursor(std::optional<double> x);

 Q_SIGNALS:
  void xRangeChanged(double lower, double upper);  ///< by the user
  void followingChanged(bool is_following);
  void cursorMoved(double x);
  void cursorLeft();

 protected:
  void applyStyle(const PlotStyle& style) override;
  [[nodiscard]] bool isEmpty() const override;
  void prepareReplot(int width) override;

 private:
  struct Drawn {
    QCPAbstractPlottable* band = nullptr;
    QCPAbstractPlottable* raw = nullptr;
    QCPAbstractPlottable* line = nullptr;
  };

  void buildItems();
  void connectAxes();
  void dropPlottables();
  Drawn addPlottables(const Curve& curve);
  void showPlottables();
  void hoverAt(const QPointF& position);
  void fitLabels();
  void placeLegend();
  void fillLegend(int width);
  void fitRanges();
  void includeX(RangeFinder& finder) const;
  [[nodiscard]] AxisRange fullXRange() const;
  [[nodiscard]] AxisRange fittingYRange() const;
  [[nodiscard]] bool isHeavy() const;
  void assignRanges(const AxisRange& x, const AxisRange& y);

  std::vector<Curve> curves_;
  std::vector<Drawn> drawn_;
  std::set<std::string> hidden_;
  CurveLook look_;
  PlotNavigator* navigator_;
  ReadOut read_out_;
  QCPItemStraightLine* reference_line_;
  QCPItemText* reference_name_;
  CurvePlotSetup setup_;
  std::vector<QPointer<CurvePlot>> linked_;
  bool is_following_ = true;
  bool is_y_fitting_ = true;
  bool is_assigning_ = false;  ///< ranges change, but not by the user
};

}  // namespace retort::gui
