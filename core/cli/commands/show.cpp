#include "core/base/file.h"
#include "core/base/text.h"
#include "core/cli/arguments.h"
#include "core/cli/commands/commands.h"
#include "core/cli/run_reference.h"
#include "core/cli/workspace_access.h"
#include "core/run/format.h"
#include "core/run/submission.h"
#include "core/tables/text_width.h"

#include <algorithm>
#include <memory>

#include <fmt/format.h>

namespace retort::cli {
namespace {

struct ShowOptions {
  std::string run;
  bool is_json = false;
};

constexpr std::int64_t kShownWarnings = 5;
constexpr std::int64_t kMostSamples = 1000;

/// Everything that is known of a run.
struct RunDetails {
  RunRecord run;
  std::vector<AttemptRecord> attempts;
  std::vector<ExperimentRecord> experiments;
  std::map<std::string, double> results;
  std::vector<storage::LoggedEvent> warnings;  ///< the last ones, oldest first
  std::vector<storage::LoggedEvent> samples;   ///< those of the last evaluation, oldest first
};

/// The last events of a kind, oldest first.
Result<std::vector<storage::LoggedEvent>> lastEvents(storage::WorkspaceStore& store,
                                                     const std::string& run_id,
                                                     const std::string& kind,
                                                     std::int64_t limit) {
  storage::EventFilter filter;
  filter.run_id = run_id;
  filter.kinds = {kind};
  filter.limit = limit;
  filter.newest_first = true;
  auto events = store.events().list(filter);
  if (events) {
    std::ranges::reverse(*events);
  }
  return events;
}

/// Those of the same attempt and step as the last.
std::vector<storage::LoggedEvent> ofLastEvaluation(std::vector<storage::LoggedEvent> samples) {
  std::erase_if(samples,
                [last = samples.empty() ? Event() : samples.back().event](
                    const storage::LoggedEvent& sample) {
                  return sample.event.step != last.step || sample.event.attempt != last.attempt;
                });
  return samples;
}

Result<RunDetails> loadDetails(storage::WorkspaceStore& store, const std::string& text) {
  auto run = resolveRun(store, text);
  if (!run) {
    return failWith(run.error());
  }
  RunDetails details{std::move(*run), {}, {}, {}, {}, {}};
  const std::string& id = details.run.spec.run_id;
  auto attempts = store.runs().attempts(id);
  auto experiments = store.experiments().experimentsOf(id);
  auto results = store.metrics().results(id);
  auto warnings = lastEvents(store, id, "warning", kShownWarnings);
  auto samples = lastEvents(store, id, "sample", kMostSamples);
  if (!attempts || !experiments || !results || !warnings || !samples) {
    return failWith(!attempts      ? attempts.error()
                    : !experiments ? experiments.error()
                    : !results     ? results.error()
                    : !warnings    ? warnings.error()
                                   : samples.error());
  }
  details.attempts = std::move(*attempts);
  details.experiments = std::move(*experiments);
  details.results = std::move(*results);
  details.warnings = std::move(*warnings);
  details.samples = ofLastEvaluation(std::move(*samples));
  return details;
}

void line(const std::string& name, const std::string& value) {
  if (!value.empty()) {
    print(padRight(name, 12) + escapeForTerminal(value) + "\n");
  }
}

std::string optionalTime(const std::optional<std::int64_t>& time_ms) {
  return time_ms ? formatTime(*time_ms) : "";
}

std::string endText(const AttemptRecord& attempt) {
  std::string text;
  if (attempt.exit_code) {
    text = "exit code " + std::to_string(*attempt.exit_code);
  } else if (attempt.signal) {
    text = "signal " + std::to_string(*attempt.signal);
  } else {
    text = attempt.ended_ms ? "ended" : "running, pid " + std::to_string(attempt.process.pid);
  }
  return attempt.message.empty() ? text : text + ": " + attempt.message;
}

std::string experimentText(const ExperimentRecord& experiment, const std::string& run_id) {
  for (const ExperimentRun& member : experiment.runs) {
    if (member.run_id == run_id) {
      return fmt::format("{}:{}{}",
                         experiment.name,
                         member.position,
                         member.is_needed_only ? " (needed by other runs)" : "");
    }
  }
  return experiment.name;
}

std::string fieldOf(const Event& event, const char* name) {
  const auto field = event.fields.find(name);
  return field != event.fields.end() && field->is_string() ? field->get<std::string>() : "";
}

void printSamples(const std::vector<storage::LoggedEvent>& samples) {
  if (samples.empty()) {
    return;
  }
  print(fmt::format("\nsamples of step {}\n", samples.back().event.step.value_or(0)));
  for (const storage::LoggedEvent& sample : samples) {
    print("  prompt  " + escapeForTerminal(fieldOf(sample.event, "prompt")) + "\n  text    " +
          escapeForTerminal(fieldOf(sample.event, "text")) + "\n");
  }
}

void printDetails(const Session& session, const RunDetails& details) {
  const RunRecord& run = details.run;
  line("run", run.spec.run_id);
  line("name", run.name);
  line("state", std::string(runStateName(run.state)));
  line("message", run.message);
  line("phase", run.phase);
  line("step", formatSteps(run.step, run.total_steps));
  line("created", formatTime(run.created_ms));
  line("started", optionalTime(run.started_ms));
  line("ended", optionalTime(run.ended_ms));
  line("priority", std::to_string(run.priority));
  line("note", run.note);
  line("tags", joinStrings(run.tags, ", "));
  for (const ExperimentRecord& experiment : details.experiments) {
    line("experiment", experimentText(experiment, run.spec.run_id));
  }
  line("folder", session.paths.run(run.spec.run_id).folder.string());
  line("trainer", run.spec.trainer + " " + run.spec.release);
  for (const RunInput& input : run.spec.inputs) {
    line("input", input.key + " = " + input.path);
  }
  for (const AttemptRecord& attempt : details.attempts) {
    line("attempt " + std::to_string(attempt.attempt),
         formatTime(attempt.started_ms) + "  " + endText(attempt));
  }
  for (const storage::LoggedEvent& warning : details.warnings) {
    line("warning", warning.event.fields.value("message", Json("")).dump());
  }
  if (!details.results.empty()) {
    print("\nresults\n");
    for (const auto& [name, value] : details.results) {
      print("  " + padRight(escapeForTerminal(name), 32) + " " + formatDouble(value) + "\n");
    }
  }
  printSamples(details.samples);
  print("\nsettings\n");
  for (const auto& [key, value] : run.spec.settings) {
    print("  " + padRight(escapeForTerminal(key), 32) + " " +
          escapeForTerminal(formatSetting(value)) + "\n");
  }
}

Json detailsJson(const Session& session, const RunDetails& details) {
  const RunRecord& run = details.run;
  Json attempts = Json::array();
  for (const AttemptRecord& attempt : details.attempts) {
    attempts.push_back({{"attempt", attempt.attempt},
                        {"pid", attempt.process.pid},
                        {"started_ms", attempt.started_ms},
                        {"ended_ms", attempt.ended_ms ? Json(*attempt.ended_ms) : Json(nullptr)},
                        {"exit_code", attempt.exit_code ? Json(*attempt.exit_code) : Json(nullptr)},
                        {"signal", attempt.signal ? Json(*attempt.signal) : Json(nullptr)},
                        {"message", attempt.message}});
  }
  Json experiments = Json::array();
  for (const ExperimentRecord& experiment : details.experiments) {
    experiments.push_back(experiment.name);
  }
  Json samples = Json::array();
  for (const storage::LoggedEvent& sample : details.samples) {
    samples.push_back({{"step", sample.event.step.value_or(0)},
                       {"prompt", fieldOf(sample.event, "prompt")},
                       {"text", fieldOf(sample.event, "text")}});
  }
  return {{"run", run.spec.run_id},
          {"name", run.name},
          {"state", runStateName(run.state)},
          {"message", run.message},
          {"phase", run.phase},
          {"step", run.step},
          {"total_steps", run.total_steps},
          {"priority", run.priority},
          {"note", run.note},
          {"tags", run.tags},
          {"folder", session.paths.run(run.spec.run_id).folder.string()},
          {"spec", toJson(run.spec)},
          {"experiments", std::move(experiments)},
          {"attempts", std::move(attempts)},
          {"results", details.results},
          {"samples", std::move(samples)}};
}

CommandBody declare(Arguments& arguments) {
  auto options = std::make_shared<ShowOptions>();
  arguments.positional("RUN", options->run, "The run");
  arguments.flag("--json", options->is_json, "For scripts");
  return [options](Session& session) -> Result<int> {
    auto store = openWorkspace(session, storage::Access::kReadOnly);
    if (!store) {
      return failWith(store.error());
    }
    const auto details = loadDetails(*store, options->run);
    if (!details) {
      return failWith(details.error());
    }
    if (options->is_json) {
      printJson(detailsJson(session, *details));
    } else {
      printDetails(session, *details);
    }
    return 0;
  };
}

}  // namespace

Command showCommand() {
  return {"show",
          "Look",
          "Show everything about a run: settings, attempts, results",
          "  retort show 3f2a\n"
          "  retort show losses:4\n"
          "  retort show 3f2a --json | jq .results",
          declare};
}

}  // namespace retort::cli
