#pragma once

#include "core/base/result.h"
#include "experiments/yaml_edit.h"
#include "gui/models/settings_form.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QTreeView;

namespace retort::gui {

class ExperimentEditor;

/// The form: every setting of the trainer that applies, with its meaning; search, and a way back to
/// the default.
class DesignSettingsPanel final : public QWidget {
  Q_OBJECT

 public:
  explicit DesignSettingsPanel(ExperimentEditor& editor, QWidget* parent = nullptr);

 Q_SIGNALS:
  void failed(const QString& reason);

 private:
  void buildSearch();
  void buildTree();
  void buildDetails();
  void showCatalogue();
  void showDraft();
  void showDetails();
  void change(const QString& key, const experiments::YamlNode& value);
  void resetCurrent();
  [[nodiscard]] QModelIndex currentSetting() const;
  [[nodiscard]] experiments::YamlPath section() const;

  ExperimentEditor& editor_;
  SettingsFormModel model_;
  SettingsFilter filter_;
  QComboBox* section_ = nullptr;
  QLineEdit* search_ = nullptr;
  QTreeView* tree_ = nullptr;
  QLabel* sentence_ = nullptr;
  QPushButton* again_ = nullptr;
  QLabel* details_ = nullptr;
  QPushButton* reset_ = nullptr;
};

}  // namespace retort::gui
