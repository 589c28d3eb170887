#pragma once

#include "core/settings/catalogue.h"

#include <ATen/core/Tensor.h>

#include <memory>
#include <string>

/// Quantizers map a tensor to the grid that integer hardware would hold ("fake quantization": the
/// values stay floating point). To add one:
///  1. write quantizers/x.{h,cpp}: first the pure function `xQuantize(x, options)`, with its
///  formula in the header;
///  2. below it a QuantizerDefinition `xDefinition()`: documentation, formula, source and the
///  function;
///  3. add its line to the table in quantizers/registry.cpp (and, for a new word of
///  quant.weight.scheme, to the
///     table of schemes below it);
///  4. test it in tests/trainers/quantizers/x_test.cpp against values it did not compute itself.
/// Gradients are not a quantizer's affair: straight_through.h gives all of them the same one.
namespace retort::train {

/// What shares one scale.
enum class Granularity {
  kTensor,  ///< the whole tensor
  kRow,     ///< each slice along the last dimension; in a 4-D tensor each matrix [b, h, :, :]
};

struct QuantizerOptions {
  int bits = 8;                                    ///< 2..8; ternary ignores it
  Granularity granularity = Granularity::kTensor;  ///< what shares one scale
  double clip = 2.5;  ///< values are clipped to [-clip, clip] first, where the quantizer says so
  double threshold_factor = 0.7;  ///< ternary only: the threshold is this times the mean magnitude

  bool operator==(const QuantizerOptions&) const = default;
};

/// x: floating point, any shape. Returns the quantized values, same shape and type; no gradient is
/// recorded. An all-zero x (or row) gives zeros, never NaN. Deterministic.
using QuantizeFunction = at::Tensor (*)(const at::Tensor& x, const QuantizerOptions& options);

/// A quantizer as the registry lists it.
struct QuantizerDefinition {
  TechniqueSpec spec;
  QuantizeFunction quantize = nullptr;
};

/// A quantizer with its options, ready to be applied. A default-constructed one is the identity.
class Quantizer {
 public:
  Quantizer() = default;
  Quantizer(QuantizeFunction quantize, const QuantizerOptions& options);

  [[nodiscard]] bool isIdentity() const { return quantize_ == nullptr; }

  [[nodiscard]] const QuantizerOptions& options() const { return options_; }

  /// The quantized values; the gradient passes straight through where -clip < x < clip and is zero
  /// elsewhere.
  [[nodiscard]] at::Tensor operator()(const at::Tensor& x) const;

  /// The quantized values without any gradient.
  [[nodiscard]] at::Tensor quantized(const at::Tensor& x) const;

 private:
  QuantizeFunction quantize_ = nullptr;
  QuantizerOptions options_;
};

/// The dimensions over which statistics are taken: all for kTensor, the last (4-D: the last two)
/// for kRow.
[[nodiscard]] std::vector<std::int64_t> statisticDimensions(const at::Tensor& x,
                                                            Granularity granularity);

/// Sum over these dimensions: a scalar for kTensor, else with the dimensions kept as 1.
[[nodiscard]] at::Tensor statisticSum(const at::Tensor& x, Granularity granularity);

/// Number of elements that share one statistic.
[[nodiscard]] std::int64_t statisticCount(const at::Tensor& x, Granularity granularity);

}  // namespace retort::train
