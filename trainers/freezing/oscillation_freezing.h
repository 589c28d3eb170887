#pragma once

#include "trainers/freezing/signal_freezing.h"
#include "trainers/quantizers/quantizer.h"

#include <string>
#include <vector>

namespace retort::train {

/// The smallest difference between two values of q that share a grid and are not the same:
/// [grids, 1]. 0 where all are the same.
[[nodiscard]] at::Tensor levelDistance(const at::Tensor& q, const QuantizerOptions& options);

/// Iterative weight freezing (Nagel et al. 2022, arXiv 2203.11086, algorithm 1), for the linears of
/// the layers that are quantized. Of a weight's level its integer counts, level / distance of
/// levels, so that a grid that moves is no change. A weight oscillates at an update, o = 1, when
/// its integer changes in the direction opposite to its last change. With momentum m,
///   f <- m o + (1 - m) f,   mean <- m integer + (1 - m) mean  (from the first integer on)
/// and when f > threshold the weight is frozen at the integer that is nearest to the mean before
/// this update, as in the authors' code. It keeps that integer while its grid goes on learning: its
/// latent value is put to the middle of that level after each update. Deviations: the gradient of
/// the grid counts it as a weight at the middle of its level; and it is frozen once, as in the
/// paper, where the code sets it again as long as f is above the threshold.
///
/// Quantizers do not tell the distance of their levels. It is the smallest difference in use, or,
/// where that has become a multiple of what it was, as many times less; a grid may move by less
/// than a third at one update.
class OscillationFreezing : public SignalFreezing {
 public:
  OscillationFreezing(const SignalFreezeSettings& settings, const NamedTensors& trainable);

  void afterUpdate(const Model* student) override;
  [[nodiscard]] std::vector<MetricPoint> points() const override;
  [[nodiscard]] TensorMap state() const override;
  void setState(const TensorMap& state) override;

 private:
  /// One weight matrix; all but the distance with a row for each grid, and undefined before the
  /// first update.
  struct Watched {
    NamedTensor weight;
    at::Tensor distance;   ///< [grids, 1]: of neighbouring levels; 0 while unknown
    at::Tensor integer;    ///< the level after the last update / distance
    at::Tensor direction;  ///< of the integer's last change: -1, 0 (none yet) or 1
    at::Tensor frequency;
    at::Tensor mean;       ///< of integers
    at::Tensor is_frozen;  ///< bool
    at::Tensor held;       ///< where frozen: the integer
  };

  void observe(Watched& watched, const at::Tensor& level, const QuantizerOptions& options);

  /// Freezes what oscillates too much; `seen`: the integers now.
  void freeze(Watched& watched, const at::Tensor& seen);

  SignalFreezeSettings settings_;
  std::vector<Watched> watched_;
};

}  // namespace retort::train
