#pragma once

#include "trainers/models/frozen_values.h"
#include "trainers/quantizers/quantizer.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <optional>

namespace retort::train {

/// A weight matrix or table, and the grid that it is put on in each pass, or once when nothing of
/// both is trained.
struct WeightMatrix {
  at::Tensor latent;
  Quantizer quantizer;                   ///< the identity: it stays in full precision
  at::Tensor second_moment;              ///< see Quantizer; undefined while there is none
  std::shared_ptr<FrozenValues> frozen;  ///< of a weight that is frozen; else null
  /// The type of what is computed with it, where the latent values are held in fewer bits (of 16,
  /// or as codes of 8 with a scale for each row); empty: theirs.
  std::optional<at::ScalarType> computed_in = {};

  [[nodiscard]] at::Tensor quantized() const;

  /// Latent values, or rows of them, as they are computed with.
  [[nodiscard]] at::Tensor widened(const at::Tensor& values) const;
};

/// Rows of a table, [B, N] -> [B, N, D]. Row `padding` gets no gradient. Where rows have scales of
/// their own, only those that occur are quantized.
[[nodiscard]] at::Tensor lookUp(const WeightMatrix& table,
                                const at::Tensor& ids,
                                std::int64_t padding = -1);

/// y = x W^T + b.
struct Linear {
  WeightMatrix weight;
  at::Tensor bias;  ///< undefined where the architecture has none
};

/// A norm's gain and offset.
struct NormParameters {
  at::Tensor weight;
  at::Tensor bias;  ///< undefined in an RMSNorm
};

}  // namespace retort::train
