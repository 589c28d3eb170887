#pragma once

#include "trainers/models/activation_quantizers.h"
#include "trainers/models/bert_config.h"
#include "trainers/models/bert_quantization.h"
#include "trainers/models/bert_trace.h"
#include "trainers/models/encoder_batch.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

/// The parts of a BERT forward pass as functions of their parameters. Shapes: B batch, N padded
/// length, D hidden, I intermediate, H heads. BertModel binds them to names; nothing else calls
/// them.
namespace retort::train {

/// A weight matrix or table, and the grid that it is put on in each pass.
struct WeightMatrix {
  at::Tensor latent;
  Quantizer quantizer;       ///< the identity: it stays in full precision
  at::Tensor second_moment;  ///< see Quantizer; undefined while there is none

  [[nodiscard]] at::Tensor quantized() const { return quantizer(latent, second_moment); }
};

/// y = x W^T + b.
struct Linear {
  WeightMatrix weight;
  at::Tensor bias;
};

/// LayerNorm's gain and offset.
struct NormParameters {
  at::Tensor weight;
  at::Tensor bias;
};

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

/// What the student takes from the teacher during a forward pass (Teacher Intervention, arXiv
/// 2302.11812): with any of them, Q and K read a detached layer input.
enum class Intervention {
  kNone,
  kMap,      ///< MI: attention probabilities := the teacher's (then dropout and 8 bits)
  kContext,  ///< CI: context := the teacher's; V and A of the student are not used
  kOutput,   ///< OI: output of W_O := the teacher's; V, A and W_O of the student are not used
};

/// What the student's traces hold where the teacher's values take over.
enum class InterventionVariant {
  kReleased,  ///< the teacher's values, as in the released code: V (and W_O) get no gradient
  kFigure,    ///< the student's own context and output of W_O, computed from its own map and a
            ///< detached layer input, as the paper's figure has it: losses on them train V and W_O
};

struct ForwardOptions {
  bool is_training = false;  ///< dropout is applied, drawn from the default generator of the device
  TraceSet trace;            ///< what to keep; the rest is freed as soon as autograd allows
  Intervention intervention = Intervention::kNone;
  InterventionVariant variant = InterventionVariant::kReleased;
  const BertTrace* teacher =
      nullptr;  ///< with an intervention: a trace of prob, context or dense respectively
  ActivationObserver* observer = nullptr;  ///< sees activations before they are quantized
};

/// What all functions of one pass share. References must outlive the pass.
struct BertPass {
  const BertConfig& config;
  const BertQuantization& quantization;
  const ActivationQuantizers& activations;
  const ForwardOptions& options;
  at::Tensor mask;   ///< [B, 1, 1, N]: 0 for tokens, -10000 for padding
  BertTrace& trace;  ///< filled as far as options.trace asks
};

/// LayerNorm(word + position + segment), then dropout: [B, N, D]. The padding row gets no gradient.
[[nodiscard]] at::Tensor embed(const EmbeddingParameters& parameters,
                               const EncoderBatch& batch,
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
