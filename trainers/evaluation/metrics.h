#pragma once

#include "core/settings/catalogue.h"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

/// Metrics of a whole evaluation set. A value that the data do not define is NaN (shown as
/// "undefined"), never 0.
namespace retort::train {

/// Share of equal entries. NaN when there are none.
[[nodiscard]] double accuracy(std::span<const std::int64_t> predictions,
                              std::span<const std::int64_t> labels);

/// Matthews correlation of classes 0 and 1:
///   (tp*tn - fp*fn) / sqrt((tp+fp)(tp+fn)(tn+fp)(tn+fn))
/// NaN when all labels are equal; 0 when only the predictions are (as scikit-learn).
[[nodiscard]] double matthewsCorrelation(std::span<const std::int64_t> predictions,
                                         std::span<const std::int64_t> labels);

/// 2 tp / (2 tp + fp + fn) of class 1. NaN when neither labels nor predictions hold a 1.
[[nodiscard]] double f1Score(std::span<const std::int64_t> predictions,
                             std::span<const std::int64_t> labels);

/// Pearson's correlation. NaN with fewer than two values or when one side is constant or not
/// finite.
[[nodiscard]] double pearsonCorrelation(std::span<const double> predictions,
                                        std::span<const double> labels);

/// Pearson's correlation of the ranks; equal values share their mean rank.
[[nodiscard]] double spearmanCorrelation(std::span<const double> predictions,
                                         std::span<const double> labels);

/// Values of the named metrics ("eval.accuracy" …). `predictions` are class ids, or scores for
/// correlations. Throws TrainError (kBadSpec) for an unknown name or different sizes.
[[nodiscard]] std::map<std::string, double> evaluateMetrics(const std::vector<std::string>& names,
                                                            std::span<const double> predictions,
                                                            std::span<const double> labels);

/// The declarations of all metrics that evaluateMetrics knows, for the catalogue.
[[nodiscard]] const std::vector<MetricSpec>& evaluationMetrics();

}  // namespace retort::train
