#pragma once

#include "core/settings/catalogue.h"

#include <ATen/core/Tensor.h>

#include <string>
#include <string_view>
#include <vector>

/// Quantizers whose grid is held in tensors of the model: learned by gradient descent (LSQ, LSQ+,
/// PACT, elastic binarization), or fixed by calibration. To add one:
///  1. write quantizers/x.{h,cpp}: values, derivatives and first parameters as functions of
///  tensors,
///     with their formulas in the header, and below them a HeldGrid `xGrid()`;
///  2. add its line to the table in quantizers/held_grid.cpp; a learned one is a word of
///     quant.activation.scheme from then on, and of quant.weight.scheme with a line in the table of
///     quantizers/weight_precision.cpp;
///  3. test it in tests/trainers/quantizers/x_test.cpp: values by hand or from the authors' code,
///     derivatives by finite differences where rounding is held fixed.
/// Parameters are broadcast over x: [1] is one grid for the tensor, [H, 1, 1] one for each head of
/// [B, H, N, d], [R, 1] one for each row of a weight.
namespace retort::train {

struct GridOptions {
  int bits = 8;
  bool is_unsigned = false;  ///< see the scheme
  double clip = 2.5;         ///< fixed grids reach no further
};

/// What was seen of the values that share a grid; each in the parameters' shape.
struct RangeStatistics {
  at::Tensor low;
  at::Tensor high;
  at::Tensor mean_magnitude;  ///< mean |x|
  double share = 1;           ///< low and high are the extremes times this
};

/// Element by element, in the shape of x: d x_q / d x and d x_q / d p for each parameter, with
/// rounding taken as the identity (straight-through).
struct GridDerivatives {
  at::Tensor input;
  std::vector<at::Tensor> parameters;
};

struct HeldGrid {
  TechniqueSpec spec;
  std::vector<std::string> parameters;  ///< one or two: "step", "offset"
  bool is_learned = true;               ///< false: fixed by calibration
  int least_bits = 2;
  int most_bits = 16;

  /// The parameters to start from. `uses_range`: from low and high; else as the scheme's authors
  /// do.
  std::vector<at::Tensor> (*start)(const RangeStatistics& seen,
                                   const GridOptions& options,
                                   bool uses_range) = nullptr;

  /// x_q, without a gradient.
  at::Tensor (*quantize)(const at::Tensor& x,
                         const std::vector<at::Tensor>& parameters,
                         const GridOptions& options) = nullptr;

  GridDerivatives (*derivatives)(const at::Tensor& x,
                                 const std::vector<at::Tensor>& parameters,
                                 const GridOptions& options) = nullptr;

  /// True where x lies beyond the grid; in the shape of x.
  at::Tensor (*isClipped)(const at::Tensor& x,
                          const std::vector<at::Tensor>& parameters,
                          const GridOptions& options) = nullptr;

  /// What the parameters' gradients are multiplied by, for `count` values that share a parameter;
  /// null: 1.
  double (*gradientScale)(double count, const GridOptions& options) = nullptr;
};

/// All of them, learned and fixed. The only list.
[[nodiscard]] const std::vector<const HeldGrid*>& heldGrids();

/// Null when there is none of that name.
[[nodiscard]] const HeldGrid* findHeldGrid(std::string_view name);

/// x_q with gradients for x and for the parameters that require one:
///   dL/dx = dL/dx_q * d x_q/dx,   dL/dp = scale * sum over the values that share p of
///   dL/dx_q * d x_q/dp
[[nodiscard]] at::Tensor quantizeOnGrid(const HeldGrid& grid,
                                        const at::Tensor& x,
                                        const std::vector<at::Tensor>& parameters,
                                        const GridOptions& options);

/// The dimensions of x over which a parameter of that shape is shared.
[[nodiscard]] std::vector<std::int64_t> sharedDimensions(const at::Tensor& x,
                                                         at::IntArrayRef parameter);

}  // namespace retort::train
