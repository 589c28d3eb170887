#include "gui/models/run_row.h"

#include "core/base/file.h"

#include <algorithm>
#include <array>
#include <utility>

namespace retort::gui {
namespace {

QVariant numberOf(std::int64_t value) {
  return static_cast<double>(value);
}

QVariant progressOf(const RunRow& row) {
  if (row.run.total_steps <= 0) {
    return {};
  }
  return std::clamp(
      100.0 * static_cast<double>(row.run.step) / static_cast<double>(row.run.total_steps),
      0.0,
      100.0);
}

QVariant timeOf(const std::optional<std::int64_t>& time_ms) {
  return time_ms ? numberOf(*time_ms) : QVariant();
}

QVariant durationOf(const RunRow& row) {
  if (!row.run.started_ms) {
    return {};
  }
  const std::int64_t end_ms = row.run.ended_ms.value_or(wallClockMs());
  return static_cast<double>(std::max<std::int64_t>(0, end_ms - *row.run.started_ms)) / 1000.0;
}

QVariant tagsOf(const RunRow& row) {
  QStringList tags;
  for (const std::string& tag : row.run.tags) {
    tags.append(visibleText(tag));
  }
  return tags.join(QStringLiteral(", "));
}

using FieldReader = QVariant (*)(const RunRow&);

/// The fields that every run has.
constexpr std::array<std::pair<const char*, FieldReader>, 19> kFields = {{
    {"run",
     [](const RunRow& row) {
       return QVariant(visibleText(row.run.spec.run_id));
     }},
    {"name",
     [](const RunRow& row) {
       return QVariant(visibleText(row.run.name));
     }},
    {"state",
     [](const RunRow& row) {
       return QVariant(visibleText(runStateName(row.run.state)));
     }},
    {"phase",
     [](const RunRow& row) {
       return QVariant(visibleText(row.run.phase));
     }},
    {"step",
     [](const RunRow& row) {
       return numberOf(row.run.step);
     }},
    {"progress", progressOf},
    {"left",
     [](const RunRow& row) {
       return row.facts.seconds_left ? QVariant(*row.facts.seconds_left) : QVariant();
     }},
    {"priority",
     [](const RunRow& row) {
       return numberOf(row.run.priority);
     }},
    {"experiment",
     [](const RunRow& row) {
       return QVariant(visibleText(row.facts.experiment));
     }},
    {"seed",
     [](const RunRow& row) {
       return timeOf(row.facts.seed);
     }},
    {"note",
     [](const RunRow& row) {
       return QVariant(visibleText(row.run.note));
     }},
    {"tags", tagsOf},
    {"message",
     [](const RunRow& row) {
       return QVariant(visibleText(row.run.message));
     }},
    {"attempts",
     [](const RunRow& row) {
       return numberOf(row.run.attempts);
     }},
    {"created",
     [](const RunRow& row) {
       return numberOf(row.run.created_ms);
     }},
    {"started",
     [](const RunRow& row) {
       return timeOf(row.run.started_ms);
     }},
    {"ended",
     [](const RunRow& row) {
       return timeOf(row.run.ended_ms);
     }},
    {"duration", durationOf},
    {"trainer",
     [](const RunRow& row) {
       return QVariant(visibleText(row.run.spec.trainer));
     }},
}};

}  // namespace

QString visibleText(std::string_view text) {
  return QString::fromStdString(escapeForTerminal(text));
}

RunRow makeRunRow(RunRecord run, RunFacts facts) {
  RunRow row{std::move(run), std::move(facts), {}};
  QStringList parts = {visibleText(row.run.spec.run_id),
                       visibleText(row.run.name),
                       visibleText(runStateName(row.run.state)),
                       visibleText(row.run.phase),
                       visibleText(row.run.message),
                       visibleText(row.run.note),
                       visibleText(row.facts.experiment),
                       tagsOf(row).toString()};
  for (const auto& [factor, label] : row.facts.labels) {
    parts.append(visibleText(factor) + QLatin1Char('=') + visibleText(label));
  }
  row.search_text = parts.join(QLatin1Char('\n')).toCaseFolded();
  return row;
}

QVariant runField(const RunRow& row, const QString& field) {
  for (const auto& [name, read] : kFields) {
    if (field == QLatin1String(name)) {
      return read(row);
    }
  }
  const std::string key = field.toStdString();
  for (const auto& [factor, label] : row.facts.labels) {
    if (factor == key) {
      return visibleText(label);
    }
  }
  const auto result = row.facts.results.find(key);
  return result == row.facts.results.end() ? QVariant() : QVariant(result->second);
}

}  // namespace retort::gui
