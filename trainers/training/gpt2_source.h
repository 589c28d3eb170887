#pragma once

#include "trainers/models/bert_config.h"
#include "trainers/models/gpt2_config.h"
#include "trainers/training/model_source.h"

#include <cstdint>

namespace retort::train {

/// A GPT-2 of the settings model.architecture.* and its own defaults. Throws TrainError (bad spec)
/// when the heads do not divide the width.
[[nodiscard]] Gpt2Config gpt2ConfigFromArchitecture(const ArchitectureSettings& architecture,
                                                    bool tie_word_embeddings,
                                                    std::int64_t vocabulary);

/// `config` with the dropout probabilities of `settings`, where given: hidden_dropout is embd_pdrop
/// and resid_pdrop.
[[nodiscard]] Gpt2Config withDropout(Gpt2Config config, const ModelSettings& settings);

/// Bytes that are kept from the forward pass of a GPT-2 for the backward pass. With T = B N tokens,
/// D hidden, I intermediate, H heads, L layers, V vocabulary, counted on the operations of
/// models/gpt2_layers.cpp:
///   L (d T D + i T I + h T H N) + e T D + v T V
///   d = 8, + 2 with dropout of the residual stream, + 6 with quantized activations
///   i = 2, + 1 with quantized activations
///   h = 0 where attention is computed in blocks; 3 with dropout of the probabilities, + 1 with
///       quantized activations; + 2 with traced scores or probabilities, and 1 more with a teacher
///   e = 2, + 1 with dropout of the embeddings;  v = 2 (logits and their logarithms), 4 with a
///       teacher
[[nodiscard]] std::uint64_t savedActivationBytes(const Gpt2Config& config, const StepShape& shape);

/// GPT-2 for readModel and randomModel.
[[nodiscard]] ModelFamily gpt2Family();

}  // namespace retort::train
