#pragma once

#include "core/cli/command.h"

/// One function a command, each in the file of its name.
namespace retort::cli {

[[nodiscard]] Command agentCommand();
[[nodiscard]] Command catalogCommand();
[[nodiscard]] Command checkCommand();
[[nodiscard]] Command compareCommand();
[[nodiscard]] Command demoCommand();
[[nodiscard]] Command doctorCommand();
[[nodiscard]] Command exportCommand();
[[nodiscard]] Command logsCommand();
[[nodiscard]] Command lsCommand();
[[nodiscard]] Command noteCommand();
[[nodiscard]] Command pauseCommand();
[[nodiscard]] Command plotCommand();
[[nodiscard]] Command priorityCommand();
[[nodiscard]] Command reindexCommand();
[[nodiscard]] Command reportCommand();
[[nodiscard]] Command reproduceCommand();
[[nodiscard]] Command resumeCommand();
[[nodiscard]] Command retryCommand();
[[nodiscard]] Command rmCommand();
[[nodiscard]] Command runCommand();
[[nodiscard]] Command showCommand();
[[nodiscard]] Command stopCommand();
[[nodiscard]] Command tagCommand();
[[nodiscard]] Command trainersCommand();
[[nodiscard]] Command versionCommand();
[[nodiscard]] Command watchCommand();

}  // namespace retort::cli
