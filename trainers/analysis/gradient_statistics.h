#pragma once

#include "trainers/analysis/tensor_list.h"

#include <optional>

namespace retort::train {

/// What two batch sizes tell about the noise of gradients.
struct GradientNoise {
  double squared_norm = 0;  ///< |G|^2, of the gradient of the true loss; may come out negative
  double trace = 0;         ///< S = tr(Sigma), the variance of the gradient of one row
  double scale = 0;  ///< B_simple = S / |G|^2; infinite or negative when |G|^2 is lost in noise

  bool operator==(const GradientNoise&) const = default;
};

/// Unbiased estimates of |G|^2 and S from the squared norms of gradients of two batch sizes,
/// because E|G_B|^2 = |G|^2 + S / B:
///   |G|^2 = (B_big |G_big|^2 - B_small |G_small|^2) / (B_big - B_small)
///   S     = (|G_small|^2 - |G_big|^2) / (1 / B_small - 1 / B_big)
/// Their quotient is biased: average both over many batches first. |G_small|^2 may itself be a mean
/// over several small batches. Throws c10::Error unless 0 < small_rows < big_rows. Source:
/// McCandlish et al. 2018 (arXiv 1812.06162), appendix A.1.
[[nodiscard]] GradientNoise gradientNoise(double small_squared_norm,
                                          double small_rows,
                                          double big_squared_norm,
                                          double big_rows);

/// S / |G|^2.
[[nodiscard]] double noiseScale(double trace, double squared_norm);

/// cos(a, b) = a . b / (|a| |b|); empty when one of them is zero.
[[nodiscard]] std::optional<double> cosine(const TensorList& a, const TensorList& b);

}  // namespace retort::train
