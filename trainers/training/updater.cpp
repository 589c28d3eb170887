#include "trainers/training/updater.h"

#include "trainers/optimizers/gradient_clipping.h"
#include "trainers/optimizers/registry.h"

#include <cmath>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace retort::train {

Updater::Updater(const SettingValues& settings, NamedTensors trainable, std::int64_t total_steps)
    : settings_(optimizerSettings().read(settings)),
      schedule_(scheduleSettings().read(settings)),
      total_steps_(total_steps),
      trainable_(std::move(trainable)),
      optimizer_(makeOptimizer(trainable_, settings_)) {}

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
  for (const NamedTensor& entry : optimizer_->state()) {
    if (entry.name.starts_with(kPrefix)) {
      second_moments.push_back({entry.name.substr(kPrefix.size()), entry.tensor});
    }
  }
  return second_moments;
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
