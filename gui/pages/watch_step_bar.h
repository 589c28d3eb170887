#pragma once

#include <QWidget>

class QLabel;
class QSlider;

namespace retort::gui {

/// Chooses the step of a profile: at its right end it stays with the latest step.
class WatchStepBar final : public QWidget {
  Q_OBJECT

 public:
  explicit WatchStepBar(QWidget* parent);

  /// The steps that there are; the choice stays, or the latest.
  void setSteps(double first, double last);

  [[nodiscard]] double step() const;

 Q_SIGNALS:
  void stepChanged();  ///< by the user

 private:
  void showStep();

  QSlider* slider_;
  QLabel* label_;
  double first_ = 0;
  double last_ = 0;
  bool is_latest_ = true;
};

}  // namespace retort::gui
