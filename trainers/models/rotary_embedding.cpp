#include "trainers/models/rotary_embedding.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/pow.h>
#include <ATen/ops/where.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace retort::train {
namespace {

/// theta^(2i / d): the inverse of the plain frequencies.
at::Tensor wavelengthsPerTurn(double theta,
                              std::int64_t head_dim,
                              const at::TensorOptions& options) {
  const at::Tensor exponents = at::arange(0, head_dim, 2, options).div_(head_dim);
  return at::pow(theta, exponents);
}

at::Tensor plainFrequencies(double theta, std::int64_t head_dim, const at::TensorOptions& options) {
  return wavelengthsPerTurn(theta, head_dim, options).reciprocal_();
}

double dynamicTheta(const RopeSettings& settings, const RopeShape& shape, std::int64_t length) {
  const auto trained = static_cast<double>(shape.max_position_embeddings);
  const double longest = std::max(static_cast<double>(length), trained);
  const auto width = static_cast<double>(shape.head_dim);
  return settings.theta * std::pow((settings.factor * longest / trained) - (settings.factor - 1),
                                   width / (width - 2));
}

double originalLength(const RopeSettings& settings, const RopeShape& shape) {
  return static_cast<double>(
      settings.original_max_position_embeddings.value_or(shape.max_position_embeddings));
}

at::Tensor llama3Frequencies(const RopeSettings& settings,
                             const RopeShape& shape,
                             const at::TensorOptions& options) {
  const at::Tensor plain = plainFrequencies(settings.theta, shape.head_dim, options);
  const double length = originalLength(settings, shape);
  const at::Tensor wavelength = plain.reciprocal().mul_(2 * std::numbers::pi);
  const at::Tensor is_long = wavelength > length / settings.low_freq_factor;
  const at::Tensor is_short = wavelength < length / settings.high_freq_factor;
  const at::Tensor scaled = at::where(is_long, plain / settings.factor, plain);
  const at::Tensor smooth = (wavelength.reciprocal().mul_(length) - settings.low_freq_factor) /
                            (settings.high_freq_factor - settings.low_freq_factor);
  const at::Tensor between = (1 - smooth) * scaled / settings.factor + smooth * scaled;
  return at::where(is_long.logical_or(is_short), scaled, between);
}

/// The dimension that makes so many turns over the original length.
double turningDimension(double turns, const RopeSettings& settings, const RopeShape& shape) {
  const double length = originalLength(settings, shape);
  return static_cast<double>(shape.head_dim) * std::log(length / (turns * 2 * std::numbers::pi)) /
         (2 * std::log(settings.theta));
}

/// 0 where the plain frequencies hold, 1 where they are divided by the factor: [d / 2].
at::Tensor yarnRamp(const RopeSettings& settings,
                    const RopeShape& shape,
                    const at::TensorOptions& options) {
  double low = turningDimension(settings.beta_fast, settings, shape);
  double high = turningDimension(settings.beta_slow, settings, shape);
  if (settings.truncate) {
    low = std::floor(low);
    high = std::ceil(high);
  }
  low = std::max(low, 0.0);
  high = std::min(high, static_cast<double>(shape.head_dim - 1));
  constexpr double kLeastWidth = 0.001;
  const double width = low == high ? kLeastWidth : high - low;
  return ((at::arange(0, shape.head_dim / 2, options) - low) / width).clamp_(0, 1);
}

at::Tensor yarnFrequencies(const RopeSettings& settings,
                           const RopeShape& shape,
                           const at::TensorOptions& options) {
  const at::Tensor turns = wavelengthsPerTurn(settings.theta, shape.head_dim, options);
  const at::Tensor kept = 1 - yarnRamp(settings, shape, options);
  return (turns * settings.factor).reciprocal_() * (1 - kept) + turns.reciprocal() * kept;
}

double yarnAttentionFactor(const RopeSettings& settings) {
  if (settings.attention_factor) {
    return *settings.attention_factor;
  }
  const auto scale = [&settings](double by) {
    return settings.factor <= 1 ? 1.0 : 0.1 * by * std::log(settings.factor) + 1;
  };
  const bool has_both =
      settings.mscale.value_or(0) != 0 && settings.mscale_all_dim.value_or(0) != 0;
  return has_both ? scale(*settings.mscale) / scale(*settings.mscale_all_dim) : scale(1);
}

}  // namespace

RotaryFrequencies rotaryFrequencies(const RopeSettings& settings,
                                    const RopeShape& shape,
                                    std::int64_t length,
                                    const at::TensorOptions& options) {
  switch (settings.type) {
    case RopeType::kLinear:
      return {plainFrequencies(settings.theta, shape.head_dim, options).div_(settings.factor)};
    case RopeType::kDynamic:
      return {plainFrequencies(dynamicTheta(settings, shape, length), shape.head_dim, options)};
    case RopeType::kLlama3:
      return {llama3Frequencies(settings, shape, options)};
    case RopeType::kYarn:
      return {yarnFrequencies(settings, shape, options), yarnAttentionFactor(settings)};
    case RopeType::kDefault:
      break;
  }
  return {plainFrequencies(settings.theta, shape.head_dim, options)};
}

RotaryTable rotaryTable(const RopeSettings& settings,
                        const RopeShape& shape,
                        const at::Tensor& positions,
                        at::ScalarType dtype) {
  const bool is_dynamic = settings.type == RopeType::kDynamic;
  const std::int64_t length =
      is_dynamic ? positions.max().item<std::int64_t>() + 1 : positions.size(-1);
  const at::ScalarType computed = dtype == at::kDouble ? at::kDouble : at::kFloat;
  const at::TensorOptions options = positions.options().dtype(computed);
  const RotaryFrequencies frequencies = rotaryFrequencies(settings, shape, length, options);
  const at::Tensor half = positions.to(computed).unsqueeze(-1) * frequencies.inverse;
  const at::Tensor angles = at::cat({half, half}, -1).unsqueeze(1);
  return {.cosine = angles.cos().mul_(frequencies.attention_factor).to(dtype),
          .sine = angles.sin().mul_(frequencies.attention_factor).to(dtype)};
}

at::Tensor rotate(const at::Tensor& x, const RotaryTable& table) {
  const std::int64_t half = x.size(-1) / 2;
  const at::Tensor turned = at::cat({x.narrow(-1, half, half).neg(), x.narrow(-1, 0, half)}, -1);
  return x * table.cosine + turned * table.sine;
}

}  // namespace retort::train
