#include "core/agent/linux_process_runner.h"
#include "core/agent/program_output.h"
#include "core/agent/trainer_registry.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/cli/analysis_report.h"
#include "core/cli/arguments.h"
#include "core/cli/commands/commands.h"
#include "core/cli/run_reference.h"
#include "core/cli/workspace_access.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <limits>
#include <memory>

#include <fmt/format.h>

namespace retort::cli {
namespace {

// An analysis takes as long as it takes; only a program that hangs for good is ended.
constexpr std::chrono::hours kTimeout{24 * 30};
constexpr std::size_t kMaxBytes = 1'000'000'000;

struct AnalyzeOptions {
  std::vector<std::string> words;
  std::vector<std::string> probes;
  std::vector<std::string> overrides;
  std::string checkpoint = "last";
  std::int64_t rows = 0;
  std::int64_t batch = 0;
  bool is_json = false;
};

std::vector<std::string> probeNames(const Catalogue& catalogue) {
  std::vector<std::string> names;
  for (const TechniqueSpec& technique : catalogue.techniques) {
    if (technique.kind == "probe") {
      names.push_back(technique.name);
    }
  }
  return names;
}

Status checkProbes(const Catalogue& catalogue, const std::vector<std::string>& wanted) {
  const std::vector<std::string> known = probeNames(catalogue);
  for (const std::string& probe : wanted) {
    if (std::find(known.begin(), known.end(), probe) == known.end()) {
      const auto nearest = nearestName(probe, known);
      return fail(ErrorCode::kUsage,
                  fmt::format("{} has no probe '{}'{}; there are: {}",
                              catalogue.trainer,
                              probe,
                              nearest ? fmt::format("; did you mean '{}'?", *nearest) : "",
                              joinStrings(known, ", ")));
    }
  }
  return {};
}

Status checkState(const RunRecord& run, const AnalyzeOptions& options) {
  const bool needs_end = options.checkpoint == "last" || options.checkpoint == "best";
  if (run.state == RunState::kFinished || !needs_end) {
    return {};
  }
  return fail(ErrorCode::kUsage,
              fmt::format("run {} is {}, and only finished runs have a model; name one of its "
                          "checkpoints with --checkpoint STEP, or wait until it has finished",
                          run.spec.run_id,
                          runStateName(run.state)));
}

Argv commandOf(Argv trainer, const RunPaths& paths, const AnalyzeOptions& options) {
  const auto add = [&trainer](const std::string& option, const std::string& value) {
    trainer.push_back(option);
    trainer.push_back(value);
  };
  add("--analyze", paths.folder.string());
  if (!options.probes.empty()) {
    add("--probe", joinStrings(options.probes, ","));
  }
  add("--checkpoint", options.checkpoint);
  for (const std::string& text : options.overrides) {
    add("--set", text);
  }
  if (options.rows > 0) {
    add("--rows", std::to_string(options.rows));
  }
  if (options.batch > 0) {
    add("--batch", std::to_string(options.batch));
  }
  return trainer;
}

Result<Json> analyzeRun(const Session& session,
                        Catalogues& catalogues,
                        const RunRecord& run,
                        const AnalyzeOptions& options) {
  const auto catalogue = catalogues.find(run.spec.trainer);
  if (!catalogue) {
    return failWith(catalogue.error());
  }
  if (const Status known = checkProbes(*catalogue, options.probes); !known) {
    return failWith(known.error());
  }
  if (const Status state = checkState(run, options); !state) {
    return failWith(state.error());
  }
  const auto trainer = findTrainer(session.paths, run.spec.trainer);
  if (!trainer) {
    return failWith(trainer.error());
  }
  const Argv command = commandOf(*trainer, session.paths.run(run.spec.run_id), options);
  // Nobody has given an analysis cores of its own. Threads of OpenMP that wait for each other
  // spinning, as they usually do, take many times the processor time beside other programs.
  ::setenv("OMP_WAIT_POLICY", "passive", /*overwrite=*/0);
  const auto signals = EndSignals::block();
  if (!signals) {
    return failWith(signals.error());
  }
  const auto output = runProgram(command, kTimeout, kMaxBytes, signals->fd());
  if (!output) {
    return failWith(output.error());
  }
  if (output->exit_code != 0) {
    return fail(ErrorCode::kProcess,
                fmt::format("run {}: {}", run.spec.run_id, output->lastErrorLine()));
  }
  printError(escapeForTerminal(output->errors, true));
  return parseJson(output->output);
}

CommandBody declare(Arguments& arguments) {
  auto options = std::make_shared<AnalyzeOptions>();
  arguments.positionals("RUN", options->words, "Runs, or experiments: all of their runs");
  arguments.list(
      "--probe", options->probes, "NAME[,NAME]: probes; 'retort catalog probe' lists them");
  arguments.options("--set",
                    options->overrides,
                    "KEY=VALUE: a probe's option, questions to judge, device or threads");
  arguments.option("--checkpoint", options->checkpoint, "last, best, or the step of a checkpoint");
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  arguments.number("--rows", options->rows, 0, kMost, "First rows of the evaluation set; 0: all");
  arguments.number(
      "--batch", options->batch, 0, kMost, "Rows at once; 0: as the run's evaluations");
  arguments.flag("--json", options->is_json, "For scripts");
  return [options](Session& session) -> Result<int> {
    if (options->probes.empty() && options->overrides.empty()) {
      return fail(ErrorCode::kUsage,
                  "name at least one probe with --probe, or with --set what else to measure");
    }
    auto store = openWorkspace(session, storage::Access::kReadOnly);
    if (!store) {
      return failWith(store.error());
    }
    const auto runs = resolveRuns(*store, options->words);
    if (!runs) {
      return failWith(runs.error());
    }
    Catalogues catalogues(session.paths);
    Json all = Json::array();
    for (const RunRecord& run : *runs) {
      const auto json = analyzeRun(session, catalogues, run, *options);
      if (!json && json.error().code == ErrorCode::kCanceled) {
        printError(
            fmt::format("retort: interrupted while run {} was analyzed; nothing of it was "
                        "written\n",
                        run.spec.run_id));
        return kInterrupted;
      }
      if (!json) {
        return failWith(json.error());
      }
      const auto report = analysisReportFromJson(*json);
      if (!report) {
        return failWith(report.error());
      }
      if (!options->is_json) {
        print(renderAnalysisReport(*report, session.terminal.columns, session.terminal.has_color));
      }
      all.push_back(*json);
    }
    if (options->is_json) {
      printJson(all);
    }
    return 0;
  };
}

}  // namespace

Command analyzeCommand() {
  return {"analyze",
          "Results",
          "Measure the models of finished runs with probes",
          "  retort analyze 3f2a --probe attention_map_kl,ranking_loss\n"
          "  retort analyze losses --probe hessian --set probe.hessian.rows=1 --rows 20\n"
          "  retort analyze losses:4 --probe loss_surface --checkpoint best --json\n"
          "  retort analyze llm --set eval.tasks='[\"piqa\"]' --set eval.path=commonsense",
          declare};
}

}  // namespace retort::cli
