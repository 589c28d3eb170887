#include "gui/models/run_details.h"

#include "core/run/format.h"
#include "gui/models/run_row.h"
#include "storage/workspace_store.h"

#include <QCoreApplication>

#include <algorithm>
#include <cstring>

namespace retort::gui {
namespace {

constexpr std::int64_t kMostEvents = 2000;
constexpr int kLongestValue = 2000;  // a value with a megabyte of text is not for a table

QString tr(const char* text) {
  return QCoreApplication::translate("RunDetails", text);
}

QString valueText(const Json& value) {
  const QString text = visibleText(formatSetting(value));
  return text.size() <= kLongestValue ? text : text.left(kLongestValue) + QStringLiteral("…");
}

QString timeText(const std::optional<std::int64_t>& time_ms) {
  return time_ms && *time_ms > 0 ? QString::fromStdString(formatTime(*time_ms)) : QString();
}

void add(std::vector<QStringList>& rows, const QString& name, const QString& value) {
  if (!value.isEmpty()) {
    rows.push_back({name, value});
  }
}

/// Nested objects as dotted names, one row a leaf.
void addTree(std::vector<QStringList>& rows, const std::string& name, const Json& value) {
  if (!value.is_object()) {
    rows.push_back({visibleText(name), valueText(value)});
    return;
  }
  for (const auto& [key, child] : value.items()) {
    std::string path = name;
    path += path.empty() ? "" : ".";
    path += key;
    addTree(rows, path, child);
  }
}

QString endText(const AttemptRecord& attempt) {
  if (attempt.signal) {
    const char* name = sigabbrev_np(*attempt.signal);
    return tr("signal %1").arg(*attempt.signal) +
           (name == nullptr ? QString() : QStringLiteral(" (SIG%1)").arg(QLatin1String(name)));
  }
  if (attempt.exit_code) {
    return tr("exit code %1").arg(*attempt.exit_code);
  }
  return attempt.ended_ms ? QString() : tr("running");
}

}  // namespace

Result<RunDetails> loadRunDetails(storage::WorkspaceStore& store, const std::string& run_id) {
  RunDetails details;
  const Status status = store.read([&]() -> Status {
    auto run = store.runs().get(run_id);
    auto attempts = store.runs().attempts(run_id);
    storage::EventFilter filter;
    filter.run_id = run_id;
    filter.limit = kMostEvents;
    filter.newest_first = true;
    auto events = store.events().list(filter);
    auto experiments = store.experiments().experimentsOf(run_id);
    if (!run || !attempts || !events || !experiments) {
      return failWith(!run        ? run.error()
                      : !attempts ? attempts.error()
                      : !events   ? events.error()
                                  : experiments.error());
    }
    details.run = std::move(*run);
    details.attempts = std::move(*attempts);
    details.events = std::move(*events);
    for (const ExperimentRecord& experiment : *experiments) {
      details.experiments.push_back(experiment.name);
    }
    return {};
  });
  if (!status) {
    return failWith(status.error());
  }
  const auto told = std::ranges::find(
      details.events, std::string("environment"), [](const auto& e) { return e.event.kind; });
  if (told != details.events.end()) {
    details.environment = told->event.fields;
  }
  std::ranges::reverse(details.events);
  return details;
}

std::vector<QStringList> overviewRows(const RunDetails& details) {
  const RunRecord& run = details.run;
  std::vector<QStringList> rows;
  add(rows, tr("Run"), visibleText(run.spec.run_id));
  add(rows, tr("Name"), visibleText(run.name));
  add(rows, tr("State"), visibleText(runStateName(run.state)));
  add(rows, tr("Message"), visibleText(run.message));
  add(rows, tr("Phase"), visibleText(run.phase));
  add(rows, tr("Steps"), QString::fromStdString(formatSteps(run.step, run.total_steps)));
  for (const std::string& experiment : details.experiments) {
    add(rows, tr("Experiment"), visibleText(experiment));
  }
  add(rows, tr("Queued"), timeText(run.created_ms));
  add(rows, tr("Started"), timeText(run.started_ms));
  add(rows, tr("Ended"), timeText(run.ended_ms));
  if (run.started_ms && run.ended_ms) {
    const double seconds = static_cast<double>(*run.ended_ms - *run.started_ms) / 1000.0;
    add(rows, tr("Duration"), QString::fromStdString(formatDuration(seconds)));
  }
  add(rows, tr("Trainer"), visibleText(run.spec.trainer + " " + run.spec.release));
  add(rows, tr("Threads"), QString::number(run.resources.threads));
  if (run.resources.gpus > 0) {
    add(rows, tr("GPUs"), QString::number(run.resources.gpus));
  }
  if (run.resources.memory_bytes > 0) {
    const auto bytes = static_cast<std::uint64_t>(run.resources.memory_bytes);
    add(rows, tr("Memory"), QString::fromStdString(formatBytes(bytes)));
  }
  add(rows, tr("Note"), visibleText(run.note));
  return rows;
}

std::vector<QStringList> settingRows(const RunDetails& details) {
  std::vector<QStringList> rows;
  for (const auto& [key, value] : details.run.spec.settings) {
    rows.push_back({visibleText(key), valueText(value)});
  }
  return rows;
}

std::vector<QStringList> environmentRows(const RunDetails& details) {
  std::vector<QStringList> rows;
  if (details.environment.is_object()) {
    const auto facts = details.environment.find("facts");
    addTree(rows, "", facts == details.environment.end() ? details.environment : *facts);
  }
  for (const RunInput& input : details.run.spec.inputs) {
    rows.push_back({visibleText(input.key),
                    visibleText(input.path) +
                        (input.sha256.empty()
                             ? QString()
                             : QStringLiteral("   sha256 %1").arg(visibleText(input.sha256)))});
  }
  return rows;
}

std::vector<QStringList> attemptRows(const RunDetails& details) {
  std::vector<QStringList> rows;
  for (const AttemptRecord& attempt : details.attempts) {
    QString duration;
    if (attempt.ended_ms) {
      const auto ms = static_cast<double>(*attempt.ended_ms - attempt.started_ms);
      duration = QString::fromStdString(formatDuration(ms / 1000.0));
    }
    rows.push_back({QString::number(attempt.attempt),
                    timeText(attempt.started_ms),
                    duration,
                    endText(attempt),
                    visibleText(attempt.message)});
  }
  return rows;
}

std::vector<QStringList> eventRows(const RunDetails& details) {
  std::vector<QStringList> rows;
  for (const storage::LoggedEvent& logged : details.events) {
    const Event& event = logged.event;
    const bool has_message = event.fields.is_object() && event.fields.contains("message");
    rows.push_back({timeText(event.time_ms),
                    QString::number(event.attempt),
                    visibleText(event.kind),
                    event.step ? QString::number(*event.step) : QString(),
                    valueText(has_message ? event.fields.at("message") : event.fields)});
  }
  return rows;
}

}  // namespace retort::gui
