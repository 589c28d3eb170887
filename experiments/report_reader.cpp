#include "experiments/report_reader.h"

#include "core/base/text.h"
#include "experiments/report_parts.h"

#include <algorithm>

#include <fmt/format.h>

namespace retort::experiments {

namespace {

/// Reads one of a few words into `value`.
void readWord(const YamlEntry& entry,
              const std::string& part,
              const std::vector<std::string>& words,
              std::string& value,
              DiagnosticSink& sink) {
  const bool is_word = entry.value.isText() &&
                       std::find(words.begin(), words.end(), entry.value.spelling) != words.end();
  if (!is_word) {
    sink.report(entry.value.place,
                part,
                fmt::format("{}: {} must be {}, not {}",
                            part,
                            entry.key,
                            joinStrings(words, " or "),
                            entry.value.description()));
    return;
  }
  value = entry.value.spelling;
}

void readBy(const YamlEntry& entry,
            const ExperimentDocument& document,
            ReportRequest& report,
            DiagnosticSink& sink) {
  const auto add = [&](const YamlNode& node) {
    if (!node.isText() || document.findAxis(node.spelling) == nullptr) {
      const std::vector<std::string> axes = document.axisKeys();
      sink.report(node.place,
                  "report.by",
                  fmt::format("report: by names axes of the grid ({}), not {}",
                              axes.empty() ? "there are none" : joinStrings(axes, ", "),
                              node.description()));
      return;
    }
    report.by.push_back({node.scalar, node.place});
  };
  if (entry.value.isList()) {
    std::for_each(entry.value.items.begin(), entry.value.items.end(), add);
  } else {
    add(entry.value);
  }
}

std::optional<Json> readAlarm(const YamlNode& node, DiagnosticSink& sink) {
  const std::size_t before = sink.size();
  const auto wrong = [&](const Place& place, const std::string& what) {
    sink.report(place, "alarms", "alarms: " + what);
  };
  if (!node.isMap()) {
    wrong(node.place, "expected {metric: …, above: …, for: …, do: …}, found " + node.description());
    return std::nullopt;
  }
  Json alarm = {{"for", 1}, {"do", "warn"}};
  for (const YamlEntry& entry : node.entries) {
    const YamlNode& value = entry.value;
    if (entry.key == "metric") {
      if (!value.isText() || value.spelling.empty()) {
        wrong(value.place,
              "metric is the name of a metric, '*' allowed, not " + value.description());
      }
    } else if (entry.key == "above" || entry.key == "below") {
      if (!value.isScalar() || !value.scalar.is_number()) {
        wrong(value.place, entry.key + " is a number, not " + value.description());
      }
    } else if (entry.key == "for") {
      const bool is_count =
          value.isScalar() && value.scalar.is_number_integer() && value.scalar > 0;
      if (!is_count) {
        wrong(value.place,
              "for is how many points in a row, at least 1, not " + value.description());
      }
    } else if (entry.key == "do") {
      std::string action;
      readWord(entry, "alarms", {"warn", "stop"}, action, sink);
    } else {
      wrong(entry.place, "unknown key " + entry.key + "; known: metric, above, below, for, do");
    }
    alarm[entry.key] = toJson(value);
  }
  if (!alarm.contains("metric") || (!alarm.contains("above") && !alarm.contains("below"))) {
    wrong(node.place, "an alarm needs a metric and 'above' or 'below'");
  }
  return sink.size() == before ? std::optional<Json>(alarm) : std::nullopt;
}

}  // namespace

ReportRequest readReport(const YamlNode* node,
                         const ExperimentDocument& document,
                         DiagnosticSink& sink) {
  ReportRequest report;
  if (node == nullptr || node->isNull()) {
    return report;
  }
  report.place = node->place;
  if (!node->isMap()) {
    sink.report(node->place, "report", "report: expected a map, found " + node->description());
    return report;
  }
  for (const YamlEntry& entry : node->entries) {
    if (entry.key == "metric") {
      if (entry.value.isText()) {
        report.metric = GivenSetting{entry.value.scalar, entry.value.place};
      } else {
        sink.report(entry.value.place,
                    "report.metric",
                    "report: metric is a name, not " + entry.value.description());
      }
    } else if (entry.key == "better") {
      readWord(entry, "report", {"max", "min"}, report.better, sink);
    } else if (entry.key == "at") {
      readWord(entry, "report", {"last", "best"}, report.at, sink);
    } else if (entry.key == "by") {
      readBy(entry, document, report, sink);
    } else if (entry.key == "tables") {
      report.tables = readReportTables(entry.value, document, sink);
    } else if (entry.key == "figures") {
      report.figures = readReportFigures(entry.value, document, sink);
    } else {
      sink.report(
          entry.place,
          "report",
          fmt::format("report: unknown key {}; known: metric, better, at, by, tables, figures",
                      entry.key));
    }
  }
  return report;
}

Json readAlarms(const YamlNode* node, DiagnosticSink& sink) {
  Json alarms = Json::array();
  if (node == nullptr || node->isNull()) {
    return alarms;
  }
  if (!node->isList()) {
    sink.report(node->place, "alarms", "alarms: expected a list, found " + node->description());
    return alarms;
  }
  for (const YamlNode& item : node->items) {
    if (auto alarm = readAlarm(item, sink)) {
      alarms.push_back(std::move(*alarm));
    }
  }
  return alarms;
}

}  // namespace retort::experiments
