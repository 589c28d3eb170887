#pragma once

#include "core/base/result.h"
#include "experiments/yaml_edit.h"
#include "gui/models/settings_form.h"

#include <QWidget>

#include <functional>
#include <string>

class QAction;
class QComboBox;
class QLabel;
class QLineEdit;
class QMenu;
class QPushButton;
class QTreeView;

namespace retort::gui {

class ExperimentEditor;

/// The form: every setting of the trainer that applies, with its meaning, for all runs and for each
/// run that they need; search, and a way back to the default.
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
  QWidget* buildNeeds();
  void buildTreeActions();
  void showCatalogue();
  void showDraft();
  void showDetails();
  void change(const QString& key, const experiments::YamlNode& value);
  void resetCurrent();
  void editFirstFound();
  [[nodiscard]] QModelIndex bestFound() const;
  void takeGroupFromAll();
  void askName(const QString& title, const QString& name, std::function<void(std::string)> take);
  void changeNeeds(const std::function<Status(experiments::YamlEditor&)>& edit,
                   const QString& section);
  [[nodiscard]] QString need() const;
  [[nodiscard]] QModelIndex currentSetting() const;
  [[nodiscard]] experiments::YamlPath section() const;

  ExperimentEditor& editor_;
  SettingsFormModel model_;
  SettingsFilter filter_;
  QComboBox* section_ = nullptr;
  QAction* rename_need_ = nullptr;
  QAction* remove_need_ = nullptr;
  QAction* take_group_ = nullptr;
  QString wanted_section_;  ///< shown as soon as the text has it
  QLineEdit* search_ = nullptr;
  QTreeView* tree_ = nullptr;
  QLabel* sentence_ = nullptr;
  QPushButton* again_ = nullptr;
  QLabel* details_ = nullptr;
  QPushButton* reset_ = nullptr;
};

}  // namespace retort::gui
