#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace retort::train {

/// Where a forward pass may quantize activations (encoder.md 1.1), in the order of the pass. B
/// batch, N padded length, D hidden, I intermediate, H heads, d = D / H.
enum class ActivationPoint {
  kQkvInput,       ///< [B, N, D]: input of W_Q, W_K and W_V, one tensor for the three
  kQuery,          ///< [B, H, N, d]: before Q K^T
  kKey,            ///< [B, H, N, d]
  kProbabilities,  ///< [B, H, N, N]: softmax after dropout, before A V
  kValue,          ///< [B, H, N, d]
  kOInput,         ///< [B, N, D]: context with its heads merged, input of W_O
  kFfn1Input,      ///< [B, N, D]: attention output after LayerNorm
  kFfn2Input,      ///< [B, N, I]: after GELU
  kPoolerInput,    ///< [B, D]: last layer's [CLS]; the only point outside the layers
};

inline constexpr std::size_t kActivationPoints = 9;

/// What settings, tensors and metrics say of a point.
struct ActivationPointFacts {
  ActivationPoint point;
  std::string_view name;         ///< in keys: quant.activation.<name>.bits
  std::string_view description;  ///< "the input of …"
  bool has_heads = false;        ///< [B, H, …]: a head can have a scale of its own
};

/// All points, indexed by the enumeration's values.
[[nodiscard]] const std::array<ActivationPointFacts, kActivationPoints>& activationPoints();

[[nodiscard]] const ActivationPointFacts& factsOf(ActivationPoint point);

}  // namespace retort::train
