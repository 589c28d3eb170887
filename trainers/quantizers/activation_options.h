#pragma once

#include <optional>
#include <string>

namespace retort::train {

/// What shares one scale of an activation.
enum class ActivationGranularity {
  kTensor,  ///< the whole batch, padding included
  kToken,   ///< each vector along the last dimension; with heads, in each head
  kHead,    ///< each matrix [b, h, :, :], or each head h where the range is fixed; where there are
            ///< no heads, as kTensor
};

/// Where the range of a grid comes from.
enum class ActivationRange {
  kDynamic,  ///< from the values themselves, in each pass; learned schemes start as their authors'
  kMinMax,   ///< from the extremes that calibration saw
  kPercentile,  ///< from a percentile of what calibration saw
  kMse,         ///< the range with the least mean squared error of what calibration saw
};

/// Whether a learned grid has negative levels.
enum class ActivationGrid {
  kAuto,      ///< as BinaryBERT and BiT: unsigned for probabilities and the input of FFN2
  kSigned,    ///< levels below and above zero
  kUnsigned,  ///< from zero (or the smallest value) upward
};

/// How activations are quantized at one point of the network.
struct ActivationOptions {
  std::string scheme = "symmetric";  ///< a name of activationSchemes
  int bits = 0;                      ///< 2..16, elastic_binary 1; 0: full precision
  ActivationGranularity granularity = ActivationGranularity::kTensor;
  ActivationRange range = ActivationRange::kDynamic;
  double percentile = 99.99;   ///< kPercentile: share of the values within the range, in %
  std::optional<double> clip;  ///< values beyond plus or minus this are clipped by schemes
                               ///< that are not learned; empty: quant.clip
  ActivationGrid grid = ActivationGrid::kAuto;
  bool has_shift = false;  ///< a learned bias per channel is added first; inputs of linears only

  [[nodiscard]] bool isIdentity() const { return bits == 0; }

  bool operator==(const ActivationOptions&) const = default;
};

}  // namespace retort::train
