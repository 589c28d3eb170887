#include "trainers/freezing/oscillation_freezing.h"

#include "trainers/models/parameter_place.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/diff.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros_like.h>

#include <array>
#include <limits>
#include <utility>

#include <fmt/format.h>

namespace retort::train {
namespace {

// From where on the paper counts a weight as oscillating.
constexpr double kOscillates = 0.005;

/// One row for each grid.
at::Tensor gridRows(const at::Tensor& q, const QuantizerOptions& options) {
  switch (options.granularity) {
    case Granularity::kGroup:
      return q.reshape({-1, options.group_size});
    case Granularity::kRow:
      return q.flatten(0, -2);
    case Granularity::kTensor:
      break;
  }
  return q.reshape({1, -1});
}

}  // namespace

at::Tensor levelDistance(const at::Tensor& q, const QuantizerOptions& options) {
  const at::Tensor rows = gridRows(q, options);
  const at::Tensor gaps = at::diff(std::get<0>(rows.sort(-1)));
  if (gaps.size(-1) == 0) {
    return at::zeros_like(q);
  }
  // Equal levels are the same number to the last bit.
  const double none = std::numeric_limits<double>::infinity();
  const at::Tensor least = gaps.masked_fill(gaps.le(0), none).amin(-1, /*keepdim=*/true);
  return least.masked_fill(least.isinf(), 0).expand_as(rows).reshape_as(q);
}

OscillationFreezing::OscillationFreezing(const SignalFreezeSettings& settings,
                                         const NamedTensors& trainable)
    : settings_(settings) {
  for (const NamedTensor& parameter : trainable) {
    if (isQuantizedWeight(parameter.name) && parameterPlace(parameter.name).layer >= 0) {
      watched_.push_back({.weight = parameter});
    }
  }
}

void OscillationFreezing::afterUpdate(const Model* student) {
  if (student == nullptr) {
    return;
  }
  const at::NoGradGuard no_grad;
  for (const Watched& watched : watched_) {
    if (watched.is_frozen.defined()) {
      at::Tensor weight = watched.weight.tensor;
      weight.copy_(at::where(watched.is_frozen, watched.held, weight));
    }
  }
  const NamedTensors levels = student->quantizedWeights();
  for (Watched& watched : watched_) {
    if (const at::Tensor* level = findTensor(levels, watched.weight.name)) {
      observe(watched, *level, student->quantization().forParameter(watched.weight.name).options());
    }
  }
}

void OscillationFreezing::observe(Watched& watched,
                                  const at::Tensor& level,
                                  const QuantizerOptions& options) {
  if (!watched.level.defined()) {
    watched.level = level.clone();
    watched.direction = at::zeros_like(level);
    watched.frequency = at::zeros_like(level);
    watched.mean = level.clone();
    watched.is_frozen = at::zeros_like(level).to(at::kBool);
    watched.held = at::zeros_like(level);
    return;
  }
  const double momentum = settings_.momentum;
  const at::Tensor distance = levelDistance(level, options);
  const at::Tensor change = level - watched.level;
  const at::Tensor direction = change.sign().mul_(change.abs() > distance * 0.5);
  const at::Tensor oscillates = direction * watched.direction == -1;
  watched.frequency.mul_(1 - momentum).add_(oscillates, momentum);
  const at::Tensor is_new =
      watched.frequency.gt(settings_.threshold).logical_and(watched.is_frozen.logical_not());
  const bool had_none = !watched.is_frozen.any().item<bool>();
  if (is_new.any().item<bool>()) {
    const at::Tensor steps = ((watched.mean - level) / distance).nan_to_num(0, 0, 0).round();
    watched.held = at::where(is_new, level + steps * distance, watched.held);
    watched.is_frozen.logical_or_(is_new);
    watched.weight.tensor.copy_(at::where(is_new, watched.held, watched.weight.tensor));
    if (had_none) {
      const ParameterPlace place = parameterPlace(watched.weight.name);
      tell(
          fmt::format("layer {}, {}: the first {} of {} weights are frozen: their oscillation "
                      "frequency is above {}",
                      place.layer,
                      place.projection,
                      is_new.sum().item<std::int64_t>(),
                      is_new.numel(),
                      settings_.threshold));
    }
  }
  watched.direction = at::where(direction != 0, direction, watched.direction);
  watched.mean.mul_(1 - momentum).add_(level, momentum);
  watched.level = at::where(is_new, watched.held, level);
}

std::vector<MetricPoint> OscillationFreezing::points() const {
  std::vector<MetricPoint> points;
  double frozen = 0;
  double oscillating = 0;
  double all = 0;
  const auto add = [&](SeriesKey series, const char* metric, double value) {
    series.metric = metric;
    points.push_back({.series = std::move(series), .value = value});
  };
  for (const Watched& watched : watched_) {
    const auto count = static_cast<double>(watched.weight.tensor.numel());
    all += count;
    if (!watched.level.defined()) {
      continue;
    }
    const ParameterPlace place = parameterPlace(watched.weight.name);
    const SeriesKey series = {.layer = place.layer, .projection = place.projection};
    const double own_frozen = watched.is_frozen.sum().item<double>();
    const double own_oscillating = watched.frequency.gt(kOscillates).sum().item<double>();
    add(series, "frozen_share", own_frozen / count);
    add(series, "oscillating_share", own_oscillating / count);
    frozen += own_frozen;
    oscillating += own_oscillating;
  }
  add({}, "frozen_share", all > 0 ? frozen / all : 0);
  add({}, "oscillating_share", all > 0 ? oscillating / all : 0);
  return points;
}

namespace {

/// The tensors of a watched weight by name, in a fixed order.
template <class Watched>
auto namedParts(Watched& watched) {
  return std::array{std::pair{"level", &watched.level},
                    std::pair{"direction", &watched.direction},
                    std::pair{"frequency", &watched.frequency},
                    std::pair{"mean", &watched.mean},
                    std::pair{"is_frozen", &watched.is_frozen},
                    std::pair{"held", &watched.held}};
}

}  // namespace

TensorMap OscillationFreezing::state() const {
  TensorMap state;
  for (const Watched& watched : watched_) {
    for (const auto& [name, tensor] : namedParts(watched)) {
      if (tensor->defined()) {
        state[fmt::format("{}/{}", name, watched.weight.name)] = *tensor;
      }
    }
  }
  return state;
}

void OscillationFreezing::setState(const TensorMap& state) {
  for (Watched& watched : watched_) {
    for (const auto& [name, tensor] : namedParts(watched)) {
      const auto found = state.find(fmt::format("{}/{}", name, watched.weight.name));
      if (found != state.end()) {
        *tensor = found->second.to(watched.weight.tensor.device(),
                                   found->second.scalar_type(),
                                   /*non_blocking=*/false,
                                   /*copy=*/true);
      }
    }
  }
}

}  // namespace retort::train
