#include "core/cli/arguments.h"
#include "core/cli/commands/commands.h"
#include "core/cli/workspace_access.h"

#include <memory>

namespace retort::cli {
namespace {

struct TagOptions {
  std::vector<std::string> words;
  std::vector<std::string> add;
  std::vector<std::string> remove;
  bool is_json = false;
};

Result<int> changeTags(const Session& session, const TagOptions& options) {
  if (options.add.empty() && options.remove.empty()) {
    return fail(ErrorCode::kUsage, "give --add TAG or --remove TAG");
  }
  const auto runs = requestForRuns(
      session, "tag", options.words, Json{{"add", options.add}, {"remove", options.remove}});
  if (!runs) {
    return failWith(runs.error());
  }
  printRuns("tagged", *runs, options.is_json);
  return 0;
}

CommandBody declare(Arguments& arguments) {
  auto options = std::make_shared<TagOptions>();
  arguments.positionals("RUN", options->words, "Runs, or experiments: all of their runs");
  arguments.list("-a,--add", options->add, "Tags to add");
  arguments.list("-r,--remove", options->remove, "Tags to remove");
  arguments.flag("--json", options->is_json, "For scripts");
  return [options](Session& session) {
    return changeTags(session, *options);
  };
}

}  // namespace

Command tagCommand() {
  return {"tag",
          "Look",
          "Add and remove tags of runs",
          "  retort tag losses --add paper,table2\n"
          "  retort tag 3f2a --remove paper",
          declare};
}

}  // namespace retort::cli
