#include "trainers/models/calibration.h"

#include "trainers/train_error.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <limits>
#include <map>
#include <utility>

#include <fmt/format.h>

namespace retort::train {
namespace {

constexpr int kCandidates = 100;

using Place = std::pair<ActivationPoint, std::size_t>;

/// What has been seen at one place; all [groups].
struct Seen {
  at::Tensor low;
  at::Tensor high;
  at::Tensor magnitude_sum;
  double count = 0;
  RangeHistogram histogram;
};

/// The values of real tokens as [groups, n]: one group, or one for each head.
at::Tensor observedValues(const at::Tensor& x, const at::Tensor& is_real, bool is_per_head) {
  const at::Tensor chosen = is_real.expand_as(x);
  if (!is_per_head) {
    return x.masked_select(chosen).unsqueeze(0);
  }
  // Padding is the same in all heads.
  return x.transpose(0, 1).masked_select(chosen.transpose(0, 1)).view({x.size(1), -1});
}

bool needsHistogram(const ActivationQuantizer& quantizer) {
  const ActivationRange range = quantizer.options().range;
  return range == ActivationRange::kPercentile || range == ActivationRange::kMse;
}

class Calibrator : public ActivationObserver {
 public:
  explicit Calibrator(const ActivationQuantizers& quantizers) : quantizers_(quantizers) {}

  bool takes(ActivationPoint point,
             std::size_t layer,
             const at::Tensor& x,
             const at::Tensor& is_real) override {
    const ActivationQuantizer& quantizer = quantizers_.at(point, layer);
    if (!quantizer.needsRange()) {
      return false;
    }
    Seen& seen = seen_[{point, layer}];
    if (!counts_ || needsHistogram(quantizer)) {
      const at::Tensor values =
          observedValues(x, realElements(point, is_real), quantizer.isPerHead());
      counts_ ? addToHistogram(values, seen.histogram) : widen(values, seen);
    }
    return true;
  }

  /// From now on values are counted between the extremes. False when nobody needs that.
  bool startCounting() {
    counts_ = true;
    bool is_needed = false;
    for (auto& [place, seen] : seen_) {
      seen.histogram = {.low = seen.low,
                        .high = seen.high,
                        .counts = at::zeros({seen.low.size(0), kRangeBins}, at::kLong)};
      is_needed = is_needed || needsHistogram(quantizers_.at(place.first, place.second));
    }
    return is_needed;
  }

  [[nodiscard]] const std::map<Place, Seen>& seen() const { return seen_; }

 private:
  static void widen(const at::Tensor& values, Seen& seen) {
    const at::Tensor low = values.amin(1).to(at::kCPU, at::kDouble);
    const at::Tensor high = values.amax(1).to(at::kCPU, at::kDouble);
    const at::Tensor sum = values.abs().sum(1, false, at::kDouble).cpu();
    const bool is_first = !seen.low.defined();
    seen.low = is_first ? low : seen.low.minimum(low);
    seen.high = is_first ? high : seen.high.maximum(high);
    seen.magnitude_sum = is_first ? sum : seen.magnitude_sum + sum;
    seen.count += static_cast<double>(values.size(1));
  }

  const ActivationQuantizers& quantizers_;
  std::map<Place, Seen> seen_;
  bool counts_ = false;
};

RangeStatistics rangeOf(const Seen& seen, const ActivationQuantizer& quantizer) {
  RangeStatistics range{.low = seen.low, .high = seen.high};
  if (quantizer.options().range == ActivationRange::kPercentile) {
    range = percentileRange(seen.histogram, quantizer.options().percentile);
  } else if (quantizer.options().range == ActivationRange::kMse) {
    range = leastErrorRange(seen.histogram, *quantizer.heldGrid(), quantizer.gridOptions());
  }
  range.mean_magnitude = seen.magnitude_sum / seen.count;
  return range;
}

void checkFinite(const Place& place, const Seen& seen) {
  if (!at::isfinite(seen.low + seen.high).all().item<bool>()) {
    throw TrainError(ExitCode::kBadData,
                     fmt::format("calibration: {} of layer {} has values that are not finite; look "
                                 "at the weights that the run starts from",
                                 factsOf(place.first).description,
                                 place.second));
  }
}

/// Widths of the bins, at least a little: [groups, 1].
at::Tensor binWidths(const RangeHistogram& histogram) {
  constexpr double kSmallestWidth = 1e-300;
  const auto bins = static_cast<double>(histogram.counts.size(1));
  return ((histogram.high - histogram.low) / bins).clamp_min(kSmallestWidth).unsqueeze(1);
}

/// Where the cumulative share `share` (0..1) of the counts is reached: [groups].
at::Tensor valueAtShare(const RangeHistogram& histogram, double share) {
  const at::Tensor counts = histogram.counts.to(at::kDouble);
  const at::Tensor cumulative = counts.cumsum(1);
  const at::Tensor target = cumulative.slice(1, -1) * share;
  const at::Tensor bin =
      cumulative.lt(target).sum(1, /*keepdim=*/true).clamp_max(counts.size(1) - 1);
  const at::Tensor inside = counts.gather(1, bin);
  const at::Tensor before = cumulative.gather(1, bin) - inside;
  const at::Tensor part = ((target - before) / inside.clamp_min(1)).clamp(0, 1);
  return (histogram.low.unsqueeze(1) + (bin + part) * binWidths(histogram)).squeeze(1);
}

}  // namespace

const SettingGroup<CalibrationSettings>& calibrationSettings() {
  static const auto kGroup = SettingGroup<CalibrationSettings>().add(
      &CalibrationSettings::batches,
      {.key = "quant.calibration.batches",
       .documentation = "batches of train.batch training rows, in the file's order, from which "
                        "fixed ranges and the first numbers of learned quantizers are found",
       .unit = "batches",
       .minimum = 1,
       .when = {{.key = "phase", .any_of = {"kd_qat"}}}});
  return kGroup;
}

std::vector<TechniqueSpec> calibrationTechniques() {
  const auto technique =
      [](std::string name, std::string documentation, std::string formula, std::string source) {
        return TechniqueSpec{.kind = "calibration",
                             .name = std::move(name),
                             .documentation = std::move(documentation),
                             .formula = std::move(formula),
                             .source = std::move(source),
                             .settings = {"quant.activation.range", "quant.calibration.batches"}};
      };
  std::vector<TechniqueSpec> techniques = {
      technique("min_max",
                "the range from the smallest to the largest value",
                "[\\min x, \\max x]",
                "Krishnamoorthi 2018, arXiv 1806.08342, section 3.1"),
      technique("percentile",
                "the range between two percentiles of the values, from a histogram of 2048 bins",
                "[q_{100-p}, q_p]",
                "Wu et al. 2020, arXiv 2004.09602, section 3.4"),
      technique("mse",
                "the extremes times the factor with the least squared error on the grid, from a "
                "histogram of 2048 bins",
                R"(\arg\min_{f \in \{0.01, \dots, 1\}} \sum_x (x - Q_f(x))^2)",
                "Nagel et al. 2021, arXiv 2106.08295, section 3.1")};
  techniques[1].settings.emplace_back("quant.activation.percentile");
  return techniques;
}

void addToHistogram(const at::Tensor& values, RangeHistogram& histogram) {
  const at::NoGradGuard no_grad;
  const std::int64_t bins = histogram.counts.size(1);
  const at::Tensor numbers = values.to(at::kCPU, at::kDouble);
  const at::Tensor bin = ((numbers - histogram.low.unsqueeze(1)) / binWidths(histogram))
                             .floor_()
                             .clamp_(0, static_cast<double>(bins - 1))
                             .to(at::kLong);
  for (std::int64_t group = 0; group < bin.size(0); ++group) {
    histogram.counts[group].add_(at::bincount(bin[group], /*weights=*/{}, bins));
  }
}

RangeStatistics percentileRange(const RangeHistogram& histogram, double percentile) {
  constexpr double kWhole = 100;
  return {.low = valueAtShare(histogram, 1 - percentile / kWhole),
          .high = valueAtShare(histogram, percentile / kWhole)};
}

RangeStatistics leastErrorRange(const RangeHistogram& histogram,
                                const HeldGrid& grid,
                                const GridOptions& options) {
  const at::NoGradGuard no_grad;
  const std::int64_t bins = histogram.counts.size(1);
  const at::Tensor positions = at::arange(bins, at::kDouble) + 0.5;
  const at::Tensor widths = binWidths(histogram);
  at::Tensor factors = at::ones_like(histogram.low);
  for (std::int64_t group = 0; group < factors.size(0); ++group) {
    const at::Tensor low = histogram.low.slice(0, group, group + 1);
    const at::Tensor high = histogram.high.slice(0, group, group + 1);
    const at::Tensor centres = low + positions * widths[group];
    double least = std::numeric_limits<double>::infinity();
    for (int candidate = kCandidates; candidate > 0; --candidate) {
      const double factor = static_cast<double>(candidate) / kCandidates;
      const RangeStatistics range{
          .low = low * factor, .high = high * factor, .mean_magnitude = high};
      const at::Tensor x_q =
          grid.quantize(centres, grid.start(range, options, /*uses_range=*/true), options);
      const double error =
          ((centres - x_q).square() * histogram.counts[group]).sum().item<double>();
      if (error < least) {
        least = error;
        factors[group] = factor;
      }
    }
  }
  return {.low = histogram.low * factors, .high = histogram.high * factors};
}

bool calibrateActivations(Model& model,
                          const std::vector<TokenBatch>& batches,
                          const std::function<bool()>& goes_on) {
  const at::NoGradGuard no_grad;
  Calibrator calibrator(model.activations());
  const auto observeAll = [&] {
    for (const TokenBatch& batch : batches) {
      static_cast<void>(model.forward(batch, {.observer = &calibrator}));
      if (!goes_on()) {
        return false;
      }
    }
    return true;
  };
  if (!observeAll() || (calibrator.startCounting() && !observeAll())) {
    return false;
  }
  for (const auto& [place, seen] : calibrator.seen()) {
    checkFinite(place, seen);
    ActivationQuantizer& quantizer = model.activations().at(place.first, place.second);
    quantizer.setRange(rangeOf(seen, quantizer));
  }
  return true;
}

}  // namespace retort::train
