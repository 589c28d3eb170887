#pragma once

#include "trainers/models/model.h"
#include "trainers/models/token_batch.h"
#include "trainers/settings/setting_group.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <vector>

/// First numbers for quantizers whose grid the model holds (quantizers/held_grid.h).
namespace retort::train {

/// How ranges are found before training.
struct CalibrationSettings {
  std::int64_t batches = 8;
};

/// quant.calibration.*
[[nodiscard]] const SettingGroup<CalibrationSettings>& calibrationSettings();

/// Documentation of the ways, for the catalogue.
[[nodiscard]] std::vector<TechniqueSpec> calibrationTechniques();

/// Counts of values in equal bins between the extremes: of each group, [groups, bins].
struct RangeHistogram {
  at::Tensor low;     ///< [groups]
  at::Tensor high;    ///< [groups]
  at::Tensor counts;  ///< [groups, bins]; int64
};

/// Bins of a histogram: what a percentile and a candidate range are exact to.
inline constexpr std::int64_t kRangeBins = 2048;

/// Adds values [groups, n] to the counts. Values beyond the extremes count in the outer bins.
void addToHistogram(const at::Tensor& values, RangeHistogram& histogram);

/// low: the (100 - percentile)-th percentile, high: the percentile-th, each linear within its bin;
/// [groups]. percentile: in (50, 100].
[[nodiscard]] RangeStatistics percentileRange(const RangeHistogram& histogram, double percentile);

/// The extremes times the factor of 0.01, 0.02, …, 1 with the least sum over the bins of count (c -
/// x_q(c))^2, c a bin's centre and x_q the grid that starts from such a range; the largest factor
/// of equals. [groups].
[[nodiscard]] RangeStatistics leastErrorRange(const RangeHistogram& histogram,
                                              const HeldGrid& grid,
                                              const GridOptions& options);

/// Gives numbers to all quantizers of the model that lack them (NaN), from forward passes over the
/// batches: without dropout, with weights and dynamic activations quantized, and with what is
/// calibrated passing in full precision. Only real tokens count. One pass over the batches finds
/// the extremes and mean |x|; a second one the histograms, where a percentile or the least error is
/// asked for. Draws no random numbers: the same batches give the same ranges. Returns false when
/// `goes_on` did, between batches; ranges may be missing then. Throws TrainError (bad data) when
/// what was seen is not finite.
[[nodiscard]] bool calibrateActivations(Model& model,
                                        const std::vector<TokenBatch>& batches,
                                        const std::function<bool()>& goes_on);

}  // namespace retort::train
