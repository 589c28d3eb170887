#pragma once

#include "experiments/diagnostic_sink.h"
#include "experiments/yaml_tree.h"

namespace retort::experiments {

/// The part `key` of an experiment file, which must be a map. Null when the file has none, and,
/// after a report, when it is something else.
[[nodiscard]] const YamlNode* mapPart(const YamlNode& root, const char* key, DiagnosticSink& sink);

/// The same for a list.
[[nodiscard]] const YamlNode* listPart(const YamlNode& root, const char* key, DiagnosticSink& sink);

}  // namespace retort::experiments
