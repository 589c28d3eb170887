#include "core/cli/commands/commands.h"

namespace retort::cli {

const std::vector<Command>& commandTable() {
  static const std::vector<Command> table{
      // Run
      demoCommand(),
      reproduceCommand(),
      runCommand(),
      checkCommand(),
      stopCommand(),
      resumeCommand(),
      retryCommand(),
      pauseCommand(),
      priorityCommand(),
      rmCommand(),
      // Look
      lsCommand(),
      showCommand(),
      watchCommand(),
      logsCommand(),
      noteCommand(),
      tagCommand(),
      // Results
      compareCommand(),
      plotCommand(),
      reportCommand(),
      exportCommand(),
      // Workspace
      catalogCommand(),
      trainersCommand(),
      doctorCommand(),
      reindexCommand(),
      agentCommand(),
      versionCommand(),
  };
  return table;
}

}  // namespace retort::cli
