#include "trainers/quantizers/activation_quantizer.h"

#include "core/base/text.h"
#include "trainers/quantizers/registry.h"
#include "trainers/train_error.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <limits>

#include <fmt/format.h>

namespace retort::train {
namespace {

// With more, float32 no longer tells the levels of a sum of products apart.
constexpr int kLeastDynamicBits = 2;
constexpr int kMostDynamicBits = 16;
constexpr double kDefaultClip = 2.5;
constexpr const char* kShift = "shift";

Granularity dynamicGranularity(const ActivationOptions& options, bool has_heads) {
  switch (options.granularity) {
    case ActivationGranularity::kToken:
      return Granularity::kRow;
    case ActivationGranularity::kHead:
      return has_heads ? Granularity::kRow : Granularity::kTensor;
    case ActivationGranularity::kTensor:
      break;
  }
  return Granularity::kTensor;
}

/// Null where the values themselves give the range.
const HeldGrid* gridOf(const ActivationOptions& options) {
  const bool is_dynamic = options.range == ActivationRange::kDynamic;
  if (options.scheme == "symmetric") {
    return is_dynamic ? nullptr : findHeldGrid("fixed_symmetric");
  }
  if (options.scheme == "asymmetric") {
    return is_dynamic ? nullptr : findHeldGrid("fixed_asymmetric");
  }
  const auto& known = activationSchemes();
  if (std::find(known.begin(), known.end(), options.scheme) == known.end()) {
    throw TrainError(ExitCode::kBadSpec,
                     fmt::format("quant.activation.scheme: unknown scheme '{}'; known: {}",
                                 options.scheme,
                                 joinStrings(known, ", ")));
  }
  return findHeldGrid(options.scheme);
}

void checkBits(const ActivationOptions& options, const HeldGrid* grid) {
  const int least = grid == nullptr ? kLeastDynamicBits : grid->least_bits;
  const int most = grid == nullptr ? kMostDynamicBits : grid->most_bits;
  if (options.bits < least || options.bits > most) {
    throw TrainError(
        ExitCode::kBadSpec,
        fmt::format("quant.activation.bits is {} for the scheme '{}', which has a grid for {}; 0 "
                    "is full precision",
                    options.bits,
                    options.scheme,
                    least == most ? fmt::format("{} bit", least)
                                  : fmt::format("{} to {} bits", least, most)));
  }
}

bool isUnsigned(const ActivationOptions& options, const ActivationShape& shape) {
  return options.grid == ActivationGrid::kUnsigned ||
         (options.grid == ActivationGrid::kAuto && shape.is_mostly_positive);
}

}  // namespace

const std::vector<std::string>& activationSchemes() {
  static const std::vector<std::string> kSchemes = [] {
    std::vector<std::string> schemes = {"symmetric", "asymmetric"};
    for (const HeldGrid* grid : heldGrids()) {
      if (grid->is_learned) {
        schemes.push_back(grid->spec.name);
      }
    }
    return schemes;
  }();
  return kSchemes;
}

ActivationQuantizer::ActivationQuantizer(const ActivationOptions& options,
                                         const ActivationShape& shape,
                                         const at::TensorOptions& tensors)
    : options_(options) {
  if (isIdentity()) {
    return;
  }
  const bool has_heads = shape.heads > 0;
  grid_ = gridOf(options);
  checkBits(options, grid_);
  grid_options_ = {.bits = options.bits,
                   .is_unsigned = isUnsigned(options, shape),
                   .clip = options.clip.value_or(kDefaultClip)};
  if (grid_ != nullptr) {
    makeGrid(shape, tensors);
  } else {
    takes_rows_ = has_heads && options.granularity == ActivationGranularity::kToken;
    quantizer_ = Quantizer(findQuantizer(options.scheme).quantize,
                           {.bits = options.bits,
                            .granularity = dynamicGranularity(options, has_heads),
                            .clip = grid_options_.clip});
  }
  if (options.has_shift && !has_heads) {
    shift_ = at::zeros({shape.width}, tensors);
    parameters_.push_back({kShift, shift_});
  }
}

void ActivationQuantizer::makeGrid(const ActivationShape& shape, const at::TensorOptions& tensors) {
  if (options_.granularity == ActivationGranularity::kToken) {
    throw TrainError(
        ExitCode::kBadSpec,
        fmt::format("quant.activation.granularity is token, but the grid of the scheme '{}' is "
                    "held by the model, which has no tokens of its own; use tensor or head, or "
                    "symmetric or asymmetric with a dynamic range",
                    options_.scheme));
  }
  is_per_head_ = shape.heads > 0 && options_.granularity == ActivationGranularity::kHead;
  const std::vector<std::int64_t> sizes =
      is_per_head_ ? std::vector<std::int64_t>{shape.heads, 1, 1} : std::vector<std::int64_t>{1};
  for (const std::string& name : grid_->parameters) {
    grid_tensors_.push_back(at::full(sizes, std::numeric_limits<double>::quiet_NaN(), tensors));
    parameters_.push_back({fmt::format("{}_{}{}.{}",
                                       grid_->spec.name,
                                       options_.bits,
                                       grid_options_.is_unsigned ? "u" : "",
                                       name),
                           grid_tensors_.back()});
  }
}

at::Tensor ActivationQuantizer::shifted(const at::Tensor& x) const {
  return shift_.defined() ? x + shift_ : x;
}

at::Tensor ActivationQuantizer::operator()(const at::Tensor& x) const {
  if (isIdentity()) {
    return x;
  }
  const at::Tensor values = shifted(x);
  if (grid_ != nullptr) {
    return quantizeOnGrid(*grid_, values, grid_tensors_, grid_options_);
  }
  return takes_rows_ ? quantizer_(values.flatten(0, 2)).view_as(values) : quantizer_(values);
}

at::Tensor ActivationQuantizer::isClipped(const at::Tensor& x) const {
  const at::NoGradGuard no_grad;
  const at::Tensor values = shifted(x);
  return grid_ != nullptr ? grid_->isClipped(values, grid_tensors_, grid_options_)
                          : values.abs().gt(grid_options_.clip);
}

bool ActivationQuantizer::needsRange() const {
  return grid_ != nullptr && grid_tensors_.front().isnan().any().item<bool>();
}

void ActivationQuantizer::setRange(const RangeStatistics& seen) {
  const at::NoGradGuard no_grad;
  const at::Tensor& like = grid_tensors_.front();
  const auto fit = [&like](const at::Tensor& values) {
    return values.reshape(like.sizes()).to(like.options());
  };
  const std::vector<at::Tensor> first = grid_->start(
      {.low = fit(seen.low), .high = fit(seen.high), .mean_magnitude = fit(seen.mean_magnitude)},
      grid_options_,
      options_.range != ActivationRange::kDynamic);
  for (std::size_t i = 0; i < first.size(); ++i) {
    grid_tensors_[i].copy_(first[i]);
  }
}

bool ActivationQuantizer::isLearned(const std::string& parameter) const {
  return parameter == kShift || (grid_ != nullptr && grid_->is_learned);
}

}  // namespace retort::train
