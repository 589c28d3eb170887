#pragma once

#include "core/base/result.h"
#include "core/run/run_spec.h"

#include <filesystem>
#include <string>

/// spec.yaml: what one run is to do (core/run/run_spec.h), as people read it. Settings are nested.
namespace retort::experiments {

/// The YAML text of a spec; reading it gives the same spec, value by value and type by type.
[[nodiscard]] std::string formatSpec(const RunSpec& spec);

/// Parses the text of a spec.yaml. kInvalidConfig with "FILE:LINE:COLUMN: …" for each thing that is
/// wrong (size, depth, duplicate keys, types, a version other than RunSpec::kVersion). Settings are
/// not checked against a catalogue: `resolveSettings` does that.
[[nodiscard]] Result<RunSpec> parseSpec(std::string_view text, const std::filesystem::path& file);

[[nodiscard]] Result<RunSpec> readSpecFile(const std::filesystem::path& file);
[[nodiscard]] Status writeSpecFile(const std::filesystem::path& file, const RunSpec& spec);

}  // namespace retort::experiments
