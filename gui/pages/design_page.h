#pragma once

#include "gui/models/experiment_editor.h"

#include <QWidget>

#include <functional>

class QAction;
class QLabel;
class QListWidget;
class QPushButton;
class QToolBar;

namespace retort::gui {

class AppContext;
class DesignPreviewPanel;
class DesignQuestionBar;
class DesignYamlView;

/// Where an experiment is designed: a form and its YAML text side by side, each following the
/// other, and the runs that they ask for.
class DesignPage final : public QWidget {
  Q_OBJECT

 public:
  explicit DesignPage(AppContext& context, QWidget* parent = nullptr);
  ~DesignPage() override;

  /// Shows an experiment file; asks first when changes would be lost. One that cannot be read
  /// becomes a message.
  void openFile(const QString& file);

  /// Begins a new experiment with the text of a file, which itself stays as it is; its relative
  /// paths are those of the file.
  void openTemplate(const QString& file);

  /// Begins with an empty experiment; asks first when changes would be lost.
  void newExperiment();

  /// True when the text differs from the file.
  [[nodiscard]] bool hasUnsavedChanges() const;

 Q_SIGNALS:
  void fileOpened(const QString& file);

 private:
  void buildBar();
  void buildFileActions();
  QWidget* buildHalves();
  void connectEditor();
  QWidget* buildForm();
  QWidget* buildText();
  QAction* addAction(const QString& icon_name,
                     const QString& text,
                     const QKeySequence& keys,
                     const std::function<void()>& act);
  void begin(const QString& text, const std::filesystem::path& folder = {});
  void withoutLosses(const std::function<void()>& act);
  void save(const std::function<void()>& then = {});
  void write(const std::function<void()>& then);
  void saveAs(const std::function<void()>& then = {});
  void showTitle();
  void showProblems();
  void showStart();
  void start();
  [[nodiscard]] QString startObstacle() const;

  AppContext& context_;
  DesignYamlView* text_;
  ExperimentEditor editor_;
  QToolBar* bar_ = nullptr;
  DesignQuestionBar* question_ = nullptr;
  QLabel* title_ = nullptr;
  QListWidget* problems_ = nullptr;
  DesignPreviewPanel* preview_ = nullptr;
  QPushButton* start_ = nullptr;
  QLabel* obstacle_ = nullptr;
  bool is_starting_ = false;
};

}  // namespace retort::gui
