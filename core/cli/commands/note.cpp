#include "core/cli/arguments.h"
#include "core/cli/commands/commands.h"
#include "core/cli/workspace_access.h"

#include <memory>

namespace retort::cli {
namespace {

struct NoteOptions {
  std::string run;
  std::string note;
  bool is_json = false;
};

CommandBody declare(Arguments& arguments) {
  auto options = std::make_shared<NoteOptions>();
  arguments.positional("RUN", options->run, "The run");
  arguments.positional("TEXT", options->note, "The note; \"\" removes it");
  arguments.flag("--json", options->is_json, "For scripts");
  return [options](Session& session) -> Result<int> {
    const auto runs = requestForRuns(session, "note", {options->run}, {{"note", options->note}});
    if (!runs) {
      return failWith(runs.error());
    }
    printRuns("noted", *runs, options->is_json);
    return 0;
  };
}

}  // namespace

Command noteCommand() {
  return {"note",
          "Look",
          "Write a note on a run",
          "  retort note 3f2a \"loss spike at step 400\"\n"
          "  retort note 3f2a \"\"",
          declare};
}

}  // namespace retort::cli
