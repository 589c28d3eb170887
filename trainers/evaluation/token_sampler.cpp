#include "trainers/evaluation/token_sampler.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

namespace retort::train {

namespace {

using Texts = std::vector<std::vector<std::int32_t>>;

/// Probabilities of the tokens that can be drawn; 0 of the others.
at::Tensor truncated(const at::Tensor& p, double top_p) {
  const auto [sorted, ids] = p.sort(/*stable=*/true, /*dim=*/0, /*descending=*/true);
  // A token stays when those before it do not have the share yet.
  const at::Tensor before = sorted.cumsum(0) - sorted;
  const at::Tensor kept = at::where(before < top_p, sorted, at::zeros_like(sorted));
  return at::zeros_like(p).scatter(0, ids, kept);
}

/// Texts padded behind, and a label (of no meaning) at the last token of each: the model computes
/// logits there and nowhere else.
TokenBatch batchOf(const Texts& texts, const std::vector<std::size_t>& open) {
  std::size_t width = 0;
  for (const std::size_t text : open) {
    width = std::max(width, texts[text].size());
  }
  const auto rows = static_cast<std::int64_t>(open.size());
  const auto columns = static_cast<std::int64_t>(width);
  std::vector<std::int64_t> ids(open.size() * width, 0);
  std::vector<std::int64_t> mask(open.size() * width, 0);
  std::vector<std::int64_t> labels(open.size() * width, kIgnoredLabel);
  std::vector<std::int64_t> lengths;
  for (std::size_t row = 0; row < open.size(); ++row) {
    const std::vector<std::int32_t>& text = texts[open[row]];
    std::ranges::copy(text, ids.begin() + static_cast<std::ptrdiff_t>(row * width));
    std::fill_n(mask.begin() + static_cast<std::ptrdiff_t>(row * width), text.size(), 1);
    labels[row * width + text.size() - 1] = 0;
    lengths.push_back(static_cast<std::int64_t>(text.size()));
  }
  return {.input_ids = at::tensor(ids).reshape({rows, columns}),
          .attention_mask = at::tensor(mask).reshape({rows, columns}),
          .segment_ids = {},
          .lengths = at::tensor(lengths),
          .labels = at::tensor(labels).reshape({rows, columns})};
}

}  // namespace

std::int64_t drawToken(const at::Tensor& logits, const SamplingOptions& options, double uniform) {
  const at::Tensor values = logits.detach().to(at::kCPU, at::kDouble);
  TORCH_CHECK(values.dim() == 1 && values.numel() > 0, "logits must be [V]");
  TORCH_CHECK(at::isfinite(values.max()).item<bool>(), "the logits are not finite");
  if (options.temperature == 0) {
    return values.argmax().item<std::int64_t>();
  }
  at::Tensor p = (values / options.temperature).softmax(0);
  if (options.top_p < 1) {
    p = truncated(p, options.top_p);
  }
  const at::Tensor sums = p.cumsum(0);
  const double wanted = uniform * sums[-1].item<double>();
  const at::Tensor past = (sums > wanted).nonzero();
  // Rounding can leave the last sum at `wanted` itself: then the last token that can be drawn.
  return past.numel() > 0 ? past.min().item<std::int64_t>()
                          : (p > 0).nonzero().max().item<std::int64_t>();
}

std::optional<Texts> continueTexts(
    const std::function<at::Tensor(const TokenBatch& batch)>& forward,
    Texts prompts,
    const ContinuationLimits& limits,
    const TokenChoice& choose,
    at::Device device,
    const std::function<bool()>& pulse) {
  const at::NoGradGuard no_grad;
  Texts texts = std::move(prompts);
  std::vector<std::size_t> most;
  std::vector<std::size_t> open;
  for (std::size_t text = 0; text < texts.size(); ++text) {
    TORCH_CHECK(!texts[text].empty(), "a text needs a first token");
    const auto length = static_cast<std::int64_t>(texts[text].size());
    const std::int64_t wanted = length + limits.new_tokens;
    most.push_back(static_cast<std::size_t>(
        limits.positions > 0 ? std::min(wanted, limits.positions) : wanted));
    if (texts[text].size() < most.back()) {
      open.push_back(text);
    }
  }
  while (!open.empty()) {
    if (!pulse()) {
      return std::nullopt;
    }
    const at::Tensor logits = forward(batchOf(texts, open).to(device));
    std::vector<std::size_t> still_open;
    for (std::size_t row = 0; row < open.size(); ++row) {
      std::vector<std::int32_t>& text = texts[open[row]];
      const auto id = static_cast<std::int32_t>(choose(open[row],
                                                       static_cast<std::int64_t>(text.size()),
                                                       logits[static_cast<std::int64_t>(row)]));
      text.push_back(id);
      if (id != limits.eos && text.size() < most[open[row]]) {
        still_open.push_back(open[row]);
      }
    }
    open = std::move(still_open);
  }
  return texts;
}

}  // namespace retort::train
