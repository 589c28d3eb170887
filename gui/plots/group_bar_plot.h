#pragma once

#include "gui/plots/group_marks.h"
#include "gui/plots/plot_widget.h"

#include <optional>
#include <vector>

class QCPItemStraightLine;

namespace retort::gui {

/// Configurations below each other, each with all of its runs: a bar or a mark for the mean, a
/// whisker for the spread, a dot for every run. Names stand on the left, where long ones fit.
class GroupBarPlot final : public PlotWidget {
  Q_OBJECT

 public:
  enum class Look {
    kPoints,  ///< the axis shows the values as closely as it can
    kBars,    ///< from zero
  };

  explicit GroupBarPlot(QWidget* parent = nullptr);

  void setGroups(std::vector<GroupValues> groups);

  [[nodiscard]] const std::vector<GroupValues>& groups() const { return groups_; }

  void setLook(Look look);
  void setValueLabel(const QString& label);

  /// A dashed line at the baseline's mean; nothing: none.
  void setReference(std::optional<double> value);

  /// What the values' axis shows, for tests.
  [[nodiscard]] double valueAxisLower() const;
  [[nodiscard]] double valueAxisUpper() const;

  /// How tall a figure must be for the names of all groups.
  [[nodiscard]] double neededHeightMm(double font_pt) const;

  /// Tall enough for the names of all groups: to be put into a scroll area.
  [[nodiscard]] QSize minimumSizeHint() const override;
  [[nodiscard]] QSize sizeHint() const override;

  [[nodiscard]] bool isEmpty() const override;

 protected:
  void applyStyle(const PlotStyle& style) override;
  void prepareReplot(int width) override;
  bool event(QEvent* event) override;

 private:
  void refit();
  void showReference();
  void fitValueAxis();
  void elideNames(int width);
  [[nodiscard]] QString toolTipAt(int y) const;

  std::vector<GroupValues> groups_;
  GroupLook look_;
  QCPItemStraightLine* reference_line_;
  std::optional<double> reference_;
  int elided_for_ = -1;  ///< the width that the names were last elided for
};

}  // namespace retort::gui
