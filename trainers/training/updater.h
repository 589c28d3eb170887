#pragma once

#include "core/settings/resolve.h"
#include "trainers/models/named_tensors.h"
#include "trainers/optimizers/optimizer.h"
#include "trainers/schedules/schedule.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace retort::train {

/// How the numbers that quantizers learn (steps, offsets, clips, shifts) are trained.
struct LearnedQuantizerSettings {
  double learning_rate = 1e-4;
};

/// quant.learned.*
[[nodiscard]] const SettingGroup<LearnedQuantizerSettings>& learnedQuantizerSettings();

/// From gradients to new weights: clipping, learning rate, optimizer. What quantizers learn has a
/// learning rate of its own, on the same schedule, and no weight decay.
class Updater {
 public:
  /// `trainable`: the parameters that are trained; they are shared. `total_steps` > 0.
  Updater(const SettingValues& settings, NamedTensors trainable, std::int64_t total_steps);

  [[nodiscard]] const NamedTensors& parameters() const { return trainable_; }

  /// Clips the gradients, all together first and then tensor by tensor, and returns the L2 norm of
  /// each before. Norms that are not finite mean that the update must not be made.
  [[nodiscard]] std::vector<double> clip() const;

  /// The learning rate of the weights in the update with index `step` (from 0).
  [[nodiscard]] double rate(std::int64_t step) const;

  /// The same for what quantizers learn.
  [[nodiscard]] double quantizerRate(std::int64_t step) const;

  [[nodiscard]] bool quantizersLearn() const { return quantizers_learn_; }

  /// Makes the update with index `step`.
  void update(std::int64_t step);

  /// The second moments of the weights by parameter name, shared with the optimizer; only of
  /// parameters that had a gradient.
  [[nodiscard]] NamedTensors secondMoments() const;

  [[nodiscard]] NamedTensors state() const;

  /// Throws TrainError (bad data) for a state of other parameters.
  void setState(const NamedTensors& state);

 private:
  OptimizerSettings settings_;
  ScheduleSettings schedule_;
  std::int64_t total_steps_;
  NamedTensors trainable_;
  double quantizer_learning_rate_;
  bool quantizers_learn_ = false;
  std::unique_ptr<Optimizer> weights_;
  std::unique_ptr<Optimizer> quantizers_;
};

/// The names of the gradients that are not finite, in the order in which the backward pass makes
/// them: "3 of 38 gradients are not finite, first classifier.weight"; empty when all are sound.
[[nodiscard]] std::string describeBadGradients(const NamedTensors& parameters,
                                               const std::vector<double>& norms);

}  // namespace retort::train
