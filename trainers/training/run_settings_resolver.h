#pragma once

#include "core/run/run_spec.h"
#include "core/run/workspace_layout.h"
#include "core/settings/resolve.h"

#include <filesystem>
#include <string>

namespace retort::train {

/// Reads DIR/spec.yaml. Throws TrainError: kMissingInput when there is none, kBadSpec with file,
/// line and column otherwise.
[[nodiscard]] RunSpec readRunSpec(const RunPaths& paths);

/// The settings of a spec, checked against the catalogue and completed with defaults; paths are
/// those of this machine (a spec's inputs may be relative to the run directory, and "run:ID/model"
/// is another run's). Throws TrainError (kBadSpec) with all errors.
[[nodiscard]] SettingValues resolveRunSettings(const RunSpec& spec, const RunPaths& paths);

/// Throws TrainError (kBadData) when an input's contents are no longer those that the run is
/// identified by, and kMissingInput when an input is not there.
void verifyInputs(const RunSpec& spec, const RunPaths& paths);

/// Where the value of a path setting lies.
[[nodiscard]] std::filesystem::path locateInput(const RunSpec& spec,
                                                const RunPaths& paths,
                                                const std::string& key,
                                                const std::string& value);

}  // namespace retort::train
