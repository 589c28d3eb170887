#pragma once

#include "core/base/result.h"
#include "experiments/yaml_edit.h"
#include "gui/models/grid_axes.h"

#include <QList>
#include <QWidget>

#include <functional>
#include <map>
#include <string>
#include <vector>

class QAction;
class QComboBox;
class QFormLayout;
class QLineEdit;
class QMenu;
class QTableView;

namespace retort::gui {

class DesignItemList;
struct AxisDefinition;
class ExperimentEditor;

/// What varies: the axes of the grid with their order, groups and conditions; seeds; the baseline;
/// single runs besides the grid.
class DesignGridPanel final : public QWidget {
  Q_OBJECT

 public:
  explicit DesignGridPanel(ExperimentEditor& editor, QWidget* parent = nullptr);

 Q_SIGNALS:
  void failed(const QString& reason);

 private:
  void buildAxes();
  void buildActions();
  void buildFields();
  void buildIncluded();
  QAction* addAction(const QString& text, const QString& tip, std::function<void()> act);
  void fillAddMenu();
  void showDraft();
  void showBaseline();
  void showActions();
  void change(const std::function<Status(experiments::YamlEditor&)>& edit);
  void openDialog(const AxisDefinition& axis, bool is_new);
  void applyAxis(const std::string& old_key, const AxisDefinition& axis);
  void openRun(int index);
  void editCurrent();
  void moveCurrent(int by);
  void moveTo(const std::string& key, int row);
  void changeSeeds();
  void changeBaseline(const std::string& axis, const QString& label);
  [[nodiscard]] std::vector<std::string> selectedKeys() const;

  ExperimentEditor& editor_;
  GridAxesModel model_;
  QTableView* table_ = nullptr;
  QMenu* add_menu_ = nullptr;
  QLineEdit* seeds_ = nullptr;
  QFormLayout* fields_ = nullptr;
  DesignItemList* included_ = nullptr;
  QList<QAction*> single_actions_;  ///< that need one axis
  QAction* zip_ = nullptr;
  QAction* unzip_ = nullptr;
  std::map<std::string, QComboBox*> baseline_;
};

}  // namespace retort::gui
