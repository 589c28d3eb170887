#pragma once

#include "trainers/freezing/signal_freezing.h"
#include "trainers/quantizers/quantizer.h"

#include <string>
#include <vector>

namespace retort::train {

/// The distance between neighbouring levels of a uniform grid, from values q that are on it: the
/// smallest difference between two that share a grid, in q's shape. 0 where all are the same.
[[nodiscard]] at::Tensor levelDistance(const at::Tensor& q, const QuantizerOptions& options);

/// Iterative weight freezing (Nagel et al. 2022, arXiv 2203.11086, algorithm 1), for the linears of
/// the layers that are quantized. A weight oscillates at an update, o = 1, when its level changes
/// (by more than half the distance of levels) in the direction opposite to its last change. With
/// momentum m,
///   f <- m o + (1 - m) f,   mean <- m level + (1 - m) mean  (from the first level on)
/// and when f > threshold the weight is frozen at the level that is nearest to the mean before this
/// update, as in the authors' code. Deviation: they hold the integer; here the latent weight is
/// held at the middle of its level, so that a grid which goes on moving could carry it to another.
class OscillationFreezing : public SignalFreezing {
 public:
  OscillationFreezing(const SignalFreezeSettings& settings, const NamedTensors& trainable);

  void afterUpdate(const Model* student) override;
  [[nodiscard]] std::vector<MetricPoint> points() const override;
  [[nodiscard]] TensorMap state() const override;
  void setState(const TensorMap& state) override;

 private:
  /// One weight matrix; all tensors of its shape and undefined before the first update.
  struct Watched {
    NamedTensor weight;
    at::Tensor level;      ///< its quantized values after the last update
    at::Tensor direction;  ///< of the last change of level: -1, 0 (none yet) or 1
    at::Tensor frequency;
    at::Tensor mean;
    at::Tensor is_frozen;  ///< bool
    at::Tensor held;       ///< where frozen: the value
  };

  void observe(Watched& watched, const at::Tensor& level, const QuantizerOptions& options);

  SignalFreezeSettings settings_;
  std::vector<Watched> watched_;
};

}  // namespace retort::train
