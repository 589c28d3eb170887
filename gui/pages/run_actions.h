#pragma once

#include "core/run/run_record.h"

#include <QList>
#include <QObject>

#include <functional>
#include <string>
#include <vector>

class QAction;
class QWidget;

namespace retort::gui {

class AppContext;

/// What can be done with the selected runs: each action is enabled where it does something, and
/// then asks the agent.
class RunActions final : public QObject {
  Q_OBJECT

 public:
  /// Shortcuts work where `widget` has the focus.
  RunActions(AppContext& context, QWidget* widget);

  [[nodiscard]] const QList<QAction*>& actions() const { return actions_; }

  /// By name: "pause", "unpause", "stop", "resume", "retry", "up", "down", "note", "tag", "remove".
  [[nodiscard]] QAction* action(const QString& name) const;

  /// Looks at the selected runs again and enables what applies.
  void refresh();

  /// Another note, or other tags (separated by commas), for these runs.
  void setField(const std::vector<std::string>& run_ids, const QString& field, const QString& text);

 Q_SIGNALS:
  /// The user wants to edit a cell: "note" or "tags".
  void editRequested(const QString& field);

 private:
  struct Verb;
  static const std::vector<Verb>& verbs();

  void addVerb(const Verb& verb, QWidget* widget);
  void addPriority(const QString& name, const QString& text, int change, QWidget* widget);
  QAction* add(const QString& name, const QString& text, const QString& shortcut, QWidget* widget);
  [[nodiscard]] std::vector<const RunRecord*> selected() const;
  void carryOut(const Verb& verb);
  void changePriority(int change);
  void changeTags(const std::vector<std::string>& run_ids, const QString& text);

  AppContext& context_;
  QList<QAction*> actions_;
};

}  // namespace retort::gui
