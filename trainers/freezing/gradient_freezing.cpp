#include "trainers/freezing/gradient_freezing.h"

#include "trainers/models/parameter_place.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace retort::train {
namespace {

std::string groupName(const ParameterPlace& place, const std::string& group) {
  return group == "projection" ? place.projection
                               : fmt::format("layer {}, {}", place.layer, place.projection);
}

}  // namespace

GradientFreezing::GradientFreezing(const SignalFreezeSettings& settings,
                                   const NamedTensors& trainable)
    : settings_(settings),
      trainable_(trainable) {
  for (std::size_t i = 0; i < trainable.size(); ++i) {
    const ParameterPlace place = parameterPlace(trainable[i].name);
    if (place.layer < 0 || place.is_norm) {
      continue;
    }
    Group& group = groupOf(groupName(place, settings.group));
    (place.is_bias ? group.biases : group.weights).push_back(i);
  }
}

GradientFreezing::Group& GradientFreezing::groupOf(const std::string& name) {
  const auto found = std::ranges::find(groups_, name, &Group::name);
  if (found != groups_.end()) {
    return *found;
  }
  return groups_.emplace_back(
      Group{.name = name, .weights = {}, .biases = {}, .band = {settings_.window, settings_.band}});
}

void GradientFreezing::watch(Group& group, double norm) {
  group.exceeded = group.band.isAbove(norm) ? group.exceeded + 1 : 0;
  if (group.exceeded >= settings_.patience) {
    group.is_frozen = true;
    tell(fmt::format(
        "{} is frozen: its gradient norm {:.4g} was number {} in a row above {} times the median "
        "{:.4g} of {} updates",
        group.name,
        norm,
        settings_.patience,
        settings_.band,
        group.band.median(),
        settings_.window));
  }
  group.band.add(norm);
}

void GradientFreezing::beforeUpdate(const std::vector<double>& norms) {
  for (Group& group : groups_) {
    if (!group.is_frozen && !group.weights.empty()) {
      double square = 0;
      for (const std::size_t i : group.weights) {
        square += norms.at(i) * norms.at(i);
      }
      watch(group, std::sqrt(square));
    }
    if (!group.is_frozen) {
      continue;
    }
    for (const std::vector<std::size_t>* members : {&group.weights, &group.biases}) {
      for (const std::size_t i : *members) {
        trainable_[i].tensor.mutable_grad().reset();
      }
    }
  }
}

std::vector<MetricPoint> GradientFreezing::points() const {
  std::vector<MetricPoint> points;
  double frozen = 0;
  double all = 0;
  for (const Group& group : groups_) {
    for (const std::size_t i : group.weights) {
      const ParameterPlace place = parameterPlace(trainable_[i].name);
      const auto count = static_cast<double>(trainable_[i].tensor.numel());
      all += count;
      frozen += group.is_frozen ? count : 0;
      points.push_back({.series = {.metric = "frozen_share",
                                   .layer = place.layer,
                                   .projection = place.projection},
                        .value = group.is_frozen ? 1.0 : 0.0});
    }
  }
  points.push_back({.series = {.metric = "frozen_share"}, .value = all > 0 ? frozen / all : 0});
  return points;
}

TensorMap GradientFreezing::state() const {
  TensorMap state;
  for (const Group& group : groups_) {
    const std::vector<double>& norms = group.band.values();
    at::Tensor kept = at::empty({static_cast<std::int64_t>(norms.size()) + 2}, at::kDouble);
    auto* values = kept.mutable_data_ptr<double>();
    values[0] = group.is_frozen ? 1 : 0;
    values[1] = static_cast<double>(group.exceeded);
    std::ranges::copy(norms, values + 2);
    state[group.name] = kept;
  }
  return state;
}

void GradientFreezing::setState(const TensorMap& state) {
  for (Group& group : groups_) {
    const auto found = state.find(group.name);
    if (found == state.end()) {
      continue;
    }
    const at::Tensor kept = found->second.cpu();
    const double* values = kept.const_data_ptr<double>();
    group.is_frozen = values[0] != 0;
    group.exceeded = static_cast<std::int64_t>(values[1]);
    group.band.setValues(std::vector<double>(values + 2, values + kept.numel()));
  }
}

}  // namespace retort::train
