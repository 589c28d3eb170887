#include "core/run/submission.h"

#include <limits>
#include <set>

#include <fmt/format.h>

namespace retort {

namespace {

Failure<> refuse(const std::string& what) {
  return fail(ErrorCode::kInvalidConfig, what);
}

Status readText(const Json& object, const char* name, std::string& value) {
  if (!object.contains(name)) {
    return refuse(fmt::format("'{}' is missing", name));
  }
  if (!object[name].is_string()) {
    return refuse(fmt::format("'{}' is not a text", name));
  }
  value = object[name].get<std::string>();
  return {};
}

Status readInteger(const Json& object, const char* name, std::int64_t& value) {
  if (!object.contains(name)) {
    return refuse(fmt::format("'{}' is missing", name));
  }
  const Json& number = object[name];
  const bool is_too_large =
      number.is_number_unsigned() &&
      number.get<std::uint64_t>() >
          static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (!number.is_number_integer() || is_too_large) {
    return refuse(fmt::format("'{}' is not an integer", name));
  }
  value = number.get<std::int64_t>();
  return {};
}

Status readInt(const Json& object, const char* name, int& value) {
  std::int64_t wide = 0;
  if (Status status = readInteger(object, name, wide); !status) {
    return status;
  }
  if (wide < std::numeric_limits<int>::min() || wide > std::numeric_limits<int>::max()) {
    return refuse(fmt::format("'{}' is out of range", name));
  }
  value = static_cast<int>(wide);
  return {};
}

/// The first failure of a row of reads.
Status firstFailure(std::initializer_list<Status> all) {
  for (const Status& status : all) {
    if (!status) {
      return status;
    }
  }
  return {};
}

Json toJson(const Resources& resources) {
  return {{"gpus", resources.gpus},
          {"threads", resources.threads},
          {"memory_bytes", resources.memory_bytes},
          {"time_limit_s", resources.time_limit_s}};
}

Status readResources(const Json& json, Resources& resources) {
  if (!json.is_object()) {
    return refuse("'resources' is not an object");
  }
  return firstFailure({readInt(json, "gpus", resources.gpus),
                       readInt(json, "threads", resources.threads),
                       readInteger(json, "memory_bytes", resources.memory_bytes),
                       readInteger(json, "time_limit_s", resources.time_limit_s)});
}

Json toJson(const ExperimentRun& run) {
  Json labels = Json::array();
  for (const auto& [factor, label] : run.labels) {
    labels.push_back(Json::array({factor, label}));
  }
  return {{"position", run.position},
          {"labels", labels},
          {"seed", run.seed ? Json(*run.seed) : Json()},
          {"needed_only", run.is_needed_only}};
}

Status readLabels(const Json& json, std::vector<std::pair<std::string, std::string>>& labels) {
  if (!json.is_array()) {
    return refuse("'labels' is not a list");
  }
  for (const Json& pair : json) {
    const bool is_pair =
        pair.is_array() && pair.size() == 2 && pair[0].is_string() && pair[1].is_string();
    if (!is_pair) {
      return refuse("a label is not a pair [factor, label]");
    }
    labels.emplace_back(pair[0].get<std::string>(), pair[1].get<std::string>());
  }
  return {};
}

Status readMembership(const Json& json, ExperimentRun& run) {
  if (!json.is_object() || !json.contains("labels") || !json.contains("needed_only")) {
    return refuse("'membership' is not an object with labels and needed_only");
  }
  if (!json["needed_only"].is_boolean()) {
    return refuse("'needed_only' is not true or false");
  }
  run.is_needed_only = json["needed_only"].get<bool>();
  if (json.contains("seed") && !json["seed"].is_null()) {
    if (Status status = readInteger(json, "seed", run.seed.emplace()); !status) {
      return status;
    }
  }
  return firstFailure(
      {readInt(json, "position", run.position), readLabels(json["labels"], run.labels)});
}

Status readSubmittedRun(const Json& json, SubmittedRun& run) {
  if (!json.is_object() || !json.contains("spec") || !json.contains("resources") ||
      !json.contains("membership")) {
    return refuse("it is not an object with spec, resources and membership");
  }
  Result<RunSpec> spec = runSpecFromJson(json["spec"]);
  if (!spec) {
    return failWith(spec.error());
  }
  run.spec = std::move(*spec);
  run.membership.run_id = run.spec.run_id;
  return firstFailure({readText(json, "name", run.name),
                       readInt(json, "priority", run.priority),
                       readResources(json["resources"], run.resources),
                       readMembership(json["membership"], run.membership)});
}

Status readInput(const Json& json, const SettingValues& settings, RunInput& input) {
  if (!json.is_object()) {
    return refuse("it is not an object");
  }
  if (Status status =
          firstFailure({readText(json, "key", input.key), readText(json, "path", input.path)});
      !status) {
    return status;
  }
  const bool is_file = json.contains("sha256");
  if (is_file == json.contains("run")) {
    return refuse("it needs either 'sha256' or 'run'");
  }
  if (Status status =
          is_file ? readText(json, "sha256", input.sha256) : readText(json, "run", input.run_id);
      !status) {
    return status;
  }
  if (!is_file && !isRunId(input.run_id)) {
    return refuse(fmt::format("'{}' is not a run id", input.run_id));
  }
  if (!settings.contains(input.key)) {
    return refuse(fmt::format("there is no setting '{}'", input.key));
  }
  return {};
}

Status readInputs(const Json& json, RunSpec& spec) {
  if (!json.is_array()) {
    return refuse("'inputs' is not a list");
  }
  std::set<std::string> keys;
  for (std::size_t i = 0; i < json.size(); ++i) {
    RunInput& input = spec.inputs.emplace_back();
    if (const Status status = readInput(json[i], spec.settings, input); !status) {
      return failWith(withContext(status.error(), fmt::format("inputs[{}]", i)));
    }
    if (!keys.insert(input.key).second) {
      return refuse(fmt::format("inputs[{}]: '{}' is listed twice", i, input.key));
    }
  }
  return {};
}

/// Two spellings of one key ({a: {b: 1}, "a.b": 2}) must not silently become one.
std::size_t countLeaves(const Json& tree) {
  std::size_t leaves = 0;
  for (const Json& child : tree) {
    leaves += child.is_object() ? countLeaves(child) : 1;
  }
  return leaves;
}

}  // namespace

Json toJson(const RunSpec& spec) {
  Json inputs = Json::array();
  for (const RunInput& input : spec.inputs) {
    Json entry = {{"key", input.key}, {"path", input.path}};
    if (input.run_id.empty()) {
      entry["sha256"] = input.sha256;
    } else {
      entry["run"] = input.run_id;
    }
    inputs.push_back(std::move(entry));
  }
  return {{"retort", RunSpec::kVersion},
          {"run", spec.run_id},
          {"trainer", spec.trainer},
          {"release", spec.release},
          {"settings", nestSettings(spec.settings)},
          {"inputs", inputs}};
}

Result<RunSpec> runSpecFromJson(const Json& json) {
  if (!json.is_object()) {
    return fail(ErrorCode::kInvalidConfig, "a run's spec is not a map");
  }
  RunSpec spec;
  std::int64_t version = 0;
  if (const Status status = readInteger(json, "retort", version); !status) {
    return failWith(status.error());
  }
  if (version != RunSpec::kVersion) {
    return fail(ErrorCode::kInvalidConfig,
                fmt::format("the spec is of version {}, this program reads version {}",
                            version,
                            RunSpec::kVersion));
  }
  if (!json.contains("settings") || !json["settings"].is_object()) {
    return fail(ErrorCode::kInvalidConfig, "'settings' is missing or not a map");
  }
  spec.settings = flattenSettings(json["settings"]);
  if (spec.settings.size() != countLeaves(json["settings"])) {
    return fail(ErrorCode::kInvalidConfig, "'settings' gives a key twice, nested and dotted");
  }
  const Status status =
      firstFailure({readText(json, "run", spec.run_id),
                    readText(json, "trainer", spec.trainer),
                    readText(json, "release", spec.release),
                    json.contains("inputs") ? readInputs(json["inputs"], spec) : Status()});
  if (!status) {
    return failWith(status.error());
  }
  if (!isRunId(spec.run_id)) {
    return fail(ErrorCode::kInvalidConfig,
                "'run' is not a run id (16 lower-case hexadecimal digits)");
  }
  return spec;
}

Json toJson(const Submission& submission) {
  Json runs = Json::array();
  for (const SubmittedRun& run : submission.runs) {
    runs.push_back({{"spec", toJson(run.spec)},
                    {"name", run.name},
                    {"resources", toJson(run.resources)},
                    {"priority", run.priority},
                    {"membership", toJson(run.membership)}});
  }
  return {{"experiment", submission.experiment},
          {"file", submission.file},
          {"text", submission.text},
          {"report", submission.report},
          {"runs", std::move(runs)}};
}

Result<Submission> submissionFromJson(const Json& json) {
  if (!json.is_object() || !json.contains("runs") || !json["runs"].is_array()) {
    return fail(ErrorCode::kInvalidConfig, "a submission is not an object with a list of runs");
  }
  Submission submission;
  const Status status = firstFailure({readText(json, "experiment", submission.experiment),
                                      readText(json, "file", submission.file),
                                      readText(json, "text", submission.text)});
  if (!status) {
    return failWith(withContext(status.error(), "submission"));
  }
  submission.report = json.value("report", Json::object());
  for (std::size_t i = 0; i < json["runs"].size(); ++i) {
    const Status read = readSubmittedRun(json["runs"][i], submission.runs.emplace_back());
    if (!read) {
      return failWith(withContext(read.error(), fmt::format("submission: runs[{}]", i)));
    }
  }
  return submission;
}

}  // namespace retort
