#include "core/base/file.h"
#include "core/base/text.h"
#include "core/cli/arguments.h"
#include "core/cli/command.h"
#include "core/tables/text_width.h"

#include <algorithm>
#include <cstdlib>

namespace retort::cli {
namespace {

constexpr const char* kIntroduction =
    "Retort runs grids of quantization-aware distillation experiments and compares them.\n"
    "\n"
    "usage: retort COMMAND [options] [arguments]\n";

constexpr const char* kConclusion =
    "\n"
    "Every command has --help with examples, and --workspace DIR (default: $RETORT_WORKSPACE, "
    "else\n"
    "./retort-workspace). RUN is the beginning of a run's id, its name, or EXPERIMENT:POSITION.\n"
    "\n"
    "Exit codes: 0 done; 1 runs that were waited for failed, or doctor found a failure; 64 wrong\n"
    "command line; 65 malformed data; 66 no such file, run or experiment; 70 damaged database or\n"
    "broken protocol; 71 a program could not be started; 73 would overwrite; 74 reading or "
    "writing\n"
    "failed; 75 canceled; 78 wrong experiment file or setting; 130 interrupted (runs go on,\n"
    "analyses do not).\n"
    "\n"
    "Environment: RETORT_WORKSPACE; NO_COLOR (no colours); COLUMNS and LINES (size of live "
    "views).\n";

std::string programHelp() {
  std::string text = kIntroduction;
  std::string group;
  for (const Command& command : commandTable()) {
    if (command.group != group) {
      group = command.group;
      text += "\n" + group + ":\n";
    }
    text += "  " + padRight(command.name, 10) + command.summary + "\n";
  }
  return text + kConclusion;
}

const Command* findCommand(const std::string& name) {
  const auto& table = commandTable();
  const auto found = std::find_if(
      table.begin(), table.end(), [&](const Command& command) { return command.name == name; });
  return found == table.end() ? nullptr : &*found;
}

Error unknownCommand(const std::string& name) {
  std::vector<std::string> names;
  for (const Command& command : commandTable()) {
    names.push_back(command.name);
  }
  const auto near = nearestName(name, names);
  return {ErrorCode::kUsage,
          "there is no command '" + escapeForTerminal(name) + "'" +
              (near ? "; did you mean '" + *near + "'?" : "; see 'retort --help'")};
}

Result<int> runCommand(const Command& command,
                       const std::vector<std::string>& words,
                       std::string workspace) {
  Arguments arguments("retort " + command.name, command.summary, command.examples);
  const CommandBody body = command.declare(arguments);
  arguments.option("--workspace", workspace, "Folder of the workspace");
  const Result<bool> is_help = arguments.parse(words);
  if (!is_help) {
    return failWith(is_help.error());
  }
  if (*is_help) {
    print(arguments.help());
    return 0;
  }
  Session session{{chooseWorkspace(workspace)}, !workspace.empty(), detectTerminal()};
  return body(session);
}

Result<int> dispatch(std::vector<std::string> words) {
  std::string workspace;
  constexpr std::string_view kPrefix = "--workspace=";
  while (!words.empty() && words.front().rfind("--workspace", 0) == 0) {
    if (words.front().rfind(kPrefix, 0) == 0) {
      workspace = words.front().substr(kPrefix.size());
    } else if (words.size() > 1) {
      words.erase(words.begin());
      workspace = words.front();
    }
    words.erase(words.begin());
  }
  if (words.empty()) {
    printError(programHelp());
    return exitCode(ErrorCode::kUsage);
  }
  const std::string name = words.front();
  words.erase(words.begin());
  if (name == "-h" || name == "--help" || (name == "help" && words.empty())) {
    print(programHelp());
    return 0;
  }
  if (name == "help") {
    words = {words.front(), "--help"};
    return dispatch(words);
  }
  const Command* command = findCommand(name == "--version" ? "version" : name);
  if (command == nullptr) {
    return failWith(unknownCommand(name));
  }
  return runCommand(*command, words, workspace);
}

}  // namespace

std::filesystem::path chooseWorkspace(const std::string& option) {
  std::filesystem::path folder = "retort-workspace";
  const char* variable = std::getenv("RETORT_WORKSPACE");
  if (!option.empty()) {
    folder = option;
  } else if (variable != nullptr && *variable != '\0') {
    folder = variable;
  }
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(folder, error);
  return (error ? folder : absolute).lexically_normal();
}

int runCommandLine(const std::vector<std::string>& words) {
  const Result<int> code = dispatch(words);
  const Status written = finishOutput();
  if (!code) {
    printError("retort: " + escapeForTerminal(code.error().message, true) + "\n");
    return exitCode(code.error().code);
  }
  if (!written) {
    printError("retort: " + written.error().message + "\n");
    return exitCode(written.error().code);
  }
  return *code;
}

}  // namespace retort::cli
