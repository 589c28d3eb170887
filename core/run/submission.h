#pragma once

#include "core/base/json.h"
#include "core/run/run_record.h"

#include <string>
#include <vector>

namespace retort {

/// An expanded experiment on its way from the command line or the GUI to the agent (the arguments
/// of a "submit" request). Runs stand in the order of the expansion, needed runs before those that
/// need them.
struct SubmittedRun {
  RunSpec spec;
  std::string name;
  Resources resources;
  int priority = 0;
  ExperimentRun membership;

  bool operator==(const SubmittedRun&) const = default;
};

struct Submission {
  std::string experiment;
  std::string file;
  std::string text;
  Json report;
  std::vector<SubmittedRun> runs;

  bool operator==(const Submission&) const = default;
};

[[nodiscard]] Json toJson(const Submission& submission);
[[nodiscard]] Result<Submission> submissionFromJson(const Json& json);

/// spec <-> JSON, as in spec.yaml: {retort: 1, run, trainer, release, settings: nested, inputs:
/// […]}.
[[nodiscard]] Json toJson(const RunSpec& spec);
[[nodiscard]] Result<RunSpec> runSpecFromJson(const Json& json);

}  // namespace retort
