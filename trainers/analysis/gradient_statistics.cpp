#include "trainers/analysis/gradient_statistics.h"

#include <c10/util/Exception.h>

#include <algorithm>

namespace retort::train {

GradientNoise gradientNoise(double small_squared_norm,
                            double small_rows,
                            double big_squared_norm,
                            double big_rows) {
  TORCH_CHECK(small_rows > 0 && small_rows < big_rows,
              "the noise scale needs two batch sizes, the smaller first, but got ",
              small_rows,
              " and ",
              big_rows);
  GradientNoise noise;
  noise.squared_norm =
      (big_rows * big_squared_norm - small_rows * small_squared_norm) / (big_rows - small_rows);
  noise.trace = (small_squared_norm - big_squared_norm) / (1 / small_rows - 1 / big_rows);
  noise.scale = noiseScale(noise.trace, noise.squared_norm);
  return noise;
}

double noiseScale(double trace, double squared_norm) {
  return trace / squared_norm;
}

std::optional<double> cosine(const TensorList& a, const TensorList& b) {
  const double lengths = norm(a) * norm(b);
  if (lengths == 0) {
    return std::nullopt;
  }
  // Rounding must not make it larger than it can be; NaN stays NaN.
  return std::clamp(dot(a, b) / lengths, -1.0, 1.0);
}

}  // namespace retort::train
