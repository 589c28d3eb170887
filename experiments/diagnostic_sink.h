#pragma once

#include "experiments/diagnostic.h"

#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace retort::experiments {

/// Collects what is wrong in one file, each thing once, with the source line for the reader.
class DiagnosticSink {
 public:
  /// `text` is the file's contents with '\n' line ends; it is copied.
  DiagnosticSink(std::string file, std::string_view text);

  void report(const Place& place, std::string key, std::string message);

  [[nodiscard]] bool isEmpty() const { return diagnostics_.empty(); }

  [[nodiscard]] std::size_t size() const { return diagnostics_.size(); }

  [[nodiscard]] std::vector<Diagnostic> take() { return std::move(diagnostics_); }

  [[nodiscard]] const std::string& file() const { return file_; }

 private:
  void addExcerpt(Diagnostic& diagnostic) const;

  std::string file_;
  std::vector<std::string> lines_;
  std::vector<Diagnostic> diagnostics_;
  std::set<std::tuple<int, int, std::string, std::string>> seen_;
};

}  // namespace retort::experiments
