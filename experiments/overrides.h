#pragma once

#include "experiments/diagnostic_sink.h"
#include "experiments/yaml_tree.h"

#include <string>
#include <vector>

namespace retort::experiments {

/// Carries out `--set key=value` texts on the tree of an experiment file: a key whose first word is
/// one of `parts` ("seeds", "resources.threads", "grid.freeze") replaces that part of the file. All
/// others are settings; they are returned as the entries of a map. Each value is YAML (a scalar,
/// [a, b] or {…}) and knows its option as its place.
[[nodiscard]] YamlNode applyOverrides(const std::vector<std::string>& options,
                                      const std::vector<std::string>& parts,
                                      YamlNode& file,
                                      DiagnosticSink& sink);

}  // namespace retort::experiments
