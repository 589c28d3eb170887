#pragma once

#include "experiments/yaml_tree.h"

#include <QWidget>

#include <functional>
#include <string>

class QLabel;
class QListWidget;
class QPushButton;

namespace retort::gui {

class ExperimentEditor;

/// A part of the experiment that is a list ("include", "alarms"): its items, a line each, to be
/// added, changed and removed. What an item is asked for with is the owner's.
class DesignItemList final : public QWidget {
  Q_OBJECT

 public:
  using TextOf = std::function<QString(const experiments::YamlNode&)>;

  DesignItemList(ExperimentEditor& editor,
                 std::string part,
                 const QString& title,
                 TextOf text_of,
                 QWidget* parent = nullptr);

  /// The item as the text has it; null for -1 and where there is none.
  [[nodiscard]] const experiments::YamlNode* itemAt(int index) const;

  /// Writes an item into the text; -1: a new one.
  void put(int index, const experiments::YamlNode& item);

 Q_SIGNALS:
  /// The user wants to change an item; -1: to add one.
  void itemRequested(int index);
  void failed(const QString& reason);

 private:
  void buildButtons();
  void showDraft();
  void showActions();
  void requestCurrent();
  void removeCurrent();

  ExperimentEditor& editor_;
  std::string part_;
  TextOf text_of_;
  QListWidget* list_;
  QPushButton* change_ = nullptr;
  QPushButton* remove_ = nullptr;
};

}  // namespace retort::gui
