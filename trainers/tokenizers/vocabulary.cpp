#include "trainers/tokenizers/vocabulary.h"

#include <fmt/format.h>

namespace retort::train {

namespace {

/// More than any model has; a larger one would only take memory.
constexpr std::int64_t kMaxId = 10'000'000;

}  // namespace

Vocabulary::Vocabulary(const Component& component) {
  if (!component.json().is_object() || component.json().empty()) {
    component.refuse("expected an object of tokens and ids");
  }
  ids_.reserve(component.json().size());
  for (const auto& [token, value] : component.json().items()) {
    if (!value.is_number_integer() || value.get<std::int64_t>() < 0 ||
        value.get<std::int64_t>() > kMaxId) {
      component.refuse(fmt::format("the id of \"{}\" is {}", token, value.dump()));
    }
    const auto id = value.get<std::size_t>();
    if (id >= tokens_.size()) {
      tokens_.resize(id + 1);
    }
    if (tokens_[id]) {
      component.refuse(fmt::format("\"{}\" and \"{}\" have the id {}", *tokens_[id], token, id));
    }
    tokens_[id] = token;
    ids_.emplace(token, static_cast<std::int32_t>(id));
  }
}

std::optional<std::int32_t> Vocabulary::idOf(std::string_view token) const {
  const auto found = ids_.find(token);
  return found == ids_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::string> Vocabulary::tokenOf(std::int32_t id) const {
  return id >= 0 && id < size() ? tokens_[static_cast<std::size_t>(id)] : std::nullopt;
}

}  // namespace retort::train
