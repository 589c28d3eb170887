#include "core/agent/trainer_command.h"

#include "core/agent/linux_process_runner.h"
#include "core/base/text.h"

namespace retort {

ProcessCommand makeTrainerCommand(const Argv& trainer,
                                  const RunPaths& paths,
                                  int attempt,
                                  const Grant& grant,
                                  bool machine_has_gpus) {
  const std::string threads = std::to_string(grant.threads);
  ProcessCommand command;
  command.argv = trainer;
  command.argv.insert(command.argv.end(), {"--run", paths.folder.string()});
  command.folder = paths.folder;
  command.log = paths.log();
  command.environment = {{LinuxProcessRunner::kRunVariable, paths.folder.string()},
                         {"RETORT_ATTEMPT", std::to_string(attempt)},
                         {"RETORT_THREADS", threads},
                         {"OMP_NUM_THREADS", threads},
                         {"MKL_NUM_THREADS", threads}};
  if (machine_has_gpus) {
    command.environment["CUDA_VISIBLE_DEVICES"] = joinStrings(grant.gpus, ",");
  }
  return command;
}

}  // namespace retort
