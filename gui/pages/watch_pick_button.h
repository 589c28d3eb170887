#pragma once

#include <QToolButton>

#include <string>
#include <vector>

namespace retort::gui {

/// A button with a menu of boxes: "Layers: all", "Layers: 0, 3". Nothing ticked means all.
class WatchPickButton final : public QToolButton {
  Q_OBJECT

 public:
  WatchPickButton(const QString& title, QWidget* parent);

  /// What can be picked; picks among them stay. Hidden while there are fewer than two.
  void setChoices(const std::vector<std::string>& choices);

  /// Empty: all.
  [[nodiscard]] std::vector<std::string> picked() const;
  void setPicked(const std::vector<std::string>& picked);

 Q_SIGNALS:
  void pickedChanged();  ///< by the user

 private:
  void fillMenu();
  void showPicked();

  QString title_;
  std::vector<std::string> choices_;
  std::vector<std::string> picked_;
};

}  // namespace retort::gui
