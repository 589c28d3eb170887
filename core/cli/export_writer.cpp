#include "core/cli/export_writer.h"

#include "core/base/text.h"
#include "core/run/format.h"
#include "core/tables/escape.h"

#include <cmath>
#include <set>

namespace retort::cli {
namespace {

constexpr const char* kLineEnd = "\r\n";

template <class Integer>
std::string integerText(const std::optional<Integer>& value) {
  return value ? std::to_string(*value) : "";
}

/// JSON has no non-finite numbers.
Json numberJson(double value) {
  return std::isfinite(value) ? Json(value) : Json(formatDouble(value));
}

std::map<std::string, std::string> labelsOf(const ExportedRun& run) {
  return run.membership ? std::map<std::string, std::string>(run.membership->labels.begin(),
                                                             run.membership->labels.end())
                        : std::map<std::string, std::string>();
}

template <class Value>
void collectKeys(const std::map<std::string, Value>& values, std::set<std::string>& keys) {
  for (const auto& [key, value] : values) {
    keys.insert(key);
  }
}

/// A number is written as it is; a text could be a formula.
std::string settingField(const Json& value) {
  return value.is_number() ? canonicalJson(value) : escapeCsv(formatSetting(value));
}

}  // namespace

std::string pointCsvHeader() {
  return std::string("run,name,metric,layer,head,projection,component,step,time_ms,value") +
         kLineEnd;
}

std::string pointCsvLine(const storage::MetricRow& row, const std::string& run_name) {
  return joinStrings({row.run_id,
                      escapeCsv(run_name),
                      escapeCsv(row.key.metric),
                      integerText(row.key.layer),
                      integerText(row.key.head),
                      escapeCsv(row.key.projection),
                      escapeCsv(row.key.component),
                      std::to_string(row.point.step),
                      std::to_string(row.time_ms),
                      formatDouble(row.point.value)},
                     ",") +
         kLineEnd;
}

Json pointJson(const storage::MetricRow& row, const std::string& run_name) {
  Json json = {{"run", row.run_id},
               {"name", run_name},
               {"metric", row.key.metric},
               {"step", row.point.step},
               {"time_ms", row.time_ms},
               {"value", numberJson(row.point.value)}};
  if (row.key.layer) {
    json["layer"] = *row.key.layer;
  }
  if (row.key.head) {
    json["head"] = *row.key.head;
  }
  if (!row.key.projection.empty()) {
    json["projection"] = row.key.projection;
  }
  if (!row.key.component.empty()) {
    json["component"] = row.key.component;
  }
  return json;
}

std::string runTableCsv(const std::vector<ExportedRun>& runs) {
  std::set<std::string> factors;
  std::set<std::string> metrics;
  std::set<std::string> settings;
  for (const ExportedRun& run : runs) {
    collectKeys(labelsOf(run), factors);
    collectKeys(run.results, metrics);
    collectKeys(run.record.spec.settings, settings);
  }
  std::vector<std::string> header{
      "run", "name", "state", "seed", "position", "steps", "started_ms", "ended_ms", "message"};
  const auto addColumns = [&](const std::set<std::string>& keys, const std::string& prefix) {
    for (const std::string& key : keys) {
      header.push_back(escapeCsv(prefix + key));
    }
  };
  addColumns(factors, "label.");
  addColumns(metrics, "result.");
  addColumns(settings, "setting.");
  std::string text = joinStrings(header, ",") + kLineEnd;
  for (const ExportedRun& run : runs) {
    const RunRecord& record = run.record;
    const auto& membership = run.membership;
    std::vector<std::string> fields{record.spec.run_id,
                                    escapeCsv(record.name),
                                    std::string(runStateName(record.state)),
                                    membership ? integerText(membership->seed) : "",
                                    membership ? std::to_string(membership->position) : "",
                                    std::to_string(record.step),
                                    integerText(record.started_ms),
                                    integerText(record.ended_ms),
                                    escapeCsv(record.message)};
    const auto addFields = [&](const auto& keys, const auto& values, const auto& format) {
      for (const std::string& key : keys) {
        const auto found = values.find(key);
        fields.push_back(found == values.end() ? "" : format(found->second));
      }
    };
    addFields(factors, labelsOf(run), escapeCsv);
    addFields(metrics, run.results, formatDouble);
    addFields(settings, record.spec.settings, settingField);
    text += joinStrings(fields, ",") + kLineEnd;
  }
  return text;
}

Json runTableJson(const std::vector<ExportedRun>& runs) {
  Json table = Json::array();
  for (const ExportedRun& run : runs) {
    const RunRecord& record = run.record;
    Json results = Json::object();
    for (const auto& [name, value] : run.results) {
      results[name] = numberJson(value);
    }
    const bool has_seed = run.membership && run.membership->seed;
    table.push_back({{"run", record.spec.run_id},
                     {"name", record.name},
                     {"state", runStateName(record.state)},
                     {"seed", has_seed ? Json(*run.membership->seed) : Json(nullptr)},
                     {"position", run.membership ? Json(run.membership->position) : Json(nullptr)},
                     {"steps", record.step},
                     {"started_ms", record.started_ms ? Json(*record.started_ms) : Json(nullptr)},
                     {"ended_ms", record.ended_ms ? Json(*record.ended_ms) : Json(nullptr)},
                     {"message", record.message},
                     {"labels", labelsOf(run)},
                     {"results", std::move(results)},
                     {"settings", nestSettings(record.spec.settings)}});
  }
  return table;
}

}  // namespace retort::cli
