#pragma once

#include "trainers/models/bert_config.h"
#include "trainers/models/named_tensors.h"
#include "trainers/settings/loop_settings.h"

#include <cstdint>
#include <filesystem>
#include <string>

namespace retort::train {

/// Bytes of all tensors.
[[nodiscard]] std::uint64_t totalBytes(const NamedTensors& tensors);

/// Rough bytes of the activations of one training step of an encoder over B rows of N tokens, with
/// D hidden, I intermediate, H heads, L layers:
///   element * (L * (B N (24 D + 6 I) + 8 B H N^2))
/// The counts are what autograd keeps for the quantized student (fitted to the measured peak of a
/// 6-layer encoder); a teacher adds what losses look at.
struct StepShape {
  std::int64_t rows = 0;
  std::int64_t length = 0;
  std::int64_t element_bytes = 4;
};

[[nodiscard]] std::uint64_t encoderStepBytes(const BertConfig& config, const StepShape& shape);

/// Bytes that checkpoints and results of a run can take at once: each checkpoint holds the weights
/// and two moments, and a new one is complete before an old one goes.
[[nodiscard]] std::uint64_t diskBytes(std::uint64_t model_bytes,
                                      const CheckpointSettings& settings);

/// Throws TrainError (kMissingInput) with both numbers when the folder's disk has less room.
void checkDiskRoom(const std::filesystem::path& folder, std::uint64_t needed);

/// "12.3 MB"
[[nodiscard]] std::string formatBytes(std::uint64_t bytes);

}  // namespace retort::train
