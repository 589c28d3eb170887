#pragma once

#include "core/base/result.h"
#include "core/run/workspace_layout.h"

#include <map>
#include <string>
#include <vector>

namespace retort {

/// A program and its fixed arguments; never passed through a shell.
using Argv = std::vector<std::string>;

/// The trainers that a workspace knows, by name: "retort-train" beside this executable, and those
/// of WORKSPACE/trainers.json, an object {"name": ["/absolute/program", "argument", …]} that the
/// user writes. Experiment files name trainers and never programs, so that a stranger's file runs
/// nothing of its own.
///
/// The program is an absolute path or a bare name that PATH finds. The environment variable
/// RETORT_TRAINER_DIR, for tests, is the folder where retort-train is looked for instead.
/// kInvalidConfig when trainers.json is malformed.
[[nodiscard]] Result<std::map<std::string, Argv>> readTrainers(const WorkspacePaths& workspace);

/// The command of one trainer; kNotFound names the known ones.
[[nodiscard]] Result<Argv> findTrainer(const WorkspacePaths& workspace, const std::string& name);

/// Letters, digits, '-', '_' and '.', at most 64, not starting with '.' or '-'.
[[nodiscard]] bool isTrainerName(std::string_view name);

}  // namespace retort
