#include "trainers/freezing/oscillation_freezing.h"

#include "trainers/models/parameter_place.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/diff.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>
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

/// Tensors of `rows`' shape that count nothing yet.
template <class Watched>
void begin(Watched& watched, const at::Tensor& rows) {
  watched.distance = at::zeros({rows.size(0), 1}, rows.options());
  for (at::Tensor* tensor :
       {&watched.integer, &watched.direction, &watched.frequency, &watched.mean, &watched.held}) {
    *tensor = at::zeros_like(rows);
  }
  watched.is_frozen = at::zeros_like(rows).to(at::kBool);
}

/// Takes over the distance of levels now, from the smallest one in use. Where levels turn out to be
/// nearer to each other than was thought, integers are counted anew.
template <class Watched>
void follow(Watched& watched, const at::Tensor& gap) {
  const at::Tensor before = watched.distance;
  const at::Tensor is_known = before.gt(0).logical_and(gap.gt(0));
  const at::Tensor one = at::ones_like(gap);
  const at::Tensor multiple = at::where(is_known, (gap / before).round().clamp_min(1), one);
  const at::Tensor finer = at::where(is_known, (before / gap).round().clamp_min(1), one);
  watched.distance = at::where(gap > 0, gap / multiple, before);
  for (at::Tensor* counted : {&watched.integer, &watched.mean, &watched.held}) {
    counted->mul_(finer);
  }
}

/// A weight that is put where its grid's integers say, from the levels that it has now.
at::Tensor atIntegers(const at::Tensor& levels,
                      const at::Tensor& seen,
                      const at::Tensor& integers,
                      const at::Tensor& distance) {
  return levels + (integers - seen).round() * distance;
}

}  // namespace

at::Tensor levelDistance(const at::Tensor& q, const QuantizerOptions& options) {
  const at::Tensor rows = gridRows(q, options);
  const at::Tensor gaps = at::diff(std::get<0>(rows.sort(-1)));
  if (gaps.size(-1) == 0) {
    return at::zeros({rows.size(0), 1}, q.options());
  }
  // Equal levels are the same number to the last bit.
  const double none = std::numeric_limits<double>::infinity();
  const at::Tensor least = gaps.masked_fill(gaps.le(0), none).amin(-1, /*keepdim=*/true);
  return least.masked_fill(least.isinf(), 0);
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
    if (watched.distance.defined()) {
      at::Tensor weight = watched.weight.tensor;
      const at::Tensor held = (watched.held * watched.distance).view_as(weight);
      weight.copy_(at::where(watched.is_frozen.view_as(weight), held, weight));
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
  const at::Tensor levels = gridRows(level, options);
  if (!watched.distance.defined()) {
    begin(watched, levels);
  }
  const at::Tensor was_known = watched.distance > 0;
  follow(watched, levelDistance(level, options));
  const at::Tensor seen = (levels / watched.distance).nan_to_num(0, 0, 0);
  const at::Tensor integer = at::where(watched.is_frozen, watched.held, seen);

  const double momentum = settings_.momentum;
  const at::Tensor change = (integer - watched.integer) * was_known;
  const at::Tensor direction = change.sign().mul_(change.abs() > 0.5);
  const at::Tensor oscillates = direction * watched.direction == -1;
  watched.frequency.mul_(1 - momentum).add_(oscillates, momentum);
  freeze(watched, seen);
  watched.direction = at::where(direction != 0, direction, watched.direction);
  watched.mean = at::where(was_known, watched.mean * (1 - momentum) + integer * momentum, integer);
  watched.integer = at::where(watched.is_frozen, watched.held, integer);

  at::Tensor weight = watched.weight.tensor;
  const at::Tensor held = atIntegers(levels, seen, watched.held, watched.distance);
  weight.copy_(at::where(watched.is_frozen.view_as(weight), held.view_as(weight), weight));
}

void OscillationFreezing::freeze(Watched& watched, const at::Tensor& seen) {
  const at::Tensor is_new =
      watched.frequency.gt(settings_.threshold).logical_and(watched.is_frozen.logical_not());
  if (!is_new.any().item<bool>()) {
    return;
  }
  if (!watched.is_frozen.any().item<bool>()) {
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
  const at::Tensor nearest = seen + (watched.mean - seen).round();
  watched.held = at::where(is_new, nearest, watched.held);
  watched.is_frozen.logical_or_(is_new);
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
    if (!watched.distance.defined()) {
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
  return std::array{std::pair{"distance", &watched.distance},
                    std::pair{"integer", &watched.integer},
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
