#pragma once

#include "core/base/result.h"
#include "experiments/diagnostic_sink.h"
#include "experiments/yaml_tree.h"

#include <string>
#include <string_view>
#include <vector>

namespace retort::experiments {

/// Parses one YAML document of `text` (already normalized, yaml_guard.h) into a tree. Refuses, with
/// the place of each: deep nesting, more than 10,000 values after aliases, aliases within what they
/// name, duplicate keys, merge keys, tags, keys that are not text, a second document or anything
/// else behind the first, and doubtful plain scalars (yaml_scalar.h). Problems go to `sink`; the
/// tree is empty (null) when the text could not be parsed at all.
[[nodiscard]] YamlNode parseYaml(const std::string& text, DiagnosticSink& sink);

}  // namespace retort::experiments
