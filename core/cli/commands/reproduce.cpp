#include "core/agent/machine.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/cli/arguments.h"
#include "core/cli/commands/commands.h"
#include "core/cli/grid_runner.h"
#include "core/cli/report_writer.h"
#include "core/cli/reproduction_plan.h"
#include "core/cli/reproduction_report.h"
#include "core/cli/shipped_files.h"
#include "core/comparison/experiment_catalogue.h"
#include "core/run/format.h"

#include <algorithm>
#include <map>
#include <memory>

#include <fmt/format.h>

namespace retort::cli {
namespace {

namespace fs = std::filesystem;

using experiments::Reproduction;
using experiments::ReproductionScale;

struct ReproduceOptions {
  std::string name;
  std::string scale = "small";
  bool is_quick = false;
  bool is_dry_run = false;
  std::vector<std::string> inputs;  ///< "name=path"
  std::string folder;
  std::int64_t jobs = 0;
};

/// What `options` mean, found and read.
struct Chosen {
  Reproduction reproduction;
  const ReproductionScale* scale = nullptr;
  std::vector<PlannedGrid> grids;
  std::vector<std::string> run_ids;  ///< each once, in order
};

/// An input's default, which is relative to the file; empty where there is nothing.
std::string findDefault(const std::string& path) {
  for (const fs::path& folder : shippedFolders("reproductions")) {
    std::error_code error;
    const fs::path found = fs::weakly_canonical(folder / path, error);
    if (!path.empty() && fs::exists(found, error)) {
      return found.string();
    }
  }
  return "";
}

Result<Reproduction> findReproduction(const std::string& name) {
  const auto file = findShippedFile("reproductions", name + ".yaml");
  if (!file) {
    return failWith(file.error());
  }
  auto read = experiments::readReproduction(*file);
  if (!read) {
    return fail(ErrorCode::kInvalidConfig, experiments::formatDiagnostics(read.error()));
  }
  for (experiments::ReproductionInput& input : read->inputs) {
    input.default_path = findDefault(input.default_path);
  }
  return std::move(*read);
}

/// Paths by input for one scale; kUsage for unknown inputs and those that nobody gave.
Result<std::map<std::string, std::string>> inputPaths(const Reproduction& reproduction,
                                                      const ReproductionScale& scale,
                                                      const std::vector<std::string>& given) {
  std::map<std::string, std::string> paths;
  for (const experiments::ReproductionInput& input : reproduction.inputs) {
    paths[input.name] = input.default_path;
  }
  for (const std::string& text : given) {
    const std::size_t equals = std::min(text.find('='), text.size());
    const auto input = paths.find(text.substr(0, equals));
    if (input == paths.end() || equals + 1 >= text.size()) {
      return fail(ErrorCode::kUsage,
                  "'--input " + text +
                      "': write NAME=PATH with a name that "
                      "the reproduction has");
    }
    std::error_code error;
    input->second = fs::absolute(text.substr(equals + 1), error).lexically_normal().string();
  }
  for (const experiments::ReproductionInput& input : reproduction.inputs) {
    const bool is_needed =
        std::find(scale.inputs.begin(), scale.inputs.end(), input.name) != scale.inputs.end();
    if (is_needed && paths.at(input.name).empty()) {
      return fail(
          ErrorCode::kUsage,
          fmt::format(
              "the scale {} needs --input {}=PATH ({})", scale.name, input.name, input.about));
    }
  }
  return paths;
}

Result<Chosen> choose(const Session& session, const ReproduceOptions& options) {
  auto reproduction = findReproduction(options.name);
  if (!reproduction) {
    return failWith(reproduction.error());
  }
  Chosen chosen{std::move(*reproduction), nullptr, {}, {}};
  chosen.scale = chosen.reproduction.findScale(options.is_quick ? "quick" : options.scale);
  if (chosen.scale == nullptr) {
    return fail(ErrorCode::kUsage, options.name + " has no scale '" + options.scale + "'");
  }
  const auto inputs = inputPaths(chosen.reproduction, *chosen.scale, options.inputs);
  if (!inputs) {
    return failWith(inputs.error());
  }
  Catalogues catalogues(session.paths);
  for (const experiments::ReproductionGrid& grid : chosen.scale->grids) {
    const auto file = findShippedFile("grids", grid.grid);
    if (!file) {
      return failWith(file.error());
    }
    auto expanded = expandGrid(catalogues, {*file, overridesOf(grid, *inputs)});
    if (!expanded) {
      return failWith(withContext(expanded.error(), grid.grid));
    }
    for (const SubmittedRun& run : expanded->submission.runs) {
      const std::string& id = run.spec.run_id;
      if (std::find(chosen.run_ids.begin(), chosen.run_ids.end(), id) == chosen.run_ids.end()) {
        chosen.run_ids.push_back(id);
      }
    }
    chosen.grids.push_back({grid, std::move(expanded->submission)});
  }
  return chosen;
}

std::string planText(const Chosen& chosen, const ReproductionPlan& plan) {
  std::string text = fmt::format(
      "{}\nScale {}: {}\n", chosen.reproduction.title, chosen.scale->name, chosen.scale->about);
  for (const PlannedGrid& planned : chosen.grids) {
    text += fmt::format("  {}: {} ({})\n",
                        planned.submission.experiment,
                        planned.grid.title,
                        formatCount(planned.submission.runs.size(), "run"));
  }
  text +=
      fmt::format("{} of {} runs are done; the rest takes {} of one core, {} with {} at a time.\n",
                  plan.done,
                  plan.total,
                  aboutDuration(plan.core_seconds),
                  aboutDuration(plan.seconds),
                  plan.at_once);
  return escapeForTerminal(text, true);
}

Result<std::vector<JudgedClaim>> judge(const Session& session,
                                       storage::WorkspaceStore& store,
                                       const Chosen& chosen) {
  Catalogue catalogue;
  for (const PlannedGrid& planned : chosen.grids) {
    if (const auto experiment = store.experiments().find(planned.submission.experiment)) {
      catalogue = catalogueOf(session.paths, store, *experiment);
      break;
    }
  }
  const auto lookup = [&](const std::string& name) {
    return catalogue.findMetric(name);
  };
  std::vector<JudgedClaim> judged;
  for (const Claim& claim : chosen.reproduction.claims) {
    auto evidence = loadEvidence(store, claim, lookup);
    if (!evidence) {
      return failWith(withContext(evidence.error(), "claim " + claim.name));
    }
    judged.push_back({claim, std::move(*evidence)});
  }
  return judged;
}

std::string stateText(const ReproductionPlan& plan) {
  return plan.done == plan.total
             ? fmt::format("All {} runs are done.", plan.total)
             : fmt::format(
                   "{} of {} runs are done: this report is not complete.", plan.done, plan.total);
}

Result<std::vector<JudgedClaim>> writeReport(const Session& session,
                                             storage::WorkspaceStore& store,
                                             const Chosen& chosen,
                                             const ReproductionPlan& plan,
                                             const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    return fail(ErrorCode::kIo, "making the folder " + folder.string() + ": " + error.message());
  }
  auto judged = judge(session, store, chosen);
  if (!judged) {
    return judged;
  }
  Document document{chosen.reproduction.title, {}};
  document.blocks = reproductionHead(chosen.reproduction, *chosen.scale, stateText(plan), *judged);
  for (const PlannedGrid& planned : chosen.grids) {
    const std::string& name = planned.submission.experiment;
    const auto experiment = store.experiments().find(name);
    if (!experiment) {
      return failWith(experiment.error());
    }
    auto parts = writeExperimentParts(session, store, *experiment, {folder, name + "-"});
    if (!parts) {
      return failWith(parts.error());
    }
    document.blocks.emplace_back(HeadingBlock{planned.grid.title});
    std::move(parts->begin(), parts->end(), std::back_inserter(document.blocks));
  }
  if (Status written = writeDocument(document, folder); !written) {
    return failWith(written.error());
  }
  return judged;
}

std::string claimLines(const std::vector<JudgedClaim>& judged) {
  std::string text = "\n";
  for (const auto& [claim, evidence] : judged) {
    text += fmt::format(
        "{}: {}\n    {}\n", verdictName(evidence.verdict), claim.sentence, effectText(evidence));
  }
  return escapeForTerminal(text + verdictCounts(judged) + "\n", true);
}

/// Hands all grids over, so that no core waits for the last run of one of them, and waits.
Result<WaitResult> carryOut(const Session& session,
                            storage::WorkspaceStore& store,
                            const Chosen& chosen,
                            std::int64_t jobs) {
  for (const PlannedGrid& planned : chosen.grids) {
    if (const auto ids = submitGrid(store, planned.submission, jobs); !ids) {
      return failWith(ids.error());
    }
  }
  return waitForRuns(session, store, chosen.reproduction.name, chosen.run_ids, false);
}

Result<int> reproduce(Session session, const ReproduceOptions& options) {
  const auto chosen = choose(session, options);
  if (!chosen) {
    return failWith(chosen.error());
  }
  if (!session.is_workspace_given) {
    session.paths.folder = chooseWorkspace("retort-" + options.name + "-" + chosen->scale->name);
  }
  auto store = openWorkspace(session, storage::Access::kCreate);
  if (!store) {
    return failWith(store.error());
  }
  const int cores = detectMachine().threads;
  print(planText(*chosen, planReproduction(*store, chosen->grids, cores)));
  if (options.is_dry_run) {
    return 0;
  }
  const auto result = carryOut(session, *store, *chosen, options.jobs);
  if (!result) {
    return failWith(result.error());
  }
  const fs::path folder =
      options.folder.empty() ? session.paths.folder / "report" : fs::path(options.folder);
  const ReproductionPlan plan = planReproduction(*store, chosen->grids, cores);
  const auto judged = writeReport(session, *store, *chosen, plan, folder);
  if (!judged) {
    return failWith(judged.error());
  }
  print(claimLines(*judged));
  print("The report is " + escapeForTerminal((folder / "report.html").string()) +
        " (the same in Markdown beside it)\n");
  if (result->is_interrupted) {
    printError("the runs go on; the same command shows them and writes the report again\n");
  } else {
    printError(failureText(result->progress));
  }
  return waitExitCode(*result);
}

CommandBody declare(Arguments& arguments) {
  auto options = std::make_shared<ReproduceOptions>();
  arguments.positional("PAPER",
                       options->name,
                       "The reproduction: " + joinStrings(shippedNames("reproductions"), ", "));
  arguments.choice("--scale",
                   options->scale,
                   {"small", "paper"},
                   "small: some hours on two cores; paper: models and tasks of the paper");
  arguments.flag("--quick", options->is_quick, "A quarter of an hour on two cores instead");
  arguments.flag("--dry-run", options->is_dry_run, "Show the plan and the time it takes only");
  arguments.options("--input", options->inputs, "NAME=PATH of data or a model; may be repeated");
  arguments.option(
      "-o,--output", options->folder, "Folder of the report (default: WORKSPACE/report)");
  arguments.number("-j,--jobs", options->jobs, 1, 10000, "Runs at once (default: all that fit)");
  return [options](Session& session) {
    return reproduce(session, *options);
  };
}

}  // namespace

Command reproduceCommand() {
  return {"reproduce",
          "Run",
          "Run a paper's experiments and say which of its claims hold here",
          "  retort reproduce kim2022 --quick\n"
          "  retort reproduce kim2022 --dry-run\n"
          "  retort reproduce kim2022 --scale paper --input glue=~/glue --input encoder=~/bert\n"
          "\n"
          "Writes a report (HTML, Markdown, tables, figures) with each claim, its measured effect\n"
          "and the verdict. The same command goes on where it was interrupted.",
          declare};
}

}  // namespace retort::cli
