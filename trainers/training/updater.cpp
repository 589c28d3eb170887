#include "trainers/training/updater.h"

#include "trainers/models/parameter_place.h"
#include "trainers/optimizers/gradient_clipping.h"
#include "trainers/optimizers/registry.h"

#include <cmath>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace retort::train {

namespace {

/// Weights and what quantizers hold, of parameters or of an optimizer's state
/// ("exp_avg/<parameter>").
std::pair<NamedTensors, NamedTensors> splitQuantizers(const NamedTensors& tensors) {
  std::pair<NamedTensors, NamedTensors> parts;
  for (const NamedTensor& tensor : tensors) {
    const std::string parameter = tensor.name.substr(tensor.name.find('/') + 1);
    (isQuantizerParameter(parameter) ? parts.second : parts.first).push_back(tensor);
  }
  return parts;
}

}  // namespace

const SettingGroup<LearnedQuantizerSettings>& learnedQuantizerSettings() {
  static const auto kGroup = SettingGroup<LearnedQuantizerSettings>().add(
      &LearnedQuantizerSettings::learning_rate,
      {.key = "quant.learned.learning_rate",
       .documentation = "peak learning rate of what quantizers learn (steps, offsets, clips, "
                        "shifts); the schedule is that of the weights, without weight decay",
       .minimum = 0,
       .when = {{.key = "phase", .any_of = {"kd_qat"}}}});
  return kGroup;
}

Updater::Updater(const SettingValues& settings, NamedTensors trainable, std::int64_t total_steps)
    : settings_(optimizerSettings().read(settings)),
      schedule_(scheduleSettings().read(settings)),
      total_steps_(total_steps),
      trainable_(std::move(trainable)),
      quantizer_learning_rate_(learnedQuantizerSettings().read(settings).learning_rate) {
  const auto [weights, quantizers] = splitQuantizers(trainable_);
  quantizers_learn_ = !quantizers.empty();
  weights_ = makeOptimizer(weights, settings_);
  quantizers_ = makeOptimizer(quantizers, settings_);
}

std::vector<double> Updater::clip() const {
  if (settings_.clip_global > 0) {
    std::vector<double> norms = gradientNorms(trainable_);
    clipGlobal(trainable_, settings_.clip_global);
    clipPerTensor(trainable_, settings_.clip_tensor);
    return norms;
  }
  return clipPerTensor(trainable_, settings_.clip_tensor);
}

double Updater::rate(std::int64_t step) const {
  return learningRate(schedule_, step, total_steps_);
}

NamedTensors Updater::secondMoments() const {
  constexpr std::string_view kPrefix = "exp_avg_sq/";
  NamedTensors second_moments;
  for (const NamedTensor& entry : weights_->state()) {
    if (entry.name.starts_with(kPrefix)) {
      second_moments.push_back({entry.name.substr(kPrefix.size()), entry.tensor});
    }
  }
  return second_moments;
}

double Updater::quantizerRate(std::int64_t step) const {
  ScheduleSettings schedule = schedule_;
  schedule.learning_rate = quantizer_learning_rate_;
  return learningRate(schedule, step, total_steps_);
}

void Updater::update(std::int64_t step) {
  weights_->step(rate(step));
  quantizers_->step(quantizerRate(step));
}

NamedTensors Updater::state() const {
  NamedTensors state = weights_->state();
  const NamedTensors quantizers = quantizers_->state();
  state.insert(state.end(), quantizers.begin(), quantizers.end());
  return state;
}

void Updater::setState(const NamedTensors& state) {
  const auto [weights, quantizers] = splitQuantizers(state);
  weights_->setState(weights);
  quantizers_->setState(quantizers);
}

std::string describeBadGradients(const NamedTensors& parameters, const std::vector<double>& norms) {
  std::size_t count = 0;
  std::string first;
  for (std::size_t i = parameters.size(); i-- > 0;) {
    if (!std::isfinite(norms[i])) {
      first = first.empty() ? parameters[i].name : first;
      ++count;
    }
  }
  return count == 0
             ? ""
             : fmt::format(
                   "{} of {} gradients are not finite, first {}", count, parameters.size(), first);
}

}  // namespace retort::train
