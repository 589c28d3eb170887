#pragma once

#include "gui/plots/figure_export.h"

#include <QDialog>

class QComboBox;
class QDoubleSpinBox;
class QSpinBox;

namespace retort::gui {

/// Asks for the size of a figure on paper.
class FigureDialog final : public QDialog {
  Q_OBJECT

 public:
  FigureDialog(const FigureOptions& options, QWidget* parent);

  [[nodiscard]] FigureOptions options() const;

 private:
  void applyPreset(int index);
  void applyUnit();
  void setSize(double width_mm, double height_mm);

  QComboBox* presets_;
  QDoubleSpinBox* width_;
  QDoubleSpinBox* height_;
  QComboBox* unit_;
  QDoubleSpinBox* font_;
  QSpinBox* resolution_;
  QString font_family_;
  double mm_per_unit_ = 1;
};

}  // namespace retort::gui
