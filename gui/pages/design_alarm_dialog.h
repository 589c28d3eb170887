#pragma once

#include "experiments/yaml_tree.h"

#include <QDialog>
#include <QStringList>

class QComboBox;
class QDialogButtonBox;
class QLabel;
class QLineEdit;
class QSpinBox;

namespace retort::gui {

/// Asks for one alarm: a metric, its limits, for how many points, and what happens then.
class DesignAlarmDialog final : public QDialog {
  Q_OBJECT

 public:
  /// `metrics` are offered; others and patterns with '*' can be typed.
  DesignAlarmDialog(const QStringList& metrics,
                    const experiments::YamlNode& alarm,
                    QWidget* parent);

  /// Valid once the dialog was accepted.
  [[nodiscard]] const experiments::YamlNode& alarm() const { return alarm_; }

 private:
  void buildFields(const QStringList& metrics);
  void fill(const experiments::YamlNode& alarm);
  void check();

  experiments::YamlNode alarm_;
  QComboBox* metric_ = nullptr;
  QLineEdit* above_ = nullptr;
  QLineEdit* below_ = nullptr;
  QSpinBox* points_ = nullptr;
  QComboBox* action_ = nullptr;
  QLabel* verdict_ = nullptr;
  QDialogButtonBox* buttons_ = nullptr;
};

}  // namespace retort::gui
