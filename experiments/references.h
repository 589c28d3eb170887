#pragma once

#include "core/settings/resolve.h"
#include "experiments/diagnostic_sink.h"
#include "experiments/experiment_document.h"

#include <functional>
#include <optional>
#include <string>

namespace retort::experiments {

/// Where `${key}` looks.
struct ReferenceScope {
  const GivenSettings* settings = nullptr;  ///< of the cell; may hold references themselves
  /// The key that a shorthand stands for; other keys as they are.
  std::function<std::string(const std::string& key)> canonical_key;
  /// The default of a setting that the cell does not give; null when it has none or the key is
  /// unknown.
  std::function<Json(const std::string& key)> default_of;
  /// "run:ID/model" for `${needs.NAME}`; nothing (reported already) when it cannot be had.
  std::function<std::optional<Json>(const std::string& name, const Place& place)> need;
};

/// Replaces the references in `settings`. A value that is one reference, "${key}", becomes that
/// key's value with its type, or all settings below it ("${data}"); within other text a reference
/// becomes text; "$${" stands for "${". `settings` may be the scope's own. Reports unknown keys and
/// references that lead back to themselves.
[[nodiscard]] GivenSettings resolveReferences(const GivenSettings& settings,
                                              const ReferenceScope& scope,
                                              DiagnosticSink& sink);

}  // namespace retort::experiments
