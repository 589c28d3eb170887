#include "trainers/optimizers/adamw_8bit.h"

#include "trainers/train_error.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/scalar_tensor.h>

#include <array>
#include <set>
#include <utility>

#include <fmt/format.h>

namespace retort::train {
namespace {

constexpr std::int64_t kLeastElements = 4096;

const std::array<const char*, 4> kParts = {
    "exp_avg_code/", "exp_avg_largest/", "exp_avg_sq_code/", "exp_avg_sq_largest/"};

bool isSmall(const NamedTensor& parameter) {
  return parameter.tensor.numel() < kLeastElements;
}

/// The saved tensor, or an error that names what is missing or misshapen.
at::Tensor savedPart(const NamedTensors& state,
                     const std::string& name,
                     std::int64_t blocks,
                     std::int64_t width) {
  const at::Tensor* found = findTensor(state, name);
  if (found == nullptr || found->dim() != 2 || found->size(0) != blocks ||
      found->size(1) != width) {
    throw TrainError(
        ExitCode::kBadData,
        fmt::format(
            "the optimizer's state '{}' is missing or is not [{}, {}]", name, blocks, width));
  }
  return *found;
}

}  // namespace

Adam8bit::Adam8bit(const NamedTensors& parameters, const OptimizerSettings& settings)
    : settings_(settings) {
  NamedTensors small;
  for (const NamedTensor& parameter : parameters) {
    if (isSmall(parameter)) {
      small.push_back(parameter);
    } else {
      slots_.push_back({.parameter = parameter});
    }
  }
  small_ = std::make_unique<FusedAdam>(small, settings, /*corrects_bias=*/true);
}

void Adam8bit::step(double learning_rate) {
  const at::NoGradGuard no_grad;
  small_->step(learning_rate);
  for (Slot& slot : slots_) {
    if (slot.parameter.tensor.grad().defined()) {
      update(slot, learning_rate);
    }
  }
}

void Adam8bit::update(Slot& slot, double learning_rate) const {
  FusedAdam adam({slot.parameter}, settings_, /*corrects_bias=*/true);
  if (slot.updates > 0) {
    adam.setState(decoded(slot));
  }
  adam.step(learning_rate);
  const NamedTensors state = adam.state();
  const std::string& name = slot.parameter.name;
  slot.exp_avg = encodeBlocks(*findTensor(state, "exp_avg/" + name), /*is_signed=*/true);
  slot.exp_avg_sq = encodeBlocks(*findTensor(state, "exp_avg_sq/" + name), /*is_signed=*/false);
  ++slot.updates;
}

NamedTensors Adam8bit::decoded(const Slot& slot) const {
  const std::string& name = slot.parameter.name;
  const at::IntArrayRef sizes = slot.parameter.tensor.sizes();
  return {{"exp_avg/" + name, decodeBlocks(slot.exp_avg, /*is_signed=*/true, sizes)},
          {"exp_avg_sq/" + name, decodeBlocks(slot.exp_avg_sq, /*is_signed=*/false, sizes)},
          {"step/" + name, at::scalar_tensor(slot.updates, at::kLong)}};
}

NamedTensors Adam8bit::state() const {
  NamedTensors state = small_->state();
  for (const Slot& slot : slots_) {
    if (slot.updates > 0) {
      const std::array<at::Tensor, 4> tensors = {
          slot.exp_avg.codes, slot.exp_avg.largest, slot.exp_avg_sq.codes, slot.exp_avg_sq.largest};
      for (std::size_t i = 0; i < kParts.size(); ++i) {
        state.push_back({kParts[i] + slot.parameter.name, tensors[i]});
      }
      state.push_back({"step/" + slot.parameter.name, at::scalar_tensor(slot.updates, at::kLong)});
    }
  }
  return state;
}

void Adam8bit::setState(const NamedTensors& state) {
  const at::NoGradGuard no_grad;
  std::set<std::string> large;
  for (Slot& slot : slots_) {
    const std::string& name = slot.parameter.name;
    large.insert(name);
    const at::Tensor* updates = findTensor(state, "step/" + name);
    slot.updates = updates != nullptr ? updates->item<std::int64_t>() : 0;
    slot.exp_avg = {};
    slot.exp_avg_sq = {};
    if (slot.updates > 0) {
      const at::Tensor& weight = slot.parameter.tensor;
      const std::int64_t blocks = (weight.numel() + kCodeBlock - 1) / kCodeBlock;
      const auto take = [&](const char* part, std::int64_t width, at::ScalarType type) {
        return savedPart(state, part + name, blocks, width)
            .to(weight.device(), type, /*non_blocking=*/false, /*copy=*/true);
      };
      slot.exp_avg = {take(kParts[0], kCodeBlock, at::kByte),
                      take(kParts[1], 1, momentType(weight))};
      slot.exp_avg_sq = {take(kParts[2], kCodeBlock, at::kByte),
                         take(kParts[3], 1, momentType(weight))};
    }
  }
  NamedTensors others;
  for (const NamedTensor& entry : state) {
    if (!large.contains(entry.name.substr(entry.name.find('/') + 1))) {
      others.push_back(entry);
    }
  }
  small_->setState(others);
}

NamedTensors Adam8bit::secondMoments() const {
  NamedTensors moments = small_->secondMoments();
  for (const Slot& slot : slots_) {
    if (slot.updates > 0) {
      moments.push_back({slot.parameter.name,
                         decodeBlocks(slot.exp_avg_sq,
                                      /*is_signed=*/false,
                                      slot.parameter.tensor.sizes())});
    }
  }
  return moments;
}

const OptimizerDefinition& adamw8bitDefinition() {
  static const OptimizerDefinition kDefinition = {
      .spec = {.kind = "optimizer",
               .name = "adamw_8bit",
               .documentation = "AdamW with moments of 8 bits between updates, in blocks of 256 "
                                "with a scale of their own: 2 bytes for a weight instead of 8",
               .formula = "m, v \\leftarrow \\mathrm{code}_8(m), \\mathrm{code}_8(v)",
               .source = "Dettmers et al. 2022, arXiv 2110.02861; bitsandbytes",
               .settings = {"train.beta1", "train.beta2", "train.epsilon", "train.weight_decay"}},
      .make = [](const NamedTensors& parameters,
                 const OptimizerSettings& settings) -> std::unique_ptr<Optimizer> {
        return std::make_unique<Adam8bit>(parameters, settings);
      },
      .moment_bytes = 2 + 8.0 / kCodeBlock};
  return kDefinition;
}

}  // namespace retort::train
