#include "experiments/spec_file.h"

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/run/submission.h"
#include "experiments/yaml_guard.h"
#include "experiments/yaml_reader.h"
#include "experiments/yaml_writer.h"

#include <fmt/format.h>

namespace retort::experiments {

namespace {

Error specError(const std::string& message) {
  return {ErrorCode::kInvalidConfig, message};
}

/// All diagnostics in one message, a line each.
Error specError(const std::vector<Diagnostic>& diagnostics) {
  std::string message = formatDiagnostics(diagnostics);
  message.pop_back();
  return specError(message);
}

}  // namespace

std::string formatSpec(const RunSpec& spec) {
  const Json json = toJson(spec);
  std::string text = "# What this run is to do. Written once by retort and never changed.\n";
  for (const char* key : {"retort", "run", "trainer", "release", "settings", "inputs"}) {
    appendYamlEntry(key, json.at(key), text);
  }
  return text;
}

Result<RunSpec> parseSpec(std::string_view text, const std::filesystem::path& file) {
  const auto normalized = normalizeText(text, file.string());
  if (!normalized) {
    return failWith(specError({normalized.error()}));
  }
  DiagnosticSink sink(file.string(), *normalized);
  const YamlNode root = parseYaml(*normalized, sink);
  if (sink.isEmpty() && !root.isMap()) {
    sink.report(
        root.place, "", "expected a map at the top (retort: 1, …), found " + root.description());
  }
  if (!sink.isEmpty()) {
    return failWith(specError(sink.take()));
  }
  Result<RunSpec> spec = runSpecFromJson(toJson(root));
  if (!spec) {
    return failWith(withContext(spec.error(), file.string()));
  }
  return spec;
}

Result<RunSpec> readSpecFile(const std::filesystem::path& file) {
  const Result<std::string> text = readFile(file, kLargestYamlBytes);
  if (!text) {
    return failWith(text.error());
  }
  return parseSpec(*text, file);
}

Status writeSpecFile(const std::filesystem::path& file, const RunSpec& spec) {
  return writeFileAtomically(file, formatSpec(spec));
}

}  // namespace retort::experiments
