#pragma once

#include "gui/plots/curve_legend.h"
#include "gui/plots/curve_plottable.h"
#include "gui/plots/curve_set.h"
#include "gui/plots/curve_view.h"
#include "gui/plots/plot_widget.h"
#include "gui/plots/read_out.h"
#include "gui/plots/tick_label.h"

#include <optional>
#include <string>
#include <vector>

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

/// Curves over steps (or layers), the part of them that is in sight, and the values where the
/// pointer is.
class CurvePlot : public PlotWidget {
  Q_OBJECT

 public:
  explicit CurvePlot(QWidget* parent = nullptr);
  ~CurvePlot() override;

  /// Replaces the curves. Ranges stay, and the hidden ids stay hidden.
  void setCurves(std::vector<Curve> curves);

  [[nodiscard]] const std::vector<Curve>& curves() const { return curves_.all(); }

  /// The data of the curves have grown: draws soon.
  void dataChanged() { scheduleReplot(); }

  void setCurveVisible(const std::string& id, bool is_visible);
  [[nodiscard]] bool isCurveVisible(const std::string& id) const;

  void setUp(const CurvePlotSetup& setup);

  [[nodiscard]] const CurvePlotSetup& setup() const { return setup_; }

  [[nodiscard]] CurveView& view() const { return *view_; }

  /// As `CurveSet::readOutAt`, in the colours of the plot.
  [[nodiscard]] std::vector<ReadOutEntry> readOutAt(double x) const;

  /// A line at the place that is looked at in another plot; nothing: none.
  void showCursor(std::optional<double> x);

  [[nodiscard]] bool isEmpty() const override;

 Q_SIGNALS:
  void cursorMoved(double x);
  void cursorLeft();

 protected:
  void applyStyle(const PlotStyle& style) override;
  void prepareReplot(int width) override;

 private:
  void buildItems();
  void hoverAt(const QPointF& position);
  void fitLabels();

  CurveSet curves_;
  CurveLook look_;
  CurveView* view_;
  CurveLegend legend_;
  PlotNavigator* navigator_;
  ReadOut read_out_;
  QCPItemStraightLine* reference_line_;
  QCPItemText* reference_name_;
  CurvePlotSetup setup_;
};

}  // namespace retort::gui
