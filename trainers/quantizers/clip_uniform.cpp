#include "trainers/quantizers/clip_uniform.h"

#include <ATen/TensorOperators.h>

namespace retort::train {

at::Tensor clipUniformQuantize(const at::Tensor& x, const QuantizerOptions& options) {
  const at::Tensor clipped = x.clamp(-options.clip, options.clip);
  const at::Tensor magnitude = clipped.abs();
  const auto sum = [&options](const at::Tensor& values) {
    return statisticSum(values, options.granularity);
  };
  const std::int64_t count = statisticCount(x, options.granularity);

  const at::Tensor mean = sum(magnitude) / count;
  const at::Tensor larger = (magnitude > mean).to(x.scalar_type());
  const at::Tensor larger_count = sum(larger);
  const at::Tensor range =
      (sum(larger * magnitude) / larger_count.clamp_min(1)).where(larger_count > 0, mean);
  const at::Tensor step = range * 2 / ((1 << options.bits) - 1);
  // A zero step belongs to zeros only; dividing them by 1 instead keeps them zero.
  const at::Tensor divisor = step.masked_fill(step == 0, 1);
  return clipped.minimum(range).maximum(-range).div_(divisor).round_().mul_(step);
}

QuantizerDefinition clipUniformDefinition() {
  return {.spec = {.kind = "quantizer",
                   .name = "clip_uniform",
                   .documentation = "uniform weights, clipped to the mean of the larger magnitudes",
                   .formula = "c = \\overline{|W|}_{|W|>\\overline{|W|}},\\ s = 2c/(2^b-1),\\ "
                              "W_q = s\\,\\mathrm{round}(\\mathrm{clip}(W,-c,c)/s)",
                   .source = "code of arXiv 2211.11014, utils_quant.py (TwnQuantizer_mx)",
                   .settings = {"quant.weight.scheme",
                                "quant.weight.bits",
                                "quant.weight.granularity",
                                "quant.embedding.scheme",
                                "quant.clip"}},
          .quantize = clipUniformQuantize};
}

}  // namespace retort::train
