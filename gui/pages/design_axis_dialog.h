#pragma once

#include "core/settings/catalogue.h"
#include "experiments/yaml_tree.h"

#include <QDialog>

#include <memory>
#include <string>

class QComboBox;
class QDialogButtonBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;

namespace retort::gui {

/// What an axis varies, its values, and where it exists.
struct AxisDefinition {
  std::string key;
  experiments::YamlNode values;
  experiments::YamlNode when;  ///< {key: value}; empty: in every cell
};

/// Asks for one axis; what is wrong is said while it is written.
class DesignAxisDialog final : public QDialog {
  Q_OBJECT

 public:
  /// `catalogue` may be null.
  DesignAxisDialog(std::shared_ptr<const Catalogue> catalogue,
                   const AxisDefinition& axis,
                   QWidget* parent);

  /// Valid once the dialog was accepted.
  [[nodiscard]] const AxisDefinition& axis() const { return axis_; }

 private:
  void buildFields();
  void fill(const AxisDefinition& axis);
  void check();
  void showHint();
  [[nodiscard]] Result<experiments::YamlNode, QString> readWhen() const;

  std::shared_ptr<const Catalogue> catalogue_;
  AxisDefinition axis_;
  QComboBox* key_ = nullptr;
  QComboBox* kind_ = nullptr;
  QPlainTextEdit* values_ = nullptr;
  QLineEdit* when_ = nullptr;
  QLabel* verdict_ = nullptr;
  QDialogButtonBox* buttons_ = nullptr;
};

}  // namespace retort::gui
