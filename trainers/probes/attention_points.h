#pragma once

#include "trainers/probes/probe.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

/// What the probes of attention maps share. Maps are probabilities before dropout, [B, H, N, N];
/// the mask is [B, N], 1 for tokens, 0 for padding, tokens first.
namespace retort::train {

/// Throws c10::Error unless the maps are [B, H, N, N] and the mask fits them.
inline void checkAttentionMaps(const char* who, const at::Tensor& map, const at::Tensor& mask) {
  TORCH_CHECK(map.dim() == 4 && map.size(2) == map.size(3),
              who,
              ": maps must be [B, H, N, N], but are ",
              map.sizes());
  TORCH_CHECK(mask.dim() == 2 && mask.size(0) == map.size(0) && mask.size(1) == map.size(2),
              who,
              ": mask ",
              mask.sizes(),
              " does not fit maps ",
              map.sizes());
}

/// 1 where query and key are both tokens: [B, 1, N, N] float64.
inline at::Tensor realCells(const at::Tensor& mask) {
  const at::Tensor real = mask.to(at::kDouble);
  return (real.unsqueeze(2) * real.unsqueeze(1)).unsqueeze(1);
}

/// The lengths n_b, on the CPU.
inline std::vector<std::int64_t> sentenceLengths(const at::Tensor& mask) {
  const at::Tensor lengths = mask.sum(1).to(at::kLong).cpu().contiguous();
  const auto* first = lengths.const_data_ptr<std::int64_t>();
  return {first, first + lengths.numel()};
}

/// Mean over the sentences of what `measure` makes of the exact blocks [H, n_b, n_b] of both maps
/// in float64: [H].
inline at::Tensor meanOverSentences(
    const at::Tensor& student_map,
    const at::Tensor& teacher_map,
    const at::Tensor& mask,
    const std::function<at::Tensor(const at::Tensor& student, const at::Tensor& teacher)>&
        measure) {
  const at::NoGradGuard no_grad;
  const std::vector<std::int64_t> lengths = sentenceLengths(mask);
  std::vector<at::Tensor> values;
  for (std::size_t b = 0; b < lengths.size(); ++b) {
    const auto block = [&](const at::Tensor& map) {
      const at::Tensor sentence = map[static_cast<std::int64_t>(b)];
      return sentence.narrow(1, 0, lengths[b]).narrow(2, 0, lengths[b]).to(at::kDouble);
    };
    values.push_back(measure(block(student_map), block(teacher_map)));
  }
  return at::stack(values).mean(0);
}

/// Adds one point for each layer and head: `layers` holds [H] of each layer. `series` carries the
/// metric's name and what is common to all.
inline void addHeadPoints(const SeriesKey& series,
                          const std::vector<at::Tensor>& layers,
                          std::vector<MetricPoint>& points) {
  if (layers.empty()) {
    return;
  }
  const at::Tensor values = at::stack(layers).to(at::kDouble).cpu();
  const auto value = values.accessor<double, 2>();
  for (std::int64_t layer = 0; layer < values.size(0); ++layer) {
    for (std::int64_t head = 0; head < values.size(1); ++head) {
      MetricPoint point{.series = series, .value = value[layer][head]};
      point.series.layer = static_cast<int>(layer);
      point.series.head = static_cast<int>(head);
      points.push_back(std::move(point));
    }
  }
}

/// The same of a quantity of one map: for the student, and as "teacher.<metric>" for the teacher if
/// there is one.
inline void addMapPoints(const ProbeInput& input,
                         const SeriesKey& series,
                         const std::function<at::Tensor(const at::Tensor& map)>& measure,
                         std::vector<MetricPoint>& points) {
  const auto add = [&](const ModelTrace* trace, const std::string& prefix) {
    if (trace == nullptr) {
      return;
    }
    std::vector<at::Tensor> layers;
    for (const at::Tensor& map : trace->prob) {
      layers.push_back(measure(map));
    }
    SeriesKey key = series;
    key.metric = prefix + series.metric;
    addHeadPoints(key, layers, points);
  };
  add(input.student, "");
  add(input.teacher, "teacher.");
}

/// A metric of the student by layer and head, and the same of the teacher.
inline std::vector<MetricSpec> mapMetrics(const MetricSpec& metric) {
  MetricSpec teacher = metric;
  teacher.name = "teacher." + metric.name;
  teacher.documentation = "the same of the teacher: " + metric.documentation;
  return {metric, teacher};
}

}  // namespace retort::train
