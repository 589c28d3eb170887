#include "trainers/models/frozen_values.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <bit>

namespace retort::train {

std::vector<std::uint64_t> FrozenValues::state() const {
  std::vector<std::uint64_t> state;
  for (const at::Tensor& source : sources_) {
    state.push_back(static_cast<std::uint64_t>(source._version()));
    state.push_back(std::bit_cast<std::uintptr_t>(source.const_data_ptr()));
  }
  return state;
}

at::Tensor FrozenValues::get(const std::function<at::Tensor()>& quantize) {
  const bool is_trained = std::any_of(
      sources_.begin(), sources_.end(), [](const at::Tensor& t) { return t.requires_grad(); });
  if (is_trained) {
    held_.reset();
    return quantize();
  }
  std::vector<std::uint64_t> now = state();
  if (!held_.defined() || now != held_state_) {
    const at::NoGradGuard no_grad;
    held_ = quantize();
    held_state_ = std::move(now);
  }
  return held_;
}

}  // namespace retort::train
