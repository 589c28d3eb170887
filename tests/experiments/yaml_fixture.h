#pragma once

#include "experiments/diagnostic_sink.h"
#include "experiments/yaml_reader.h"

#include <gtest/gtest.h>

#include <string>

namespace retort::experiments {

/// A sink for the text "f.yaml" and what it was told.
class SinkFor {
 public:
  explicit SinkFor(const std::string& text) : sink_("f.yaml", text) {}

  [[nodiscard]] DiagnosticSink& sink() { return sink_; }

  /// The diagnostics without source lines: "f.yaml:1:2: message\n…".
  [[nodiscard]] std::string problems() {
    std::vector<Diagnostic> diagnostics = sink_.take();
    for (Diagnostic& diagnostic : diagnostics) {
      diagnostic.excerpt.clear();
    }
    return formatDiagnostics(diagnostics);
  }

 private:
  DiagnosticSink sink_;
};

/// The tree of a correct YAML text.
inline YamlNode treeOf(const std::string& text) {
  DiagnosticSink sink("f.yaml", text);
  YamlNode tree = parseYaml(text, sink);
  EXPECT_TRUE(sink.isEmpty()) << formatDiagnostics(sink.take());
  return tree;
}

}  // namespace retort::experiments
