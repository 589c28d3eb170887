#pragma once

#include "experiments/diagnostic_sink.h"
#include "experiments/experiment_document.h"
#include "experiments/yaml_tree.h"

#include <string>

namespace retort::experiments {

/// The settings of a map, nested or dotted, by dotted key; each key begins with `prefix` (with its
/// dot, or empty). Reports keys that are given twice in different spellings, malformed keys and
/// lists that hold maps. Below a key any name without blanks may stand: whether it is a setting's
/// is for the catalogue to say.
[[nodiscard]] GivenSettings readSettings(const YamlNode& map,
                                         const std::string& prefix,
                                         DiagnosticSink& sink);

/// A value for one setting: a scalar or a list of scalars. Anything else is reported.
[[nodiscard]] std::optional<Json> readSettingValue(const YamlNode& node,
                                                   const std::string& key,
                                                   DiagnosticSink& sink);

}  // namespace retort::experiments
