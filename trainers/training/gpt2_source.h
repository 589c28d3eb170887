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

/// What a step of a GPT-2 holds where its backward pass begins (decoder_source.h). With T = B N
/// tokens, D hidden, I intermediate and H heads, counted on the operations of
/// models/gpt2_layers.cpp, a layer keeps
///   d T D + i T I + T (H + 4) + h H T N
///   d = 8, + 2 with dropout of the residual stream, + 6 with quantized activations
///   i = 2, + 1 with quantized activations
///   h = 0 where attention is computed in blocks; 3 with dropout of the probabilities, + 1 with
///       quantized activations
/// and T N for the mask, if there is one. Of that, frozen weights need no inputs: T D less where
/// query, key and value are all frozen, T D where up is, T I where down is. The embeddings and the
/// head keep 2 T D + 2 T, with dropout of the embeddings T D more.
[[nodiscard]] StepBytes stepBytes(const Gpt2Config& config, const StepShape& shape);

/// GPT-2 for readModel and randomModel.
[[nodiscard]] ModelFamily gpt2Family();

}  // namespace retort::train
