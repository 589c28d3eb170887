#pragma once

#include "trainers/quantizers/quantizer.h"

namespace retort::train {

/// Uniform weights with a range from the larger half of the weights.
///   w^c = clip(w, -clip, clip);  c = mean of |w^c| over {|w^c| > mean|w^c|};  step = 2 c / (2^bits
///   - 1) w_q = round(clip(w^c, -c, c) / step) * step        (half to even)
/// c / step is 2^(bits-1) - 1/2, which rounds to the even 2^(bits-1): the grid has 2^bits + 1
/// levels and reaches a little beyond c, as in the authors' code. When no magnitude exceeds the
/// mean (all are equal) c is the mean; zeros give zeros (the authors' code gives NaN in both
/// cases). Source: K utils_quant.py:169-225 (TwnQuantizer_mx).
[[nodiscard]] at::Tensor clipUniformQuantize(const at::Tensor& x, const QuantizerOptions& options);

[[nodiscard]] QuantizerDefinition clipUniformDefinition();

}  // namespace retort::train
