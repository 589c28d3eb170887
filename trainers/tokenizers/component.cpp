#include "trainers/tokenizers/component.h"

#include "trainers/train_error.h"

#include <fmt/format.h>

namespace retort::train {

bool Component::has(const char* key) const {
  return json_->is_object() && json_->contains(key) && !(*json_)[key].is_null();
}

Component Component::at(const char* key) const {
  if (!has(key)) {
    refuse(fmt::format("there is no \"{}\"", key));
  }
  return {(*json_)[key], fmt::format("{}.{}", place_, key)};
}

std::vector<Component> Component::list(const char* key) const {
  const Component array = at(key);
  if (!array.json().is_array()) {
    array.refuse("expected a list");
  }
  std::vector<Component> result;
  for (std::size_t i = 0; i < array.json().size(); ++i) {
    result.emplace_back(array.json()[i], fmt::format("{}[{}]", array.place(), i));
  }
  return result;
}

std::string Component::text(const char* key) const {
  const Component value = at(key);
  if (!value.json().is_string()) {
    value.refuse("expected a text");
  }
  return value.json().get<std::string>();
}

bool Component::flag(const char* key, bool otherwise) const {
  if (!has(key)) {
    return otherwise;
  }
  const Component value = at(key);
  if (!value.json().is_boolean()) {
    value.refuse("expected true or false");
  }
  return value.json().get<bool>();
}

std::int64_t Component::integer(const char* key, std::int64_t otherwise) const {
  if (!has(key)) {
    return otherwise;
  }
  const Component value = at(key);
  if (!value.json().is_number_integer()) {
    value.refuse("expected an integer");
  }
  return value.json().get<std::int64_t>();
}

void Component::refuse(std::string_view what) const {
  throw TrainError(ExitCode::kBadData, fmt::format("{}: {}", place_, what));
}

void Component::refuseType(std::string_view supported) const {
  refuse(fmt::format("{} is not supported (supported: {})", type(), supported));
}

}  // namespace retort::train
