#pragma once

#include "trainers/analysis/running_band.h"
#include "trainers/freezing/signal_freezing.h"

#include <cstddef>
#include <string>
#include <vector>

namespace retort::train {

/// Freezes a projection (weight and bias) of a layer, or of all layers, for good when the norm of
/// its weights' gradients was above `band` times the median of the `window` updates before it in
/// `patience` updates in a row. The update at which it is frozen is not made.
class GradientFreezing : public SignalFreezing {
 public:
  GradientFreezing(const SignalFreezeSettings& settings, const NamedTensors& trainable);

  void beforeUpdate(const std::vector<double>& norms) override;
  [[nodiscard]] std::vector<MetricPoint> points() const override;
  [[nodiscard]] TensorMap state() const override;
  void setState(const TensorMap& state) override;

 private:
  /// What is frozen together; indices of the trainable parameters.
  struct Group {
    std::string name;  ///< "layer 3, o" or "o"
    std::vector<std::size_t> weights;
    std::vector<std::size_t> biases;
    RunningBand band;
    std::int64_t exceeded = 0;  ///< updates in a row
    bool is_frozen = false;
  };

  Group& groupOf(const std::string& name);
  void watch(Group& group, double norm);

  SignalFreezeSettings settings_;
  NamedTensors trainable_;
  std::vector<Group> groups_;
};

}  // namespace retort::train
