#include "core/agent/trainer_catalogue.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/cli/arguments.h"
#include "core/cli/commands/commands.h"
#include "core/cli/text_table.h"
#include "core/cli/workspace_access.h"

#include <memory>

namespace retort::cli {
namespace {

struct TrainerOptions {
  std::vector<std::string>
      words;  ///< "add NAME PROGRAM [ARGUMENT…]", "remove NAME", "list" or nothing
  bool is_unchecked = false;
  bool is_json = false;
};

constexpr std::uint64_t kMostBytes = 1 << 20;

/// The object of trainers.json; empty when there is no file.
Result<Json> readRegistered(const WorkspacePaths& paths) {
  const auto text = readFile(paths.trainers(), kMostBytes);
  if (!text) {
    return text.error().code == ErrorCode::kNotFound ? Result<Json>(Json::object())
                                                     : failWith(text.error());
  }
  return parseJson(*text);
}

Status writeRegistered(const WorkspacePaths& paths, const Json& trainers) {
  std::error_code error;
  std::filesystem::create_directories(paths.folder, error);
  return writeFileAtomically(paths.trainers(), trainers.dump(2) + "\n");
}

Result<int> list(const Session& session, bool is_json) {
  const auto trainers = readTrainers(session.paths);
  if (!trainers) {
    return failWith(trainers.error());
  }
  if (is_json) {
    printJson(*trainers);
    return 0;
  }
  TextTable table;
  table.columns = {{"trainer", false, false}, {"command", false, true}};
  for (const auto& [name, command] : *trainers) {
    table.rows.push_back({name, joinStrings(command, " ")});
  }
  const std::size_t width = session.terminal.is_terminal ? session.terminal.columns : 0;
  print(renderTextTable(std::move(table), width, session.terminal.has_color));
  return 0;
}

Result<int> add(const Session& session, const TrainerOptions& options) {
  if (options.words.size() < 3) {
    return fail(ErrorCode::kUsage, "write: retort trainers add NAME PROGRAM [ARGUMENT…]");
  }
  const std::string& name = options.words[1];
  if (!isTrainerName(name)) {
    return fail(ErrorCode::kUsage,
                "'" + name +
                    "' is no name for a trainer: letters, digits, '-', '_' and '.', at most "
                    "64, not starting with '-' or '.'");
  }
  Argv command(options.words.begin() + 2, options.words.end());
  if (command.front().find('/') != std::string::npos) {
    std::error_code error;
    command.front() = std::filesystem::absolute(command.front(), error).lexically_normal().string();
  }
  if (!options.is_unchecked) {
    const auto catalogue = askCatalogue(command);
    if (!catalogue) {
      return failWith(
          withContext(catalogue.error(), "asking the trainer (--unchecked adds it anyway)"));
    }
  }
  auto trainers = readRegistered(session.paths);
  if (!trainers) {
    return failWith(trainers.error());
  }
  (*trainers)[name] = command;
  if (Status written = writeRegistered(session.paths, *trainers); !written) {
    return failWith(written.error());
  }
  print("added " + name + ": " + escapeForTerminal(joinStrings(command, " ")) + "\n");
  return 0;
}

Result<int> remove(const Session& session, const TrainerOptions& options) {
  if (options.words.size() != 2) {
    return fail(ErrorCode::kUsage, "write: retort trainers remove NAME");
  }
  auto trainers = readRegistered(session.paths);
  if (!trainers) {
    return failWith(trainers.error());
  }
  if (trainers->erase(options.words[1]) == 0) {
    return fail(ErrorCode::kNotFound,
                "no trainer '" + options.words[1] + "' was added to this workspace");
  }
  if (Status written = writeRegistered(session.paths, *trainers); !written) {
    return failWith(written.error());
  }
  print("removed " + escapeForTerminal(options.words[1]) + "\n");
  return 0;
}

CommandBody declare(Arguments& arguments) {
  auto options = std::make_shared<TrainerOptions>();
  arguments.positionals(
      "ACTION", options->words, "list | add NAME PROGRAM [ARGUMENT…] | remove NAME", false);
  arguments.flag("--unchecked", options->is_unchecked, "Add a program that cannot be asked now");
  arguments.flag("--json", options->is_json, "For scripts");
  return [options](Session& session) -> Result<int> {
    const std::string action = options->words.empty() ? "list" : options->words.front();
    if (action == "list") {
      return list(session, options->is_json);
    }
    if (action == "add") {
      return add(session, *options);
    }
    if (action == "remove") {
      return remove(session, *options);
    }
    return fail(ErrorCode::kUsage, "'" + action + "' is none of list, add, remove");
  };
}

}  // namespace

Command trainersCommand() {
  return {"trainers",
          "Workspace",
          "List, add and remove the trainer programs that experiment files may name",
          "  retort trainers\n"
          "  retort trainers add mine /opt/mine/train.py\n"
          "  retort trainers add mine -- python3 /opt/mine/train.py --fast\n"
          "  retort trainers remove mine",
          declare};
}

}  // namespace retort::cli
