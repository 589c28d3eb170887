#pragma once

#include <QWidget>

namespace retort::gui {

class AppContext;

/// Where an experiment is designed: a form and its YAML text side by side, and the runs that they
/// ask for.
class DesignPage final : public QWidget {
  Q_OBJECT

 public:
  explicit DesignPage(AppContext& context, QWidget* parent = nullptr);

  /// Shows an experiment file. One that cannot be read becomes a message.
  void openFile(const QString& file);

  /// Begins with an empty experiment.
  void newExperiment();

  /// True when the text differs from the file.
  [[nodiscard]] bool hasUnsavedChanges() const { return false; }

 private:
  AppContext& context_;
};

}  // namespace retort::gui
