#include "trainers/training/loop_state.h"

#include "core/base/text.h"
#include "trainers/train_error.h"

#include <cmath>

#include <fmt/format.h>

namespace retort::train {

namespace {

double numberFromJson(const Json& json) {
  if (json.is_string()) {
    const auto value = parseDouble(json.get_ref<const std::string&>());
    if (value) {
      return *value;
    }
  }
  return json.get<double>();
}

Json toJson(const EvaluationValues& values) {
  Json json = Json::object();
  for (const auto& [name, value] : values) {
    json[name] = numberToJson(value);
  }
  return json;
}

EvaluationValues valuesFromJson(const Json& json) {
  EvaluationValues values;
  for (const auto& [name, value] : json.items()) {
    values[name] = numberFromJson(value);
  }
  return values;
}

}  // namespace

Json numberToJson(double value) {
  if (std::isnan(value)) {
    return "NaN";
  }
  if (std::isinf(value)) {
    return value > 0 ? "Infinity" : "-Infinity";
  }
  return value;
}

Json toJson(const LoopState& state) {
  return {{"step", state.step},
          {"bad_steps", state.bad_steps},
          {"evaluated_step", state.evaluated_step},
          {"is_teacher_evaluated", state.is_teacher_evaluated},
          {"loss_sum", numberToJson(state.loss_sum)},
          {"loss_count", state.loss_count},
          {"epoch", state.position.epoch},
          {"batch", state.position.batch},
          {"teacher", toJson(state.teacher)},
          {"last", toJson(state.last)},
          {"best", toJson(state.best)},
          {"best_step", state.best_step}};
}

LoopState loopStateFromJson(const Json& json) {
  try {
    LoopState state;
    state.step = json.at("step").get<std::int64_t>();
    state.bad_steps = json.at("bad_steps").get<std::int64_t>();
    state.evaluated_step = json.at("evaluated_step").get<std::int64_t>();
    state.is_teacher_evaluated = json.at("is_teacher_evaluated").get<bool>();
    state.loss_sum = numberFromJson(json.at("loss_sum"));
    state.loss_count = json.at("loss_count").get<std::int64_t>();
    state.position.epoch = json.at("epoch").get<std::int64_t>();
    state.position.batch = json.at("batch").get<std::int64_t>();
    state.teacher = valuesFromJson(json.at("teacher"));
    state.last = valuesFromJson(json.at("last"));
    state.best = valuesFromJson(json.at("best"));
    state.best_step = json.at("best_step").get<std::int64_t>();
    return state;
  } catch (const Json::exception& error) {
    throw TrainError(ExitCode::kBadData,
                     fmt::format("the checkpoint's state is malformed: {}", error.what()));
  }
}

}  // namespace retort::train
