#pragma once

#include "core/base/result.h"
#include "core/cli/console.h"
#include "core/run/workspace_layout.h"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace retort::cli {

class Arguments;

/// What all commands share.
struct Session {
  WorkspacePaths paths;             ///< the workspace, absolute; need not exist
  bool is_workspace_given = false;  ///< by --workspace
  TerminalTraits terminal;
};

/// The exit code of a command that the user ended by a signal.
constexpr int kInterrupted = 130;

/// Carries a command out; returns the exit code. An error is printed and becomes
/// `exitCode(error.code)`.
using CommandBody = std::function<Result<int>(Session&)>;

/// One subcommand of `retort`. To add one: a file in core/cli/commands that makes it, a line in
/// commands.h and one in command_table.cpp.
struct Command {
  std::string name;
  std::string group;     ///< heading in `retort --help`
  std::string summary;   ///< one line, without full stop
  std::string examples;  ///< lines, indented by two blanks
  /// Declares options and arguments, and returns what to do with them.
  std::function<CommandBody(Arguments& arguments)> declare;
};

/// All commands in the order of `retort --help`.
[[nodiscard]] const std::vector<Command>& commandTable();

/// The program: finds the command, parses, runs, prints errors. `words` without the program's name.
/// Returns the exit code.
[[nodiscard]] int runCommandLine(const std::vector<std::string>& words);

/// The workspace that a command line means: `option`, else $RETORT_WORKSPACE, else
/// ./retort-workspace. Absolute.
[[nodiscard]] std::filesystem::path chooseWorkspace(const std::string& option);

}  // namespace retort::cli
