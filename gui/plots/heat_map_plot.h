#pragma once

#include "gui/models/heat_map.h"
#include "gui/plots/axis_range.h"
#include "gui/plots/plot_widget.h"
#include "gui/plots/read_out.h"
#include "gui/plots/tick_label.h"

#include <optional>
#include <vector>

class QCPColorScale;
class QPointF;

namespace retort::gui {

class HeatCells;
class PlotNavigator;

/// How values become colours.
struct HeatScale {
  bool is_log = true;          ///< values that are not positive take the lowest colour
  bool is_difference = false;  ///< blue and red around 0
  bool is_ratio = false;       ///< of a difference: values are log10(a / b), shown as a / b
  QString label;               ///< beside the colours: quantity and unit

  bool operator==(const HeatScale&) const = default;
};

/// Rows of cells over steps, with a legend of the colours. The first row is at the top. Cells
/// without a value are left out; cells that are not finite have a colour of their own.
class HeatMapPlot final : public PlotWidget {
  Q_OBJECT

 public:
  explicit HeatMapPlot(QWidget* parent = nullptr);
  ~HeatMapPlot() override;

  void setMap(HeatMap map, const HeatScale& scale);

  [[nodiscard]] const HeatMap& map() const { return map_; }

  void setXAxis(const QString& label, AxisKind kind);

  /// The values at the two ends of the colours.
  [[nodiscard]] const HeatRange& colorRange() const { return color_range_; }

  /// The cell's colour; transparent for a cell without a value.
  [[nodiscard]] QRgb colorOf(const HeatCell& cell) const;

  /// Row, step and value at a place of the canvas in words; nothing outside the cells.
  [[nodiscard]] std::optional<ReadOutEntry> readOutAt(double x, double y) const;

  /// All in sight again, and following.
  void resetView();

  [[nodiscard]] bool isEmpty() const override;

 protected:
  void applyStyle(const PlotStyle& style) override;
  void prepareReplot(int width) override;

 private:
  void buildAxes();
  void fillColors();
  void takeColors();
  void labelRows(int width);
  [[nodiscard]] double placeOf(double value) const;
  void hoverAt(const QPointF& position);

  HeatMap map_;
  HeatScale scale_;
  AxisKind x_kind_ = AxisKind::kSteps;
  HeatRange color_range_;
  std::vector<QRgb> colors_;  ///< from the lower to the upper end
  double color_begin_ = 0;    ///< `placeOf` the lower end
  double color_span_ = 1;
  HeatCells* cells_;
  QCPColorScale* color_scale_;
  PlotNavigator* navigator_;
  ReadOut read_out_;
  bool is_following_ = true;
  bool is_assigning_ = false;
};

}  // namespace retort::gui
