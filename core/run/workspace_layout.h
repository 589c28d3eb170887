#pragma once

#include <filesystem>
#include <string>
#include <string_view>

/// Where things are in a workspace and in a run directory. Nothing else builds these paths.
///
///   WORKSPACE/workspace.db          the index (storage/)
///   WORKSPACE/trainers.json         registered trainers: name -> argv (array)
///   WORKSPACE/agent.log             what the agent did
///   WORKSPACE/experiments/          a copy of each submission, NAME-HASH.json (storage/reindex.h)
///   WORKSPACE/agent.json            what the agent was told to keep to: {"jobs": N}
///   WORKSPACE/cache/                answers of trainers (catalogues); may be deleted at any time
///   WORKSPACE/trash/                folders of removed runs
///   WORKSPACE/runs/ID/spec.yaml     what to do (written once, never changed)
///   WORKSPACE/runs/ID/events.jsonl  what happened (written by the trainer only)
///   WORKSPACE/runs/ID/train.log     standard output and error of all attempts of the trainer;
///                                   beyond 64 MiB its middle is left out
///   WORKSPACE/runs/ID/lock          held with flock by the trainer while it runs; holds its pid
///   WORKSPACE/runs/ID/checkpoint/   checkpoints and their manifests
///   WORKSPACE/runs/ID/model/        the result: a Hugging Face folder
///   WORKSPACE/runs/ID/model-best/   the same for the best evaluation
///   WORKSPACE/runs/ID/analysis/     what `retort analyze` measured, PROBE-CHECKPOINT.json
namespace retort {

struct RunPaths {
  std::filesystem::path folder;

  [[nodiscard]] std::filesystem::path spec() const { return folder / "spec.yaml"; }

  [[nodiscard]] std::filesystem::path events() const { return folder / "events.jsonl"; }

  [[nodiscard]] std::filesystem::path log() const { return folder / "train.log"; }

  [[nodiscard]] std::filesystem::path lock() const { return folder / "lock"; }

  [[nodiscard]] std::filesystem::path checkpoints() const { return folder / "checkpoint"; }

  [[nodiscard]] std::filesystem::path model() const { return folder / "model"; }

  [[nodiscard]] std::filesystem::path bestModel() const { return folder / "model-best"; }

  [[nodiscard]] std::filesystem::path analyses() const { return folder / "analysis"; }
};

struct WorkspacePaths {
  std::filesystem::path folder;

  [[nodiscard]] std::filesystem::path database() const { return folder / "workspace.db"; }

  [[nodiscard]] std::filesystem::path trainers() const { return folder / "trainers.json"; }

  [[nodiscard]] std::filesystem::path agentLog() const { return folder / "agent.log"; }

  [[nodiscard]] std::filesystem::path experiments() const { return folder / "experiments"; }

  [[nodiscard]] std::filesystem::path agentSettings() const { return folder / "agent.json"; }

  /// Answers of trainers that can be asked again at any time.
  [[nodiscard]] std::filesystem::path cache() const { return folder / "cache"; }

  [[nodiscard]] std::filesystem::path runs() const { return folder / "runs"; }

  [[nodiscard]] std::filesystem::path trash() const { return folder / "trash"; }

  /// `run_id` must satisfy isRunId: names never become paths.
  [[nodiscard]] RunPaths run(std::string_view run_id) const;
};

}  // namespace retort
