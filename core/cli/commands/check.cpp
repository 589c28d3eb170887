#include "core/base/file.h"
#include "core/cli/arguments.h"
#include "core/cli/commands/commands.h"
#include "core/cli/grid_runner.h"
#include "core/run/format.h"

#include <memory>

namespace retort::cli {
namespace {

struct CheckOptions {
  std::string file;
  std::vector<std::string> overrides;
  bool is_json = false;
};

CommandBody declare(Arguments& arguments) {
  auto options = std::make_shared<CheckOptions>();
  arguments.positional("FILE", options->file, "The experiment file");
  arguments.options("--set", options->overrides, "KEY=VALUE: as in 'retort run'");
  arguments.flag("--json", options->is_json, "For scripts");
  return [options](Session& session) -> Result<int> {
    Catalogues catalogues(session.paths);
    const auto expanded = expandGrid(catalogues, {options->file, options->overrides});
    if (!expanded) {
      return failWith(expanded.error());
    }
    if (options->is_json) {
      printJson({{"experiment", expanded->submission.experiment},
                 {"runs", expanded->submission.runs.size()},
                 {"notes", expanded->notes}});
      return 0;
    }
    for (const std::string& note : expanded->notes) {
      print("note: " + escapeForTerminal(note) + "\n");
    }
    print(escapeForTerminal(options->file) + ": " +
          formatCount(expanded->submission.runs.size(), "run") + ", no problems\n");
    return 0;
  };
}

}  // namespace

Command checkCommand() {
  return {"check",
          "Run",
          "Check an experiment file without running anything",
          "  retort check losses.yaml\n"
          "  retort check losses.yaml --set train.epochs=1",
          declare};
}

}  // namespace retort::cli
