#include "gui/pages/run_actions.h"

#include "core/plan/run_requests.h"
#include "core/run/format.h"
#include "gui/models/app_context.h"
#include "gui/models/icons.h"

#include <QAction>
#include <QWidget>

#include <algorithm>
#include <map>
#include <set>

namespace retort::gui {

/// A request of the agent's, and the states in which it does something.
struct RunActions::Verb {
  const char* kind;
  const char* text;
  const char* shortcut;
  const char* hint;
  bool (*applies)(RunState state);
};

const std::vector<RunActions::Verb>& RunActions::verbs() {
  static const std::vector<Verb> kVerbs = {
      {"pause",
       QT_TR_NOOP("&Pause"),
       "Ctrl+P",
       QT_TR_NOOP("Hold the waiting runs back"),
       [](RunState state) {
         return state == RunState::kQueued || state == RunState::kBlocked;
       }},
      {"unpause",
       QT_TR_NOOP("&Unpause"),
       "Ctrl+Shift+P",
       QT_TR_NOOP("Let the paused runs wait for their turn again"),
       [](RunState state) {
         return state == RunState::kPaused;
       }},
      {"stop",
       QT_TR_NOOP("&Stop"),
       "Ctrl+.",
       QT_TR_NOOP("Write a checkpoint and end; can be resumed"),
       [](RunState state) {
         return !isTerminal(state) && state != RunState::kStopping;
       }},
      {"resume",
       QT_TR_NOOP("&Resume"),
       "Ctrl+R",
       QT_TR_NOOP("Go on from the last checkpoint"),
       [](RunState state) {
         return state == RunState::kStopped;
       }},
      {"retry",
       QT_TR_NOOP("Re&try"),
       "Ctrl+Shift+R",
       QT_TR_NOOP("Run what failed or diverged again"),
       [](RunState state) {
         return state == RunState::kFailed || state == RunState::kDiverged;
       }},
      {"remove",
       QT_TR_NOOP("Re&move"),
       "Delete",
       QT_TR_NOOP("Move the runs to the workspace's trash; running ones must be stopped first"),
       [](RunState state) {
         return !isActive(state);
       }},
  };
  return kVerbs;
}

RunActions::RunActions(AppContext& context, QWidget* widget) : QObject(widget), context_(context) {
  for (const Verb& verb : verbs()) {
    if (std::string_view(verb.kind) != "remove") {
      addVerb(verb, widget);
    }
  }
  addPriority(QStringLiteral("up"), tr("Priority u&p"), 1, widget);
  addPriority(QStringLiteral("down"), tr("Priority &down"), -1, widget);
  for (const auto& [name, text, shortcut, field] :
       {std::tuple("note", tr("&Note…"), "Ctrl+E", "note"),
        std::tuple("tag", tr("Ta&gs…"), "Ctrl+T", "tags")}) {
    QAction* action = add(QLatin1String(name), text, QLatin1String(shortcut), widget);
    connect(action, &QAction::triggered, this, [this, field = QLatin1String(field)] {
      Q_EMIT editRequested(field);
    });
  }
  addVerb(verbs().back(), widget);
  refresh();
}

QAction* RunActions::add(const QString& name,
                         const QString& text,
                         const QString& shortcut,
                         QWidget* widget) {
  auto* action = new QAction(icon(name), text, this);
  action->setObjectName(name);
  action->setShortcut(QKeySequence(shortcut));
  action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
  widget->addAction(action);
  actions_.append(action);
  return action;
}

void RunActions::addVerb(const Verb& verb, QWidget* widget) {
  const QString name = QLatin1String(verb.kind);
  QAction* action = add(name, tr(verb.text), QLatin1String(verb.shortcut), widget);
  if (name == QLatin1String("unpause")) {
    action->setIcon(icon(QStringLiteral("queued")));
  }
  action->setToolTip(QStringLiteral("%1 (%2)").arg(
      tr(verb.hint), action->shortcut().toString(QKeySequence::NativeText)));
  connect(action, &QAction::triggered, this, [this, &verb] { carryOut(verb); });
}

void RunActions::addPriority(const QString& name,
                             const QString& text,
                             int change,
                             QWidget* widget) {
  QAction* action =
      add(name, text, change > 0 ? QStringLiteral("Ctrl+Up") : QStringLiteral("Ctrl+Down"), widget);
  connect(action, &QAction::triggered, this, [this, change] { changePriority(change); });
}

QAction* RunActions::action(const QString& name) const {
  const auto found = std::ranges::find(actions_, name, &QAction::objectName);
  return found == actions_.end() ? nullptr : *found;
}

std::vector<const RunRecord*> RunActions::selected() const {
  std::vector<const RunRecord*> runs;
  for (const std::string& run_id : context_.selectedRuns()) {
    if (const RunRecord* run = context_.findRun(run_id)) {
      runs.push_back(run);
    }
  }
  std::ranges::sort(runs);  // as they stand in the list: in the order of the queue
  return runs;
}

void RunActions::refresh() {
  const std::vector<const RunRecord*> runs = selected();
  for (const Verb& verb : verbs()) {
    action(QLatin1String(verb.kind))->setEnabled(std::ranges::any_of(runs, [&](const auto* run) {
      return verb.applies(run->state);
    }));
  }
  const bool has_waiting =
      std::ranges::any_of(runs, [](const auto* run) { return !isTerminal(run->state); });
  action(QStringLiteral("up"))->setEnabled(has_waiting);
  action(QStringLiteral("down"))->setEnabled(has_waiting);
  action(QStringLiteral("note"))->setEnabled(!runs.empty());
  action(QStringLiteral("tag"))->setEnabled(!runs.empty());
}

void RunActions::carryOut(const Verb& verb) {
  Json run_ids = Json::array();
  int left_out = 0;
  for (const RunRecord* run : selected()) {
    if (verb.applies(run->state)) {
      run_ids.push_back(run->spec.run_id);
    } else {
      ++left_out;
    }
  }
  if (run_ids.empty()) {
    return;
  }
  const bool is_removal = std::string_view(verb.kind) == "remove";
  const std::size_t count = run_ids.size();
  context_.request(verb.kind, {{"run_ids", run_ids}}, [this, is_removal, count, left_out](bool ok) {
    if (ok && is_removal) {
      const QString kept =
          left_out == 0 ? QString() : tr(" Left: %1 still running; stop first.").arg(left_out);
      const QString runs = QString::fromStdString(formatCount(count, "run"));
      context_.showMessage(tr("Moved to the trash of the workspace: %1.").arg(runs) + kept);
    }
  });
}

void RunActions::changePriority(int change) {
  std::map<int, Json> by_priority;
  for (const RunRecord* run : selected()) {
    if (!isTerminal(run->state)) {
      by_priority.try_emplace(run->priority + change, Json::array())
          .first->second.push_back(run->spec.run_id);
    }
  }
  for (const auto& [priority, run_ids] : by_priority) {
    context_.request("priority", {{"run_ids", run_ids}, {"priority", priority}});
  }
}

void RunActions::setField(const std::vector<std::string>& run_ids,
                          const QString& field,
                          const QString& text) {
  if (field == QLatin1String("tags")) {
    changeTags(run_ids, text);
  } else {
    context_.request("note", {{"run_ids", run_ids}, {"note", text.toStdString()}});
  }
}

void RunActions::changeTags(const std::vector<std::string>& run_ids, const QString& text) {
  std::set<std::string> wanted;
  for (const QString& tag : text.split(QLatin1Char(','), Qt::SkipEmptyParts)) {
    if (!tag.trimmed().isEmpty()) {
      wanted.insert(tag.trimmed().toStdString());
    }
  }
  std::set<std::string> removed;
  for (const std::string& run_id : run_ids) {
    if (const RunRecord* run = context_.findRun(run_id)) {
      removed.insert(run->tags.begin(), run->tags.end());
    }
  }
  for (const std::string& tag : wanted) {
    removed.erase(tag);
  }
  context_.request("tag", {{"run_ids", run_ids}, {"add", wanted}, {"remove", removed}});
}

}  // namespace retort::gui
