#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>

/// Rotary position embedding (RoPE, arXiv 2104.09864) with the ways in which it is stretched over
/// longer texts, as Hugging Face computes them (modeling_rope_utils.py). B batch, H heads, N
/// tokens, d width of a head.
namespace retort::train {

enum class RopeType {
  kDefault,
  kLinear,   ///< frequencies / factor
  kDynamic,  ///< the base grows with the row's length, once it is past max_position_embeddings
  kLlama3,   ///< low frequencies / factor, high ones as they are, smooth between (LLaMA 3.1)
  kYarn,     ///< the same by numbers of turns, and scores scaled (arXiv 2309.00071)
};

struct RopeSettings {
  RopeType type = RopeType::kDefault;
  double theta = 10000;                                          ///< the base
  double factor = 1;                                             ///< how much longer texts become
  std::optional<std::int64_t> original_max_position_embeddings;  ///< llama3, yarn
  double low_freq_factor = 1;                                    ///< llama3
  double high_freq_factor = 4;                                   ///< llama3
  double beta_fast = 32;                                         ///< yarn
  double beta_slow = 1;                                          ///< yarn
  std::optional<double> attention_factor;                        ///< yarn; empty: from the factor
  std::optional<double> mscale;                                  ///< yarn
  std::optional<double> mscale_all_dim;                          ///< yarn
  bool truncate = true;  ///< yarn: bounds of the ramp are whole numbers

  bool operator==(const RopeSettings&) const = default;
};

/// What the frequencies of one model follow from.
struct RopeShape {
  std::int64_t head_dim = 0;                 ///< even
  std::int64_t max_position_embeddings = 0;  ///< the length the model was trained for
};

/// Angles per position, [d / 2], and what cosines and sines are multiplied by.
struct RotaryFrequencies {
  at::Tensor inverse;
  double attention_factor = 1;
};

/// `length`: the longest row, which kDynamic looks at. The type of `options` is float or double.
[[nodiscard]] RotaryFrequencies rotaryFrequencies(const RopeSettings& settings,
                                                  const RopeShape& shape,
                                                  std::int64_t length,
                                                  const at::TensorOptions& options);

/// Cosines and sines, [B, 1, N, d], or [1, 1, N, d] where all rows count alike.
struct RotaryTable {
  at::Tensor cosine;
  at::Tensor sine;
};

/// positions: [B, N] or [1, N] int64. Computed in double for a double `dtype` and in float for all
/// others, as the models were trained; then given in `dtype`.
[[nodiscard]] RotaryTable rotaryTable(const RopeSettings& settings,
                                      const RopeShape& shape,
                                      const at::Tensor& positions,
                                      at::ScalarType dtype);

/// x cos + rotate_half(x) sin, where rotate_half(x) = (-x2, x1) for the halves x1, x2 of the last
/// dimension. x: [B, H, N, d].
[[nodiscard]] at::Tensor rotate(const at::Tensor& x, const RotaryTable& table);

}  // namespace retort::train
