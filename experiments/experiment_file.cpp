#include "experiments/experiment_file.h"

#include "core/base/file.h"
#include "experiments/document_reader.h"
#include "experiments/overrides.h"
#include "experiments/yaml_guard.h"
#include "experiments/yaml_reader.h"

#include <fmt/format.h>

namespace retort::experiments {

namespace {

std::vector<Diagnostic> onlyProblem(const std::string& file, std::string message) {
  Diagnostic diagnostic;
  diagnostic.file = file;
  diagnostic.message = std::move(message);
  return {diagnostic};
}

std::filesystem::path absolutePath(const std::filesystem::path& file) {
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(file, error);
  return error ? file : absolute.lexically_normal();
}

}  // namespace

DiagnosedResult<ExperimentFile> parseExperiment(std::string text,
                                                const std::filesystem::path& file,
                                                const std::vector<std::string>& overrides) {
  const auto normalized = normalizeText(text, file.string());
  if (!normalized) {
    return failWith(std::vector<Diagnostic>{normalized.error()});
  }
  DiagnosticSink sink(file.string(), *normalized);
  YamlNode root = parseYaml(*normalized, sink);
  if (!root.isMap()) {
    if (sink.isEmpty()) {
      sink.report({root.place.line, root.place.column, ""},
                  "",
                  "expected a map at the top (experiment: …), found " + root.description());
    }
    return failWith(sink.take());
  }
  const YamlNode settings = applyOverrides(overrides, documentParts(), root, sink);
  ReadDocument read = readDocument(root, settings, sink);
  if (!sink.isEmpty()) {
    return failWith(sink.take());
  }
  read.document.source = *normalized;
  ExperimentFile experiment;
  experiment.name = std::move(read.name);
  experiment.trainer = std::move(read.trainer);
  experiment.path = absolutePath(file);
  experiment.shown_path = file.string();
  experiment.text = std::move(text);
  experiment.document = std::make_shared<const ExperimentDocument>(std::move(read.document));
  return experiment;
}

DiagnosedResult<ExperimentFile> readExperimentFile(const std::filesystem::path& file,
                                                   const std::vector<std::string>& overrides) {
  Result<std::string> text = readFile(file, kLargestYamlBytes);
  if (!text) {
    return failWith(onlyProblem("", text.error().message));
  }
  return parseExperiment(std::move(*text), file, overrides);
}

}  // namespace retort::experiments
