#pragma once

#include "trainers/models/activation_pass.h"
#include "trainers/models/bert_config.h"
#include "trainers/models/forward_options.h"
#include "trainers/models/model_quantization.h"
#include "trainers/models/model_trace.h"
#include "trainers/models/token_batch.h"
#include "trainers/models/weight_matrix.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

/// The parts of a BERT forward pass as functions of their parameters. Shapes: B batch, N padded
/// length, D hidden, I intermediate, H heads. BertModel binds them to names; nothing else calls
/// them.
namespace retort::train {

struct EmbeddingParameters {
  WeightMatrix words;      ///< [vocabulary, D]
  WeightMatrix positions;  ///< [max_positions, D]
  WeightMatrix segments;   ///< [types, D]
  NormParameters norm;
};

struct LayerParameters {
  Linear query;
  Linear key;
  Linear value;
  Linear attention_output;
  NormParameters attention_norm;
  Linear intermediate;
  Linear output;
  NormParameters output_norm;
};

/// What all functions of one pass share. References must outlive the pass.
struct BertPass {
  const BertConfig& config;
  const ModelQuantization& quantization;
  const ActivationPass& activations;
  const ForwardOptions& options;
  at::Tensor mask;    ///< [B, 1, 1, N]: 0 for tokens, -10000 for padding
  ModelTrace& trace;  ///< filled as far as options.trace asks
};

/// LayerNorm(word + position + segment), then dropout: [B, N, D]. The padding row gets no gradient.
[[nodiscard]] at::Tensor embed(const EmbeddingParameters& parameters,
                               const TokenBatch& batch,
                               const BertPass& pass);

/// One encoder layer: [B, N, D] -> [B, N, D]. `index` counts from 0.
[[nodiscard]] at::Tensor encoderLayer(const LayerParameters& parameters,
                                      const at::Tensor& x,
                                      std::size_t index,
                                      const BertPass& pass);

/// tanh(W_pool x[:, 0] + b): [B, N, D] -> [B, D].
[[nodiscard]] at::Tensor pool(const Linear& parameters, const at::Tensor& x, const BertPass& pass);

/// x * mask / (1 - p) with probability 1 - p of being kept while training; x itself otherwise.
[[nodiscard]] at::Tensor dropout(const at::Tensor& x, double probability, const BertPass& pass);

}  // namespace retort::train
