#pragma once

#include "trainers/models/named_tensors.h"
#include "trainers/quantizers/activation_options.h"
#include "trainers/quantizers/held_grid.h"
#include "trainers/quantizers/quantizer.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

namespace retort::train {

/// The words of quant.activation.scheme: symmetric, asymmetric, and the learned grids.
[[nodiscard]] const std::vector<std::string>& activationSchemes();

/// What is quantized at one place of a network.
struct ActivationShape {
  std::int64_t heads = 0;           ///< 0: [.., width]; else [B, heads, N, width]
  std::int64_t width = 0;           ///< of the last dimension; only shifts need it
  bool is_mostly_positive = false;  ///< ActivationGrid::kAuto is unsigned here
};

/// Quantizes activations at one place of a network. A default-constructed one is the identity. One
/// with a held grid (a learned scheme, or a range that is not dynamic) starts without numbers: it
/// gives NaN until setRange or a copy into its parameters. Copies share their tensors.
class ActivationQuantizer {
 public:
  ActivationQuantizer() = default;

  /// Parameters are made with the type and device of `tensors`. Throws TrainError (bad spec) for an
  /// unknown scheme, bits without a grid, and a held grid per token.
  ActivationQuantizer(const ActivationOptions& options,
                      const ActivationShape& shape,
                      const at::TensorOptions& tensors);

  [[nodiscard]] bool isIdentity() const { return options_.isIdentity(); }

  [[nodiscard]] const ActivationOptions& options() const { return options_; }

  /// The quantized values, same shape, with the scheme's gradients.
  [[nodiscard]] at::Tensor operator()(const at::Tensor& x) const;

  /// True where x lies beyond the grid (dynamic ranges: beyond clip). Not for the identity.
  [[nodiscard]] at::Tensor isClipped(const at::Tensor& x) const;

  /// Null for the identity and for dynamic ranges.
  [[nodiscard]] const HeldGrid* heldGrid() const { return grid_; }

  [[nodiscard]] const GridOptions& gridOptions() const { return grid_options_; }

  /// One grid for each head.
  [[nodiscard]] bool isPerHead() const { return is_per_head_; }

  /// True while the grid has no numbers.
  [[nodiscard]] bool needsRange() const;

  /// Takes the grid's first numbers. `seen` in any shape with one value for each grid.
  void setRange(const RangeStatistics& seen);

  /// All tensors that it holds; names say scheme and bits ("lsq_4.step"), so that they fit no
  /// other.
  [[nodiscard]] const NamedTensors& parameters() const { return parameters_; }

  /// True for those that are trained.
  [[nodiscard]] bool isLearned(const std::string& parameter) const;

 private:
  void makeGrid(const ActivationShape& shape, const at::TensorOptions& tensors);
  [[nodiscard]] at::Tensor shifted(const at::Tensor& x) const;

  ActivationOptions options_;
  Quantizer quantizer_;      // dynamic ranges
  bool takes_rows_ = false;  // of a tensor with heads, which the quantizer would take as matrices
  const HeldGrid* grid_ = nullptr;
  GridOptions grid_options_;
  bool is_per_head_ = false;
  std::vector<at::Tensor> grid_tensors_;
  at::Tensor shift_;
  NamedTensors parameters_;
};

}  // namespace retort::train
