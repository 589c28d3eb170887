#include "trainers/optimizers/fused_adam.h"

#include "trainers/train_error.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/full.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>

#include <fmt/ranges.h>

namespace retort::train {
namespace {

// The kernel divides by 1 - beta^step; after so many steps that is exactly 1 for every beta that is
// not 1.
constexpr double kStepWithoutCorrection = 1e30;

at::Tensor copyOfState(const NamedTensors& state,
                       const std::string& name,
                       const at::Tensor& parameter) {
  const at::Tensor* found = findTensor(state, name);
  if (found == nullptr) {
    throw TrainError(ExitCode::kBadData, fmt::format("the optimizer's state lacks '{}'", name));
  }
  if (found->sizes() != parameter.sizes()) {
    throw TrainError(ExitCode::kBadData,
                     fmt::format("the optimizer's state '{}' has shape [{}] instead of [{}]",
                                 name,
                                 fmt::join(found->sizes(), ", "),
                                 fmt::join(parameter.sizes(), ", ")));
  }
  return found->detach().to(
      parameter.options().dtype(momentType(parameter)), /*non_blocking=*/false, /*copy=*/true);
}

at::Tensor zeroMoment(const at::Tensor& parameter) {
  return at::zeros_like(parameter, parameter.options().dtype(momentType(parameter)));
}

bool isNarrow(const at::Tensor& parameter) {
  return parameter.scalar_type() != momentType(parameter);
}

}  // namespace

at::ScalarType momentType(const at::Tensor& parameter) {
  return parameter.itemsize() < sizeof(float) ? at::kFloat : parameter.scalar_type();
}

FusedAdam::FusedAdam(const NamedTensors& parameters,
                     const OptimizerSettings& settings,
                     bool corrects_bias)
    : settings_(settings),
      corrects_bias_(corrects_bias) {
  for (const NamedTensor& parameter : parameters) {
    slots_.push_back(
        {.parameter = parameter, .weight_decay = weightDecayFor(parameter.name, settings)});
  }
}

void FusedAdam::step(double learning_rate) {
  const at::NoGradGuard no_grad;
  for (Slot& slot : slots_) {
    if (!slot.parameter.tensor.grad().defined()) {
      continue;
    }
    if (!slot.exp_avg.defined()) {
      slot.exp_avg = zeroMoment(slot.parameter.tensor);
      slot.exp_avg_sq = zeroMoment(slot.parameter.tensor);
    }
    ++slot.updates;
    if (isNarrow(slot.parameter.tensor)) {
      updateNarrow(slot, learning_rate);
    }
  }
  updateGroup(learning_rate, settings_.weight_decay);
  if (settings_.weight_decay != 0) {
    updateGroup(learning_rate, 0);
  }
}

void FusedAdam::updateGroup(double learning_rate, double weight_decay) {
  Lists lists;
  for (const Slot& slot : slots_) {
    const at::Tensor& gradient = slot.parameter.tensor.grad();
    if (gradient.defined() && slot.weight_decay == weight_decay &&
        !isNarrow(slot.parameter.tensor)) {
      lists.parameters.push_back(slot.parameter.tensor);
      lists.gradients.push_back(gradient);
      lists.exp_avgs.push_back(slot.exp_avg);
      lists.exp_avg_sqs.push_back(slot.exp_avg_sq);
      lists.steps.push_back(biasStep(slot));
    }
  }
  if (!lists.parameters.empty()) {
    fuse(lists, learning_rate, weight_decay);
  }
}

void FusedAdam::updateNarrow(const Slot& slot, double learning_rate) const {
  const at::Tensor& parameter = slot.parameter.tensor;
  const at::Tensor wide = parameter.to(slot.exp_avg.scalar_type());
  fuse({{wide},
        {parameter.grad().to(wide.scalar_type())},
        {slot.exp_avg},
        {slot.exp_avg_sq},
        {biasStep(slot)}},
       learning_rate,
       slot.weight_decay);
  parameter.copy_(wide);
}

void FusedAdam::fuse(const Lists& lists, double learning_rate, double weight_decay) const {
  at::_fused_adamw_(lists.parameters,
                    lists.gradients,
                    lists.exp_avgs,
                    lists.exp_avg_sqs,
                    /*max_exp_avg_sqs=*/{},
                    lists.steps,
                    learning_rate,
                    settings_.beta1,
                    settings_.beta2,
                    weight_decay,
                    settings_.epsilon,
                    /*amsgrad=*/false,
                    /*maximize=*/false);
}

at::Tensor FusedAdam::biasStep(const Slot& slot) const {
  const double step = corrects_bias_ ? static_cast<double>(slot.updates) : kStepWithoutCorrection;
  return at::full({}, step, at::TensorOptions(at::kFloat).device(slot.parameter.tensor.device()));
}

NamedTensors FusedAdam::state() const {
  NamedTensors state;
  for (const Slot& slot : slots_) {
    if (slot.exp_avg.defined()) {
      const std::string& name = slot.parameter.name;
      state.push_back({"exp_avg/" + name, slot.exp_avg});
      state.push_back({"exp_avg_sq/" + name, slot.exp_avg_sq});
      state.push_back({"step/" + name, at::scalar_tensor(slot.updates, at::kLong)});
    }
  }
  return state;
}

void FusedAdam::setState(const NamedTensors& state) {
  constexpr std::size_t kTensorsPerSlot = 3;
  const at::NoGradGuard no_grad;
  std::size_t used = 0;
  for (Slot& slot : slots_) {
    const std::string& name = slot.parameter.name;
    slot.updates = 0;
    slot.exp_avg.reset();
    slot.exp_avg_sq.reset();
    if (const at::Tensor* updates = findTensor(state, "step/" + name)) {
      slot.updates = updates->item<std::int64_t>();
      slot.exp_avg = copyOfState(state, "exp_avg/" + name, slot.parameter.tensor);
      slot.exp_avg_sq = copyOfState(state, "exp_avg_sq/" + name, slot.parameter.tensor);
      used += kTensorsPerSlot;
    }
  }
  if (used != state.size()) {
    throw TrainError(
        ExitCode::kBadData,
        fmt::format(
            "the optimizer's state has {} tensors, but {} belong to the trainable parameters: it "
            "comes from another model or another choice of frozen weights",
            state.size(),
            used));
  }
}

}  // namespace retort::train
