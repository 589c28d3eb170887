#include "core/base/file.h"
#include "core/cli/arguments.h"
#include "core/cli/commands/commands.h"
#include "core/cli/demo_summary.h"
#include "core/cli/desktop_app.h"
#include "core/cli/grid_runner.h"
#include "core/cli/shipped_files.h"
#include "core/cli/table_style.h"
#include "core/comparison/comparison_loader.h"
#include "core/comparison/experiment_catalogue.h"
#include "core/run/format.h"
#include "core/tables/render.h"

#include <filesystem>
#include <memory>

#include <fmt/format.h>

namespace retort::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kExperiment = "demo";
constexpr const char* kGridFile = "demo.yaml";

struct DemoOptions {
  bool is_fresh = false;
  bool is_windowless = false;
};

/// The old demo goes out of the way; nothing is deleted that a user may want.
Status setAside(const fs::path& workspace) {
  std::error_code error;
  if (!fs::exists(workspace, error)) {
    return {};
  }
  const fs::path aside = workspace.string() + "-" + std::to_string(wallClockMs() / 1000);
  fs::rename(workspace, aside, error);
  if (error) {
    return fail(ErrorCode::kIo, "renaming " + workspace.string() + ": " + error.message());
  }
  print("The previous demo is now in " + escapeForTerminal(aside.string()) + "\n");
  return {};
}

Status writeTables(const ComparisonTable& table, const fs::path& folder) {
  for (const auto& [ending, format] : {std::pair("txt", TableFormat::kText),
                                       std::pair("md", TableFormat::kMarkdown),
                                       std::pair("tex", TableFormat::kLatex),
                                       std::pair("csv", TableFormat::kCsv),
                                       std::pair("html", TableFormat::kHtml)}) {
    const fs::path file = folder / (std::string("demo-comparison.") + ending);
    if (Status written = writeFileAtomically(file, renderTable(table, format)); !written) {
      return written;
    }
  }
  return {};
}

Status printResults(const Session& session, storage::WorkspaceStore& store) {
  const auto experiment = store.experiments().find(kExperiment);
  if (!experiment) {
    return failWith(experiment.error());
  }
  const Catalogue catalogue = catalogueOf(session.paths, store, *experiment);
  const auto lookup = [&](const std::string& metric) {
    return catalogue.findMetric(metric);
  };
  const auto table = loadComparison(store, *experiment, {}, lookup);
  if (!table) {
    return failWith(table.error());
  }
  if (Status written = writeTables(*table, session.paths.folder); !written) {
    return written;
  }
  print("\n" + renderTable(*table, TableFormat::kText, tableStyle(session.terminal)));
  const auto numbers = loadDemoNumbers(store, *experiment);
  if (!numbers) {
    return failWith(numbers.error());
  }
  const std::string folder = escapeForTerminal(session.paths.folder.string());
  print("\n" + demoSummary(*numbers));
  print("\nThe table is in " + folder + "/demo-comparison.{txt,md,tex,csv,html}\n");
  print("The workspace is " + folder + "\n");
  print("Look inside:  ./retort ls --workspace " + folder + "   ./retort watch --workspace " +
        folder + "\n");
  print(hasDesktopApp() ? "Or in the desktop app:  ./retort gui --workspace " + folder + "\n" : "");
  return {};
}

/// Not from a script: windows that nobody asked for are in the way.
void openWindow(const Session& session, const DemoOptions& options) {
  if (options.is_windowless || !session.terminal.is_terminal || !hasDesktopApp()) {
    return;
  }
  if (Status opened = openDesktopApp(session.paths.folder); !opened) {
    printError("the desktop app did not start: " + opened.error().message + "\n");
  }
}

Result<int> runDemo(Session session, const DemoOptions& options) {
  if (!session.is_workspace_given) {
    session.paths.folder = chooseWorkspace("retort-demo");
  }
  const auto grid = findShippedFile("grids", kGridFile);
  if (!grid) {
    return failWith(grid.error());
  }
  if (options.is_fresh) {
    if (Status aside = setAside(session.paths.folder); !aside) {
      return failWith(aside.error());
    }
  }
  Catalogues catalogues(session.paths);
  const auto expanded = expandGrid(catalogues, {*grid, {}});
  if (!expanded) {
    return failWith(expanded.error());
  }
  auto store = openWorkspace(session, storage::Access::kCreate);
  if (!store) {
    return failWith(store.error());
  }
  const Submission& submission = expanded->submission;
  const auto ids = submitGrid(*store, submission, 0);
  if (!ids) {
    return failWith(ids.error());
  }
  const auto before = loadProgress(*store, kExperiment, *ids);
  if (before && before->isSettled()) {
    print("The demo is done already; 'retort demo --fresh' starts anew.\n");
  } else {
    print(
        "Training a small teacher, then " + formatCount(ids->size() - 1, "run") +
        " with ternary weights (minutes on two cores). Ctrl-C ends the watching, not the runs.\n");
  }
  openWindow(session, options);
  const auto result = waitForRuns(session, *store, kExperiment, *ids, false);
  if (!result) {
    return failWith(result.error());
  }
  if (result->is_interrupted) {
    printError("the runs go on; 'retort demo' shows them again, 'retort stop demo --workspace " +
               escapeForTerminal(session.paths.folder.string()) + "' stops them\n");
    return waitExitCode(*result);
  }
  if (Status printed = printResults(session, *store); !printed) {
    return failWith(printed.error());
  }
  printError(failureText(result->progress));
  return waitExitCode(*result);
}

CommandBody declare(Arguments& arguments) {
  auto options = std::make_shared<DemoOptions>();
  arguments.flag("--fresh", options->is_fresh, "Start anew; the previous demo is renamed");
  arguments.flag("--no-window", options->is_windowless, "Do not open the desktop app");
  return [options](Session& session) {
    return runDemo(session, *options);
  };
}

}  // namespace

Command demoCommand() {
  return {"demo",
          "Run",
          "Train a small grid in ./retort-demo and show its comparison table",
          "  retort demo\n"
          "  retort demo --fresh\n"
          "  retort demo --workspace /tmp/demo",
          declare};
}

}  // namespace retort::cli
