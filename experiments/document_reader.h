#pragma once

#include "experiments/diagnostic_sink.h"
#include "experiments/experiment_document.h"
#include "experiments/yaml_tree.h"

#include <string>
#include <vector>

namespace retort::experiments {

/// The newest form of experiment files that this program reads (`retort: 1`, optional in the file).
inline constexpr int kExperimentVersion = 1;

/// The keys that an experiment file may have at the top.
[[nodiscard]] const std::vector<std::string>& documentParts();

struct ReadDocument {
  std::string name;
  std::string trainer = "retort-train";
  ExperimentDocument document;
};

/// Reads the parts of an experiment file from its tree; `overrides` are the settings of `--set`.
/// Reports everything that is wrong and can be seen without a catalogue.
[[nodiscard]] ReadDocument readDocument(const YamlNode& root,
                                        const YamlNode& overrides,
                                        DiagnosticSink& sink);

}  // namespace retort::experiments
