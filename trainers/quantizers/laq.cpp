#include "trainers/quantizers/laq.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/ones_like.h>

namespace retort::train {
namespace {

// As often as in the authors' code: levels hardly change after a few rounds.
constexpr int kRounds = 11;

/// 1 in place of 0: what it divides is 0, too.
at::Tensor asDivisor(const at::Tensor& x) {
  return x.masked_fill(x == 0, 1);
}

/// The scale for given levels.
at::Tensor scaleFor(const at::Tensor& weighted,  // d w
                    const at::Tensor& curvature,
                    const at::Tensor& levels,
                    const QuantizerOptions& options) {
  const at::Tensor share = curvature * (options.minimises_error ? levels.square() : levels.abs());
  return statisticSum((weighted * levels).abs_(), options.granularity) /
         asDivisor(statisticSum(share, options.granularity));
}

}  // namespace

at::Tensor laqQuantizeByCurvature(const at::Tensor& x,
                                  const at::Tensor& curvature,
                                  const QuantizerOptions& options) {
  TORCH_CHECK(x.sizes() == curvature.sizes(),
              "laq: the weights have shape ",
              x.sizes(),
              ", their curvature ",
              curvature.sizes());
  const at::Tensor weighted = curvature * x;
  at::Tensor levels = x.sign();
  at::Tensor alpha = scaleFor(weighted, curvature, levels, options);
  if (options.bits == 1) {
    return levels.mul_(alpha);
  }
  const int largest = (1 << (options.bits - 1)) - 1;
  for (int round = 0; round < kRounds; ++round) {
    if (round > 0) {
      alpha = scaleFor(weighted, curvature, levels, options);
    }
    levels = x.div(asDivisor(alpha)).clamp_(-1, 1).mul_(largest).round_().div_(largest);
  }
  if (options.minimises_error) {
    alpha = scaleFor(weighted, curvature, levels, options);
  }
  return levels.mul_(alpha);
}

at::Tensor laqQuantize(const at::Tensor& x, const QuantizerOptions& options) {
  return laqQuantizeByCurvature(x, at::ones_like(x), options);
}

QuantizerDefinition laqDefinition() {
  return {.spec = {.kind = "quantizer",
                   .name = "laq",
                   .documentation = "loss-aware weights: the scale minimises the error, weighted "
                                    "by the curvature of the loss (1, or Adam's second moment)",
                   .formula = "\\min_{\\alpha, b} \\sum_i d_i (w_i - \\alpha b_i)^2,\\ "
                              "b_i \\in \\{-n, \\dots, n\\}/n,\\ n = 2^{b-1} - 1,\\ "
                              "d = 1\\ \\text{or}\\ \\sqrt{v}",
                   .source = "arXiv 1611.01600 (LAB), 1802.08635 (LAQ); code of BinaryBERT, arXiv "
                             "2012.15701, utils_quant.py (LaqQuantizer)",
                   .settings = {"quant.weight.scheme",
                                "quant.weight.bits",
                                "quant.weight.granularity",
                                "quant.weight.curvature",
                                "quant.weight.scale",
                                "quant.embedding.scheme",
                                "quant.embedding.bits"}},
          .quantize = laqQuantize,
          .quantize_by_curvature = laqQuantizeByCurvature,
          .least_bits = 1,
          .has_plain_gradient = true};
}

}  // namespace retort::train
