#include "trainers/models/llama_layers.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/dropout.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/rms_norm.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/zeros_like.h>

#include <cmath>
#include <optional>
#include <utility>

namespace retort::train {
namespace {

// As in encoders: probabilities underflow to 0, and differences of scores stay finite.
constexpr double kMaskedScore = -10000.0;

/// x W^T + b for an input that is already quantized, kept under `name` when it is asked for.
at::Tensor project(const Linear& parameters,
                   const at::Tensor& x_q,
                   const char* name,
                   const DecoderPass& pass) {
  const at::Tensor weight = parameters.weight.quantized();
  at::Tensor y = parameters.bias.defined() ? at::linear(x_q, weight, parameters.bias)
                                           : at::linear(x_q, weight);
  if (pass.options.trace.has(TracePart::kProjection)) {
    pass.trace.projection.back()[name] = y;
  }
  return y;
}

at::Tensor splitHeads(const at::Tensor& x, const DecoderPass& pass) {
  return x.unflatten(-1, {-1, pass.config.head_dim}).transpose(1, 2);
}

/// Keys or values for each query: [B, K, N, d] -> [B, H, N, d]. Their gradients are sums over the
/// queries that share them.
at::Tensor shareHeads(const at::Tensor& x, const DecoderPass& pass) {
  const std::int64_t queries = pass.config.num_attention_heads / pass.config.num_key_value_heads;
  if (queries == 1) {
    return x;
  }
  return x.unsqueeze(2).expand({-1, -1, queries, -1, -1}).flatten(1, 2);
}

/// Rotated queries or keys of all heads: [B, H or K, N, d].
at::Tensor rotatedHeads(const at::Tensor& projected,
                        const at::Tensor& norm,
                        const DecoderPass& pass) {
  const at::Tensor heads = splitHeads(projected, pass);
  return rotate(norm.defined() ? rmsNorm(heads, norm, pass.config.rms_norm_eps) : heads,
                pass.rotary);
}

/// [B, H, N, d] each.
struct AttentionHeads {
  at::Tensor query;
  at::Tensor key;
  at::Tensor value;
};

AttentionHeads attentionHeads(const DecoderLayerParameters& parameters,
                              const at::Tensor& x,
                              std::size_t index,
                              const DecoderPass& pass) {
  const auto quantize = [&](ActivationPoint point, const at::Tensor& heads) {
    return quantizeAt(point, index, heads, pass.activations);
  };
  const at::Tensor x_q = quantize(ActivationPoint::kQkvInput, x);
  const at::Tensor query =
      rotatedHeads(project(parameters.query, x_q, "q", pass), parameters.query_norm, pass);
  const at::Tensor key =
      rotatedHeads(project(parameters.key, x_q, "k", pass), parameters.key_norm, pass);
  const at::Tensor value = splitHeads(project(parameters.value, x_q, "v", pass), pass);
  return {.query = quantize(ActivationPoint::kQuery, query),
          .key = shareHeads(quantize(ActivationPoint::kKey, key), pass),
          .value = shareHeads(quantize(ActivationPoint::kValue, value), pass)};
}

/// True when something changes the probabilities, or sees them before they are used.
bool needsProbabilities(std::size_t index, const DecoderPass& pass) {
  const bool has_dropout = pass.options.is_training && pass.config.attention_dropout > 0;
  return has_dropout || sees(ActivationPoint::kProbabilities, index, pass.activations);
}

at::Tensor visibleOrCausal(const at::Tensor& visible, const at::Tensor& like) {
  const std::int64_t length = like.size(2);
  return visible.defined() ? visible
                           : at::ones({length, length}, like.options().dtype(at::kBool)).tril();
}

/// softmax(Q K^T / sqrt(d)), written out: [B, H, N, N].
at::Tensor attentionProbabilities(const AttentionHeads& heads,
                                  const at::Tensor& visible,
                                  const DecoderPass& pass) {
  const double scale = 1 / std::sqrt(static_cast<double>(pass.config.head_dim));
  const at::Tensor is_hidden = visibleOrCausal(visible, heads.query).logical_not();
  const at::Tensor score = heads.query.matmul(heads.key.transpose(-1, -2))
                               .mul_(scale)
                               .masked_fill_(is_hidden, kMaskedScore);
  const at::ScalarType type = score.scalar_type();
  const bool is_narrow = type == at::kHalf || type == at::kBFloat16;
  at::Tensor prob = is_narrow ? score.softmax(-1, at::kFloat).to(type) : score.softmax(-1);
  if (pass.options.trace.has(TracePart::kScore)) {
    pass.trace.score.push_back(score);
  }
  if (pass.options.trace.has(TracePart::kProb)) {
    pass.trace.prob.push_back(prob);
  }
  return prob;
}

/// [B, H, N, d]. Whether probabilities are traced changes no bit of it: they are computed besides.
at::Tensor attentionContext(const AttentionHeads& heads,
                            std::size_t index,
                            const DecoderPass& pass) {
  const at::Tensor& visible = pass.visible.at(pass.config.windows.at(index));
  const bool is_written_out = needsProbabilities(index, pass);
  const bool is_traced =
      pass.options.trace.has(TracePart::kScore) || pass.options.trace.has(TracePart::kProb);
  at::Tensor prob;
  if (is_written_out || is_traced) {
    prob = attentionProbabilities(heads, visible, pass);
  }
  if (is_written_out) {
    const at::Tensor dropped =
        at::dropout(prob, pass.config.attention_dropout, pass.options.is_training);
    return quantizeAt(ActivationPoint::kProbabilities, index, dropped, pass.activations)
        .matmul(heads.value);
  }
  return at::scaled_dot_product_attention(heads.query,
                                          heads.key,
                                          heads.value,
                                          visible.defined() ? std::optional(visible) : std::nullopt,
                                          /*dropout_p=*/0.0,
                                          /*is_causal=*/!visible.defined());
}

/// W_O softmax(…) V + b: [B, N, D].
at::Tensor attention(const DecoderLayerParameters& parameters,
                     const at::Tensor& x,
                     std::size_t index,
                     const DecoderPass& pass) {
  const AttentionHeads heads = attentionHeads(
      parameters, rmsNorm(x, parameters.attention_norm, pass.config.rms_norm_eps), index, pass);
  const at::Tensor context = attentionContext(heads, index, pass);
  if (pass.options.trace.has(TracePart::kValue)) {
    pass.trace.value.push_back(heads.value);
  }
  if (pass.options.trace.has(TracePart::kContext)) {
    pass.trace.context.push_back(context);
  }
  const at::Tensor merged = context.transpose(1, 2).flatten(2);
  const at::Tensor merged_q = quantizeAt(ActivationPoint::kOInput, index, merged, pass.activations);
  return project(parameters.attention_output, merged_q, "o", pass);
}

/// W_down (silu(W_gate x) * W_up x): [B, N, D] -> [B, N, D].
at::Tensor feedForward(const DecoderLayerParameters& parameters,
                       const at::Tensor& x,
                       std::size_t index,
                       const DecoderPass& pass) {
  const at::Tensor x_q = quantizeAt(ActivationPoint::kFfn1Input, index, x, pass.activations);
  const at::Tensor gate = at::silu(project(parameters.gate, x_q, "gate", pass));
  const at::Tensor inner = gate * project(parameters.up, x_q, "up", pass);
  const at::Tensor inner_q =
      quantizeAt(ActivationPoint::kFfn2Input, index, inner, pass.activations);
  return project(parameters.down, inner_q, "down", pass);
}

void traceAttention(const at::Tensor& dense,
                    const at::Tensor& output,
                    const DecoderLayerParameters& parameters,
                    const DecoderPass& pass) {
  const TraceSet& wanted = pass.options.trace;
  if (wanted.has(TracePart::kDense)) {
    pass.trace.dense.push_back(dense);
  }
  if (wanted.has(TracePart::kOutput)) {
    pass.trace.output.push_back(output);
  }
  if (wanted.has(TracePart::kSum)) {
    pass.trace.sum.push_back(output);
  }
  if (wanted.has(TracePart::kNormedDense)) {
    pass.trace.normed_dense.push_back(
        rmsNorm(dense, parameters.ffn_norm, pass.config.rms_norm_eps));
  }
}

/// Tokens of the same document, when there are several: [B, 1, N, N]; else undefined.
at::Tensor sameDocument(const TokenBatch& batch) {
  if (!batch.segment_ids.defined()) {
    return {};
  }
  const at::Tensor& segments = batch.segment_ids;
  return segments.unsqueeze(-1).eq(segments.unsqueeze(-2)).unsqueeze(1);
}

}  // namespace

at::Tensor rmsNorm(const at::Tensor& x, const at::Tensor& weight, double eps) {
  return at::rms_norm(x, {x.size(-1)}, weight, eps);
}

at::Tensor tokenPositions(const TokenBatch& batch) {
  const at::Tensor index =
      at::arange(batch.input_ids.size(1), batch.input_ids.options()).unsqueeze(0);
  if (!batch.segment_ids.defined()) {
    return index;
  }
  const at::Tensor& segments = batch.segment_ids;
  const std::int64_t length = segments.size(1);
  at::Tensor starts = at::zeros_like(segments);
  if (length > 1) {
    const at::Tensor is_new =
        segments.narrow(1, 1, length - 1).ne(segments.narrow(1, 0, length - 1));
    starts.narrow(1, 1, length - 1).copy_(is_new);
  }
  return index - std::get<0>((index * starts).cummax(1));
}

VisibleKeys visibleKeys(const TokenBatch& batch, const DecoderConfig& config) {
  const std::int64_t length = batch.input_ids.size(1);
  const at::Tensor same_document = sameDocument(batch);
  const at::TensorOptions options = batch.input_ids.options().dtype(at::kBool);
  VisibleKeys visible;
  for (const std::int64_t window : config.windows) {
    const bool is_cut = window > 0 && window < length;
    if (visible.contains(window) || (!is_cut && !same_document.defined())) {
      visible.try_emplace(window);
      continue;
    }
    at::Tensor band = at::ones({length, length}, options).tril();
    if (is_cut) {
      band = band.triu(1 - window);
    }
    visible[window] = same_document.defined() ? same_document.logical_and(band)
                                              : band.view({1, 1, length, length});
  }
  return visible;
}

at::Tensor decoderLayer(const DecoderLayerParameters& parameters,
                        const at::Tensor& x,
                        std::size_t index,
                        const DecoderPass& pass) {
  if (pass.options.trace.has(TracePart::kProjection)) {
    pass.trace.projection.emplace_back();
  }
  const at::Tensor dense = attention(parameters, x, index, pass);
  const at::Tensor output = x + dense;
  traceAttention(dense, output, parameters, pass);
  const at::Tensor normed = rmsNorm(output, parameters.ffn_norm, pass.config.rms_norm_eps);
  return output + feedForward(parameters, normed, index, pass);
}

at::Tensor judgedRows(const at::Tensor& x, const TokenBatch& batch) {
  const at::Tensor rows = x.flatten(0, 1);
  if (!batch.labels.defined()) {
    return rows;
  }
  return rows.index_select(0, batch.labels.flatten().ne(kIgnoredLabel).nonzero().squeeze(1));
}

}  // namespace retort::train
