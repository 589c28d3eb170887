#pragma once

#include "core/run/run_spec.h"
#include "experiments/catalogue_scope.h"
#include "experiments/diagnostic_sink.h"
#include "experiments/experiment_document.h"
#include "experiments/input_hashes.h"

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace retort::experiments {

/// Turns the given settings of one run into its resolved spec: checks them against the catalogue,
/// finds and hashes its inputs (each path once, however many runs read it), computes its id.
class RunBuilder {
 public:
  /// Relative input paths are looked up from `folder`, then from the current folder. `known` must
  /// live longer.
  RunBuilder(const CatalogueScope& catalogue,
             std::string trainer,
             std::filesystem::path folder,
             InputHashes& known,
             DiagnosticSink& sink);

  /// `settings` hold no references any more. Problems are reported at the places of the settings,
  /// those of missing ones at `fallback`.
  [[nodiscard]] std::optional<RunSpec> build(const GivenSettings& settings, const Place& fallback);

  /// Given settings that applied to some run, and those that were given to a run to which they do
  /// not apply.
  [[nodiscard]] const std::set<std::string>& applied() const { return applied_; }

  [[nodiscard]] const std::map<std::string, Place>& notApplied() const { return not_applied_; }

 private:
  bool addInput(const std::string& key, const Place& place, RunSpec& spec);
  bool addMadeInput(const std::string& key, const Place& place, RunSpec& spec);
  std::optional<std::filesystem::path> findInput(const std::string& text,
                                                 const std::string& key,
                                                 const Place& place);

  const CatalogueScope& catalogue_;
  std::string trainer_;
  std::filesystem::path folder_;
  InputHashes& known_;
  DiagnosticSink& sink_;
  std::map<std::filesystem::path, Result<std::string>> hashes_;
  std::set<std::string> applied_;
  std::map<std::string, Place> not_applied_;
};

}  // namespace retort::experiments
