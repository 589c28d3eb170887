#include "trainers/models/causal_attention.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/dropout.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/zeros_like.h>

#include <optional>

namespace retort::train {
namespace {

// As in encoders: probabilities underflow to 0, and differences of scores stay finite.
constexpr double kMaskedScore = -10000.0;

void checkPadding(const at::Tensor& mask) {
  if (!mask.defined() || !mask.is_cpu() || mask.size(1) < 2) {
    return;
  }
  const std::int64_t pairs = mask.size(1) - 1;
  TORCH_CHECK(mask.narrow(1, 1, pairs).le(mask.narrow(1, 0, pairs)).all().item<bool>(),
              "attention_mask must be 1 for tokens and then 0 for padding");
}

/// Tokens of the same document, when there are several: [B, 1, N, N]; else undefined.
at::Tensor sameDocument(const TokenBatch& batch) {
  if (!batch.segment_ids.defined()) {
    return {};
  }
  const at::Tensor& segments = batch.segment_ids;
  return segments.unsqueeze(-1).eq(segments.unsqueeze(-2)).unsqueeze(1);
}

/// True when something changes the probabilities, or sees them before they are used.
bool needsProbabilities(const CausalAttention& attention,
                        std::size_t index,
                        const ActivationPass& pass) {
  const bool has_dropout = pass.options.is_training && attention.dropout > 0;
  return has_dropout || sees(ActivationPoint::kProbabilities, index, pass);
}

at::Tensor visibleOrCausal(const at::Tensor& visible, const at::Tensor& like) {
  const std::int64_t length = like.size(2);
  return visible.defined() ? visible
                           : at::ones({length, length}, like.options().dtype(at::kBool)).tril();
}

/// softmax(scale Q K^T), written out: [B, H, N, N].
at::Tensor attentionProbabilities(const AttentionHeads& heads,
                                  const CausalAttention& attention,
                                  const ActivationPass& pass) {
  const at::Tensor is_hidden = visibleOrCausal(attention.visible, heads.query).logical_not();
  const at::Tensor score = heads.query.matmul(heads.key.transpose(-1, -2))
                               .mul_(attention.scale)
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

/// Whether probabilities are traced changes no bit of it: they are computed besides.
at::Tensor contextOf(const AttentionHeads& heads,
                     const CausalAttention& attention,
                     std::size_t index,
                     const ActivationPass& pass) {
  const bool is_written_out = needsProbabilities(attention, index, pass);
  const bool is_traced =
      pass.options.trace.has(TracePart::kScore) || pass.options.trace.has(TracePart::kProb);
  at::Tensor prob;
  if (is_written_out || is_traced) {
    prob = attentionProbabilities(heads, attention, pass);
  }
  if (is_written_out) {
    const at::Tensor dropped = at::dropout(prob, attention.dropout, pass.options.is_training);
    return quantizeAt(ActivationPoint::kProbabilities, index, dropped, pass).matmul(heads.value);
  }
  const at::Tensor& visible = attention.visible;
  return at::scaled_dot_product_attention(heads.query,
                                          heads.key,
                                          heads.value,
                                          visible.defined() ? std::optional(visible) : std::nullopt,
                                          /*dropout_p=*/0.0,
                                          /*is_causal=*/!visible.defined(),
                                          attention.scale);
}

}  // namespace

void checkDecoderBatch(const TokenBatch& batch) {
  const at::Tensor& ids = batch.input_ids;
  TORCH_CHECK(ids.dim() == 2, "input_ids must be [B, N], but has shape ", ids.sizes());
  for (const at::Tensor* other : {&batch.attention_mask, &batch.segment_ids, &batch.labels}) {
    TORCH_CHECK(!other->defined() || other->sizes() == ids.sizes(),
                "attention_mask, segment_ids and labels must have the shape of input_ids ",
                ids.sizes(),
                ", but one has ",
                other->sizes());
  }
  checkPadding(batch.attention_mask);
}

ActivationPass decoderActivationPass(const Model& model,
                                     const at::Tensor& is_real,
                                     const ForwardOptions& options,
                                     ModelTrace& trace) {
  return {.quantizers = model.activations(),
          .options = options,
          .is_real = is_real,
          .kv_cache = model.quantization().kvCache(),
          .trace = trace};
}

ActivationPass decoderActivationPass(const Model& model,
                                     const TokenBatch& batch,
                                     const ForwardOptions& options,
                                     ModelTrace& trace) {
  const at::Tensor mask =
      batch.attention_mask.defined() ? batch.attention_mask : at::ones_like(batch.input_ids);
  return decoderActivationPass(model, mask.ne(0).unsqueeze(1).unsqueeze(1), options, trace);
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

VisibleKeys visibleKeys(const TokenBatch& batch, const std::vector<std::int64_t>& windows) {
  const std::int64_t length = batch.input_ids.size(1);
  const at::Tensor same_document = sameDocument(batch);
  const at::TensorOptions options = batch.input_ids.options().dtype(at::kBool);
  VisibleKeys visible;
  for (const std::int64_t window : windows) {
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

at::Tensor project(const Linear& parameters,
                   const at::Tensor& x_q,
                   const char* name,
                   const ActivationPass& pass) {
  const at::Tensor weight = parameters.weight.quantized();
  at::Tensor y = parameters.bias.defined() ? at::linear(x_q, weight, parameters.bias)
                                           : at::linear(x_q, weight);
  if (pass.options.trace.has(TracePart::kProjection)) {
    pass.trace.projection.back()[name] = y;
  }
  return y;
}

at::Tensor throughCache(const at::Tensor& x, const ActivationPass& pass) {
  return pass.kv_cache(x);
}

at::Tensor splitHeads(const at::Tensor& x, std::int64_t width) {
  return x.unflatten(-1, {-1, width}).transpose(1, 2);
}

at::Tensor causalContext(const AttentionHeads& heads,
                         const CausalAttention& attention,
                         std::size_t index,
                         const ActivationPass& pass) {
  const at::Tensor context = contextOf(heads, attention, index, pass);
  if (pass.options.trace.has(TracePart::kValue)) {
    pass.trace.value.push_back(heads.value);
  }
  if (pass.options.trace.has(TracePart::kContext)) {
    pass.trace.context.push_back(context);
  }
  return context;
}

at::Tensor attentionOutput(const Linear& parameters,
                           const AttentionHeads& heads,
                           const CausalAttention& attention,
                           std::size_t index,
                           const ActivationPass& pass) {
  const at::Tensor context = causalContext(heads, attention, index, pass);
  const at::Tensor merged = context.transpose(1, 2).flatten(2);
  const at::Tensor merged_q = quantizeAt(ActivationPoint::kOInput, index, merged, pass);
  return project(parameters, merged_q, "o", pass);
}

void traceAttention(const at::Tensor& dense, const at::Tensor& output, const ActivationPass& pass) {
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
}

at::Tensor judgedRows(const at::Tensor& x, const TokenBatch& batch) {
  const at::Tensor rows = x.flatten(0, 1);
  if (!batch.labels.defined()) {
    return rows;
  }
  return rows.index_select(0, batch.labels.flatten().ne(kIgnoredLabel).nonzero().squeeze(1));
}

}  // namespace retort::train
