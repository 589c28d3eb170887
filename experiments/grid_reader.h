#pragma once

#include "experiments/diagnostic_sink.h"
#include "experiments/experiment_document.h"
#include "experiments/yaml_tree.h"

namespace retort::experiments {

/// Reads grid, zip, when, exclude, include and baseline of an experiment file into the document,
/// whose overrides are read already: an axis that is overridden keeps that one value.
void readGridParts(const YamlNode& root, ExperimentDocument& document, DiagnosticSink& sink);

}  // namespace retort::experiments
