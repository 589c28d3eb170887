#include "trainers/models/layer_map.h"

#include "core/base/text.h"
#include "trainers/models/trace_layers.h"
#include "trainers/train_error.h"

#include <fmt/format.h>

namespace retort::train {
namespace {

LayerMap numberedLayers(const std::vector<std::string>& items,
                        std::size_t student,
                        std::size_t teacher,
                        const std::string& key) {
  if (items.size() != student) {
    throw TrainError(
        ExitCode::kBadSpec,
        fmt::format(
            "{}: {} layers are given for a student of {}; give uniform, first, last, or one "
            "layer of the teacher for each of the student's",
            key,
            items.size(),
            student));
  }
  LayerMap map;
  for (const std::string& item : items) {
    const auto layer = parseInteger(item);
    if (!layer || *layer < 0 || *layer >= static_cast<std::int64_t>(teacher)) {
      throw TrainError(ExitCode::kBadSpec,
                       fmt::format("{}: '{}' is not a layer of the teacher; give uniform, first, "
                                   "last, or numbers of 0 to {}",
                                   key,
                                   item,
                                   teacher - 1));
    }
    map.push_back(static_cast<std::size_t>(*layer));
  }
  return map;
}

std::vector<at::Tensor> aligned(const std::vector<at::Tensor>& layers, const LayerMap& map) {
  std::vector<at::Tensor> result;
  for (std::size_t layer = 0; layer < map.size() && !layers.empty(); ++layer) {
    result.push_back(layers.at(map[layer]));
  }
  return result;
}

}  // namespace

LayerMap layerMap(const std::vector<std::string>& items,
                  std::size_t student,
                  std::size_t teacher,
                  const std::string& key) {
  if (student > teacher) {
    throw TrainError(ExitCode::kBadData,
                     fmt::format("the student (model.student) has {} layers and the teacher "
                                 "(model.teacher) {}: it must not have more",
                                 student,
                                 teacher));
  }
  const std::string name = items.size() == 1 ? items.front() : "";
  const bool is_uniform = name == "uniform";
  if (!is_uniform && name != "first" && name != "last") {
    return numberedLayers(items, student, teacher, key);
  }
  LayerMap map;
  for (std::size_t layer = 0; layer < student; ++layer) {
    const std::size_t shift = name == "last" ? teacher - student : 0;
    map.push_back(is_uniform ? (layer + 1) * teacher / student - 1 : layer + shift);
  }
  return map;
}

ModelTrace alignTrace(const ModelTrace& teacher, const LayerMap& map) {
  ModelTrace trace;
  for (const auto part : kTraceLayers) {
    trace.*part = aligned(teacher.*part, map);
  }
  if (!teacher.projection.empty()) {
    for (const std::size_t layer : map) {
      trace.projection.push_back(teacher.projection.at(layer));
    }
  }
  if (!teacher.hidden.empty()) {
    trace.hidden = {teacher.hidden.front()};
    for (const std::size_t layer : map) {
      trace.hidden.push_back(teacher.hidden.at(layer + 1));
    }
  }
  trace.logits = teacher.logits;
  return trace;
}

}  // namespace retort::train
