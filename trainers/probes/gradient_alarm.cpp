#include "trainers/probes/gradient_alarm.h"

#include "trainers/analysis/running_band.h"
#include "trainers/probes/gradient_norm.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace retort::train {

namespace {

constexpr const char* kWord = "gradient_alarm";

struct AlarmSettings {
  std::string of = "weight";
  std::int64_t window = 20;
  double band = 4;
};

const SettingGroup<AlarmSettings>& alarmSettings() {
  static const auto kGroup =
      SettingGroup<AlarmSettings>()
          .add(
              &AlarmSettings::of,
              {.key = "probe.gradient_alarm.of",
               .documentation = "weight: each layer's projection by itself; projection: all layers "
                                "of a projection together",
               .choices = {"weight", "projection"}})
          .add(&AlarmSettings::window,
               {.key = "probe.gradient_alarm.window",
                .documentation = "measurements whose median a norm is compared with",
                .minimum = 1,
                .maximum = 100000})
          .add(&AlarmSettings::band,
               {.key = "probe.gradient_alarm.band",
                .documentation = "an alarm when a norm is this many times larger, or smaller, than "
                                 "the median",
                .minimum = 1.01});
  return kGroup;
}

/// What is kept of one series: in a tensor, the two numbers and then the norms, oldest first.
struct AlarmState {
  bool is_outside = false;
  double alarms = 0;
  std::vector<double> norms;
};

AlarmState stateFrom(const at::Tensor& kept) {
  if (!kept.defined()) {
    return {};
  }
  const double* values = kept.const_data_ptr<double>();
  return {.is_outside = values[0] != 0,
          .alarms = values[1],
          .norms = std::vector<double>(values + 2, values + kept.numel())};
}

at::Tensor tensorFrom(const AlarmState& state) {
  std::vector<double> values = {state.is_outside ? 1.0 : 0.0, state.alarms};
  values.insert(values.end(), state.norms.begin(), state.norms.end());
  at::Tensor kept = at::empty({static_cast<std::int64_t>(values.size())}, at::kDouble);
  std::copy(values.begin(), values.end(), kept.mutable_data_ptr<double>());
  return kept;
}

/// "layer 3, o"; "o"; "all gradients".
std::string placeOf(const SeriesKey& series) {
  if (series.projection.empty()) {
    return "all gradients";
  }
  return series.layer ? fmt::format("layer {}, {}", *series.layer, series.projection)
                      : series.projection;
}

/// The norms that are watched, and that of all together (which has no projection).
std::map<SeriesKey, double> watchedNorms(const ProbeInput& input, const std::string& of) {
  std::map<SeriesKey, double> squares;
  for (std::size_t i = 0; i < input.parameters->size(); ++i) {
    const double square = std::pow((*input.gradient_norms)[i], 2);
    squares[SeriesKey{}] += square;
    if (auto series = gradientNormSeries((*input.parameters)[i].name)) {
      series->metric.clear();
      if (of == "projection") {
        series->layer.reset();
      }
      squares[*series] += square;
    }
  }
  for (auto& [series, value] : squares) {
    value = std::sqrt(value);
  }
  return squares;
}

void measureOne(const ProbeInput& input,
                const AlarmSettings& settings,
                SeriesKey series,
                double norm,
                std::vector<MetricPoint>& points) {
  at::Tensor& kept = (*input.memory)[placeOf(series)];
  AlarmState state = stateFrom(kept);
  RunningBand band(settings.window, settings.band);
  band.setValues(std::move(state.norms));
  const double spike = band.ratio(norm);
  const bool was_outside = std::exchange(state.is_outside, band.isOutside(norm));
  if (state.is_outside && !was_outside) {
    ++state.alarms;
    if (input.warn) {
      input.warn(
          fmt::format("{}: alarm: the gradient norm of {} is {:.4g}, {:.3g} times the median "
                      "{:.4g} of the last "
                      "{} measurements",
                      kWord,
                      placeOf(series),
                      norm,
                      spike,
                      band.median(),
                      settings.window));
    }
  }
  band.add(norm);
  const auto add = [&](const char* metric, double value) {
    series.metric = metric;
    points.push_back({.series = series, .value = value});
  };
  add("grad_spike", spike);
  add("grad_spike_max", band.ratio(band.maximum()));
  add("grad_alarms", state.alarms);
  state.norms = band.values();
  kept = tensorFrom(state);
}

void measure(const ProbeInput& input, std::vector<MetricPoint>& points) {
  if (input.memory == nullptr) {
    return;
  }
  const AlarmSettings settings = optionsOf(alarmSettings(), input);
  for (const auto& [series, norm] : watchedNorms(input, settings.of)) {
    measureOne(input, settings, series, norm, points);
  }
}

}  // namespace

const ProbeDefinition& gradientAlarmProbe() {
  static const ProbeDefinition kDefinition = {
      .spec = {.kind = "probe",
               .name = kWord,
               .documentation =
                   "spikes of each weight's gradient norm, and a warning when it leaves "
                   "a band around its running median",
               .formula = "|G|_F / \\mathrm{median}(|G_{t-w}|_F, \\ldots, |G_{t-1}|_F)",
               .source = "after arXiv 2403.18159, whose figures compare these norms"},
      .metrics =
          {{.name = "grad_spike",
            .dimensions = {"layer", "projection"},
            .documentation = "gradient norm over the median of the measurements before; "
                             "without layer and projection of all gradients together",
            .formula = "\\lVert g_t \\rVert_2 / \\mathrm{median}_{s < t} \\lVert g_s \\rVert_2",
            .combine = Combination::kMaximum},
           {.name = "grad_spike_max",
            .dimensions = {"layer", "projection"},
            .documentation = "largest norm of the window over its median",
            .formula = "\\max_s \\lVert g_s \\rVert_2 / \\mathrm{median}_s \\lVert g_s \\rVert_2",
            .combine = Combination::kMaximum},
           {.name = "grad_alarms",
            .dimensions = {"layer", "projection"},
            .documentation = "times that the norm has left the band so far",
            .formula = "\\sum_s 1[\\lVert g_s \\rVert_2 \\notin [m_s / b,\\, b\\,m_s] "
                       "\\land \\lVert g_{s-1} \\rVert_2 \\in [m_{s-1} / b,\\, b\\,m_{s-1}]]",
            .combine = Combination::kSum}},
      .settings = alarmSettings().specs(),
      .measure = measure,
      .is_of_training = true};
  return kDefinition;
}

}  // namespace retort::train
