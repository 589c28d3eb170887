#pragma once

#include "experiments/yaml_edit.h"

#include <QWidget>

#include <functional>
#include <vector>

class QComboBox;
class QFormLayout;
class QLineEdit;

namespace retort::gui {

class CheckListModel;
class DesignItemList;
class ExperimentEditor;

/// What stands around the grid: the experiment's name and trainer, what its report shows, the
/// resources of a run, and alarms.
class DesignReportPanel final : public QWidget {
  Q_OBJECT

 public:
  explicit DesignReportPanel(ExperimentEditor& editor, QWidget* parent = nullptr);

 Q_SIGNALS:
  void failed(const QString& reason);

 private:
  /// A line that shows and gives one value of the text.
  struct Field {
    QLineEdit* line;
    experiments::YamlPath path;
    bool is_text;  ///< what is typed is a text whatever it looks like
  };

  /// The same for a choice of words; the first one leaves it open.
  struct Choice {
    QComboBox* box;
    experiments::YamlPath path;
  };

  void buildNames(QFormLayout& form);
  void buildReport(QFormLayout& form);
  void buildResources(QFormLayout& form);
  void buildAlarms(QFormLayout& form);
  QLineEdit* addField(QFormLayout& form,
                      const QString& title,
                      const QString& hint,
                      experiments::YamlPath path,
                      bool is_text = false);
  void addChoice(QFormLayout& form,
                 const QString& title,
                 const QString& open,
                 const QStringList& words,
                 experiments::YamlPath path);
  void showDraft();
  void showMetrics();
  void showField(const Field& field);
  void takeField(const Field& field);
  void takeMetric();
  void takeAxes();
  void openAlarm(int index);
  void give(const experiments::YamlPath& path, const experiments::YamlNode& value);
  [[nodiscard]] QString problemOf(const experiments::YamlPath& path) const;

  ExperimentEditor& editor_;
  std::vector<Field> fields_;
  std::vector<Choice> choices_;
  QComboBox* metric_ = nullptr;
  CheckListModel* axes_ = nullptr;
  DesignItemList* alarms_ = nullptr;
};

}  // namespace retort::gui
