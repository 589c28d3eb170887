#pragma once

#include "core/base/json.h"
#include "trainers/models/bert_config.h"
#include "trainers/models/model_trace.h"
#include "trainers/models/named_tensors.h"
#include "trainers/settings/loop_settings.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>

namespace retort::train {

/// Bytes of all tensors.
[[nodiscard]] std::uint64_t totalBytes(const NamedTensors& tensors);

/// What the memory of a training step depends on, besides the model's shape.
struct StepShape {
  std::int64_t rows = 0;
  std::int64_t length = 0;  ///< padded
  std::int64_t element_bytes = 4;
  bool quantizes_activations = false;
  bool has_teacher = false;
  TraceSet traces;  ///< what losses and probes look at, in the student and in the teacher
  // Of language models:
  bool has_document_mask = false;
  bool recomputes_layers = false;     ///< train.gradient_checkpointing
  std::int64_t logit_rows = 0;        ///< train.logit_rows
  std::int64_t logit_losses = 1;      ///< losses on the logits
  std::set<std::string> frozen = {};  ///< parameters that need no gradient
};

/// Bytes that are kept from the forward pass of an encoder for the backward pass and the losses.
/// With T = B N tokens, D hidden, I intermediate, H heads, L layers, counted on the operations of
/// models/bert_layers.cpp:
///   L (d T D + i T I + h H T N) + 5 T D
///   d = 8, + 2 with hidden dropout, + 6 with quantized activations (each is kept before and after)
///   i = 2, + 1 with quantized activations
///   h = 1, + 2 with attention dropout, + 1 with quantized activations
/// Losses add to h: 2 for scores, and with a teacher what they see of it: T D or H T N a layer.
[[nodiscard]] std::uint64_t savedActivationBytes(const BertConfig& config, const StepShape& shape);

/// The peak of a training process on the CPU, state by state, in bytes. Rows of data (4 bytes a
/// token) and what probes do beyond tracing the step's passes are not in it.
struct MemoryEstimate {
  std::uint64_t program = 0;    ///< the program and LibTorch
  std::uint64_t teacher = 0;    ///< its weights
  std::uint64_t latent = 0;     ///< the weights that are trained, in full precision
  std::uint64_t quantized = 0;  ///< their quantized copies
  std::uint64_t gradients = 0;
  std::uint64_t optimizer = 0;    ///< two moments
  std::uint64_t activations = 0;  ///< savedActivationBytes
  std::uint64_t workspace = 0;    ///< temporaries, and what the C library does not use again

  [[nodiscard]] std::uint64_t total() const;
  [[nodiscard]] Json toJson() const;  ///< {program: …, …}

  bool operator==(const MemoryEstimate&) const = default;
};

/// Bytes of weights; of those that are frozen there are no gradients and moments.
struct WeightBytes {
  std::uint64_t latent = 0;
  std::uint64_t trainable = 0;
  std::uint64_t teacher = 0;
  std::uint64_t quantized = 0;                ///< copies that a step keeps for its backward pass
  std::optional<std::uint64_t> moments = {};  ///< of the optimizer; empty: two for each trained one
};

/// The sum of all states; `activations`: savedActivationBytes. Only `program` and `workspace` are
/// fitted, to the resident peaks of finetune and kd_qat runs with encoders of 2, 4 and 6 layers on
/// the CPU, which are recorded in tests/trainers/training/resource_estimate_test.cpp: with
/// glibc 2.36 the estimate is within 6 % of each. Most of the workspace (0.55 of the activations)
/// is memory that glibc's heap does not use again: with
/// GLIBC_TUNABLES=glibc.malloc.mmap_threshold=65536 kd_qat with 32 x 64 tokens peaks at 1312 MB
/// instead of 1808, and the states without workspace sum to 1334. A GPU needs less, too.
[[nodiscard]] MemoryEstimate estimateMemory(std::uint64_t activations, const WeightBytes& weights);

/// What a step of a language model holds beside weights, where its backward pass begins.
struct StepBytes {
  std::uint64_t layers = 0;  ///< kept by the layers for the backward pass
  std::uint64_t logits = 0;  ///< logits, and what losses make of them
};

/// The same for language models, whose logits can outweigh the layers. Gradients come into the room
/// that activations leave, so the workspace, what glibc's heap does not use again, is
///   20 MB + max(0, 0.6 layers + 0.3 logits - gradients),
/// fitted to runs that are recorded in tests/trainers/training/decoder_memory_test.cpp.
[[nodiscard]] MemoryEstimate estimateDecoderMemory(const StepBytes& step,
                                                   const WeightBytes& weights);

/// Bytes that checkpoints and results of a run can take at once: each checkpoint holds the weights
/// and two moments, and a new one is complete before an old one goes.
[[nodiscard]] std::uint64_t diskBytes(std::uint64_t model_bytes,
                                      const CheckpointSettings& settings);

/// Throws TrainError (kMissingInput) with both numbers when the folder's disk has less room.
void checkDiskRoom(const std::filesystem::path& folder, std::uint64_t needed);

/// "12.3 MB"
[[nodiscard]] std::string formatBytes(std::uint64_t bytes);

}  // namespace retort::train
