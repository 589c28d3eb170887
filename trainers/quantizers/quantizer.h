#pragma once

#include "core/settings/catalogue.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

/// Quantizers map a tensor to the grid that integer hardware would hold ("fake quantization": the
/// values stay floating point). To add one:
///  1. write quantizers/x.{h,cpp}: first the pure function `xQuantize(x, options)`, with its
///  formula in the header;
///  2. below it a QuantizerDefinition `xDefinition()`: documentation, formula, source and the
///  function;
///  3. add its line to the table in quantizers/registry.cpp and, when weights may have it, to the
///     table of schemes in quantizers/weight_precision.cpp: a word of quant.weight.scheme;
///  4. test it in tests/trainers/quantizers/x_test.cpp against values it did not compute itself.
/// Gradients are hardly a quantizer's affair: straight_through.h gives all of them the same one,
/// with a mask of their own, the clip's, or none.
namespace retort::train {

/// What shares one scale.
enum class Granularity {
  kTensor,  ///< the whole tensor
  kRow,     ///< each slice along the last dimension; in a 4-D tensor each matrix [b, h, :, :]
  kGroup,   ///< `group_size` neighbours in each slice along the last dimension
};

struct QuantizerOptions {
  int bits = 8;  ///< within the definition's range; ternary and binary grids ignore it
  Granularity granularity = Granularity::kTensor;  ///< what shares one scale
  std::int64_t group_size = 64;                    ///< kGroup only
  double clip = 2.5;  ///< values are clipped to [-clip, clip] first, where the quantizer says so
  double threshold_factor = 0.7;  ///< ternary only: the threshold is this times the mean magnitude
  bool uses_curvature = false;    ///< laq only: errors count by the optimizer's second moment
  bool minimises_error = false;   ///< laq only: see laq.h

  bool operator==(const QuantizerOptions&) const = default;
};

/// x: floating point, any shape. Returns the quantized values, same shape and type; no gradient is
/// recorded. An all-zero x (or row) gives zeros, never NaN. Deterministic.
using QuantizeFunction = at::Tensor (*)(const at::Tensor& x, const QuantizerOptions& options);

/// The same with a weight > 0 for the error of each element.
using CurvedQuantizeFunction = at::Tensor (*)(const at::Tensor& x,
                                              const at::Tensor& curvature,
                                              const QuantizerOptions& options);

/// Where the gradient passes: bool, of x's shape.
using GradientMask = at::Tensor (*)(const at::Tensor& x, const QuantizerOptions& options);

/// A quantizer as the registry lists it. Its functions see kTensor and kRow only.
struct QuantizerDefinition {
  TechniqueSpec spec;
  QuantizeFunction quantize = nullptr;
  CurvedQuantizeFunction quantize_by_curvature = nullptr;  ///< those that can use a curvature
  int least_bits = 2;
  int most_bits = 8;
  bool has_plain_gradient = false;  ///< nothing is clipped, and the gradient passes everywhere
  bool sees_whole_tensor = false;   ///< statistics of the whole tensor at any granularity
  GradientMask passes_gradient = nullptr;  ///< instead of the clip's mask
};

struct HeldGrid;

/// How a learned grid starts.
enum class GridStart {
  kScheme,           ///< as its authors do; LSQ: 2 mean|x| / sqrt(2^(bits-1) - 1)
  kThreeDeviations,  ///< LSQ+: max(|m - 3 s|, |m + 3 s|) / 2^(bits-1), m mean, s standard deviation
  kExtremes,         ///< it reaches from the smallest value to the largest
  kLeastError,  ///< the same, shrunk by the factor from 1, 0.99, … 0.21 that has the least mean
                ///< squared error
};

/// A quantizer with its options, ready to be applied. A default-constructed one is the identity.
class Quantizer {
 public:
  Quantizer() = default;

  /// Whether the options are sound is not checked here.
  Quantizer(const QuantizerDefinition& definition, const QuantizerOptions& options);

  /// A function by itself, with the clipped gradient.
  Quantizer(QuantizeFunction quantize, const QuantizerOptions& options);

  /// A learned grid per tensor, row or group, which the model holds (held_grid.h). It can be
  /// applied once it is `bound` to its parameters.
  Quantizer(const HeldGrid& grid, GridStart start, const QuantizerOptions& options);

  [[nodiscard]] bool isIdentity() const { return quantize_ == nullptr && grid_ == nullptr; }

  /// Null unless the grid is learned.
  [[nodiscard]] const HeldGrid* heldGrid() const { return grid_; }

  /// Parameters of a learned grid to start from for x: [1], or [R, 1] for R rows or groups.
  [[nodiscard]] std::vector<at::Tensor> startParameters(const at::Tensor& x) const;

  /// This quantizer with those parameters, shared.
  [[nodiscard]] Quantizer bound(std::vector<at::Tensor> parameters) const;

  [[nodiscard]] const QuantizerOptions& options() const { return options_; }

  /// True when each row can be quantized without the others.
  [[nodiscard]] bool isRowLocal() const { return is_row_local_; }

  /// The quantized values; the gradient passes straight through where -clip < x < clip and is zero
  /// elsewhere (everywhere or by another mask, when the definition says so; a learned grid has its
  /// own gradients).
  /// second_moment: the optimizer's running mean of x's squared gradients, of x's shape; undefined
  /// where there is none yet. With `uses_curvature` errors count by sqrt(second_moment) + 1e-8, and
  /// all the same while it is undefined. Throws c10::Error when groups do not fit the rows.
  [[nodiscard]] at::Tensor operator()(const at::Tensor& x,
                                      const at::Tensor& second_moment = {}) const;

  /// The quantized values without any gradient.
  [[nodiscard]] at::Tensor quantized(const at::Tensor& x,
                                     const at::Tensor& second_moment = {}) const;

 private:
  [[nodiscard]] at::Tensor onGrid(const at::Tensor& x) const;
  [[nodiscard]] at::Tensor gradientMask(const at::Tensor& x) const;

  QuantizeFunction quantize_ = nullptr;
  CurvedQuantizeFunction quantize_by_curvature_ = nullptr;
  QuantizerOptions options_;
  bool has_plain_gradient_ = false;
  bool is_row_local_ = true;
  GradientMask passes_gradient_ = nullptr;
  const HeldGrid* grid_ = nullptr;
  GridStart start_ = GridStart::kScheme;
  std::vector<at::Tensor> parameters_;
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
