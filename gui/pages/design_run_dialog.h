#pragma once

#include "core/settings/catalogue.h"
#include "experiments/yaml_tree.h"

#include <QDialog>

#include <memory>
#include <string>
#include <vector>

class QDialogButtonBox;
class QLabel;
class QPlainTextEdit;

namespace retort::gui {

/// Asks for the settings of a run besides the grid; what is wrong is said while they are written.
class DesignRunDialog final : public QDialog {
  Q_OBJECT

 public:
  /// `catalogue` may be null; `axes`: the keys of the grid, which may be given by label.
  DesignRunDialog(std::shared_ptr<const Catalogue> catalogue,
                  std::vector<std::string> axes,
                  const experiments::YamlNode& settings,
                  QWidget* parent);

  /// Valid once the dialog was accepted.
  [[nodiscard]] const experiments::YamlNode& settings() const { return settings_; }

 private:
  void check();

  std::shared_ptr<const Catalogue> catalogue_;
  std::vector<std::string> axes_;
  experiments::YamlNode settings_;
  QPlainTextEdit* text_;
  QLabel* verdict_;
  QDialogButtonBox* buttons_;
};

}  // namespace retort::gui
