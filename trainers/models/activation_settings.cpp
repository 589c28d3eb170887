#include "trainers/models/activation_settings.h"

#include "trainers/quantizers/activation_quantizer.h"
#include "trainers/settings/setting_group.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace retort::train {
namespace {

/// What all points have unless they say otherwise.
struct CommonSettings {
  std::string scheme = "symmetric";
  std::int64_t bits = 8;
  std::string granularity = "tensor";
  std::string range = "dynamic";
  double percentile = 99.99;
  std::string grid = "auto";
  bool has_shift = false;
  std::optional<double> clip;
};

/// What one point says for itself.
struct PointSettings {
  std::optional<std::string> scheme;
  std::optional<std::int64_t> bits;
  std::optional<std::string> granularity;
  std::optional<std::string> range;
  std::optional<double> percentile;
  std::optional<std::string> grid;
  std::optional<bool> has_shift;
  std::optional<double> clip;
};

constexpr double kMostBits = 16;

template <class E>
using Word = std::pair<const char*, E>;

constexpr std::array<Word<ActivationGranularity>, 3> kGranularities = {
    {{"tensor", ActivationGranularity::kTensor},
     {"token", ActivationGranularity::kToken},
     {"head", ActivationGranularity::kHead}}};
constexpr std::array<Word<ActivationRange>, 4> kRanges = {
    {{"dynamic", ActivationRange::kDynamic},
     {"min_max", ActivationRange::kMinMax},
     {"percentile", ActivationRange::kPercentile},
     {"mse", ActivationRange::kMse}}};
constexpr std::array<Word<ActivationGrid>, 3> kGrids = {{{"auto", ActivationGrid::kAuto},
                                                         {"signed", ActivationGrid::kSigned},
                                                         {"unsigned", ActivationGrid::kUnsigned}}};

template <class Words>
std::vector<std::string> wordsOf(const Words& words) {
  std::vector<std::string> names;
  for (const auto& word : words) {
    names.emplace_back(word.first);
  }
  return names;
}

/// The meaning of a word; the catalogue lets no other word through.
template <class Words>
auto meaningOf(const Words& words, const std::string& name) {
  const auto found = std::find_if(
      words.begin(), words.end(), [&name](const auto& word) { return name == word.first; });
  return (found == words.end() ? words.begin() : found)->second;
}

/// Where a group of settings belongs.
struct Scope {
  std::string prefix;  ///< "quant.activation.", or that of a point
  std::string what;    ///< "the activations", or "the input of …"
  bool has_heads = true;
  bool has_shift = true;
};

const std::vector<SettingCondition>& whenQuantizing() {
  static const std::vector<SettingCondition> kWhen = {{.key = "phase", .any_of = {"kd_qat"}}};
  return kWhen;
}

/// Scheme, bits and granularity.
template <class S>
void addGrid(const Scope& scope, SettingGroup<S>& group) {
  std::vector<std::string> granularities = wordsOf(kGranularities);
  if (!scope.has_heads) {
    granularities.pop_back();
  }
  group
      .add(&S::scheme,
           {.key = scope.prefix + "scheme",
            .documentation = "quantizer of " + scope.what,
            .choices = activationSchemes(),
            .when = whenQuantizing()})
      .add(&S::bits,
           {.key = scope.prefix + "bits",
            .documentation = "bits of " + scope.what + "; 0: full precision",
            .unit = "bits",
            .minimum = 0,
            .maximum = kMostBits,
            .when = whenQuantizing()})
      .add(&S::granularity,
           {.key = scope.prefix + "granularity",
            .documentation =
                fmt::format("what shares one scale of {}{}",
                            scope.what,
                            scope.has_heads ? " (head, where there are none: the tensor)" : ""),
            .choices = granularities,
            .when = whenQuantizing()})
      .add(&S::grid,
           {.key = scope.prefix + "grid",
            .documentation = "learned schemes: whether " + scope.what +
                             " get levels on both sides of zero; auto: unsigned for probabilities "
                             "and ffn2_input",
            .choices = wordsOf(kGrids),
            .when = whenQuantizing()});
}

/// Where the range comes from, and what is done to values before.
template <class S>
void addRange(const Scope& scope, SettingGroup<S>& group) {
  group
      .add(&S::range,
           {.key = scope.prefix + "range",
            .documentation = "range of " + scope.what +
                             ": of each batch, or fixed (learned schemes: started) by calibration "
                             "before training",
            .choices = wordsOf(kRanges),
            .when = whenQuantizing()})
      .add(&S::percentile,
           {.key = scope.prefix + "percentile",
            .documentation = "range percentile: upper end of " + scope.what +
                             "; the lower end is 100 minus this",
            .unit = "%",
            .minimum = 50,
            .maximum = 100,
            .is_minimum_exclusive = true,
            .when = whenQuantizing()})
      .add(&S::clip,
           {.key = scope.prefix + "clip",
            .documentation = "instead of quant.clip: " + scope.what +
                             " are clipped to plus or minus this (learned schemes: not at all)",
            .minimum = 0,
            .is_minimum_exclusive = true,
            .when = whenQuantizing()});
  if (scope.has_shift) {
    group.add(&S::has_shift,
              {.key = scope.prefix + "shift",
               .documentation = "inputs of linear layers: a learned bias per channel is added to " +
                                scope.what + " before they are quantized (BiT)",
               .when = whenQuantizing()});
  }
}

template <class S>
SettingGroup<S> makeGroup(const Scope& scope) {
  SettingGroup<S> group;
  addGrid(scope, group);
  addRange(scope, group);
  return group;
}

const SettingGroup<CommonSettings>& commonSettings() {
  static const auto kGroup =
      makeGroup<CommonSettings>({.prefix = "quant.activation.", .what = "the activations"});
  return kGroup;
}

const SettingGroup<PointSettings>& pointSettings(ActivationPoint point) {
  static const auto kGroups = [] {
    std::vector<SettingGroup<PointSettings>> groups;
    for (const ActivationPointFacts& facts : activationPoints()) {
      groups.push_back(
          makeGroup<PointSettings>({.prefix = fmt::format("quant.activation.{}.", facts.name),
                                    .what = std::string(facts.description),
                                    .has_heads = facts.has_heads,
                                    .has_shift = !facts.has_heads}));
    }
    return groups;
  }();
  return kGroups.at(static_cast<std::size_t>(point));
}

}  // namespace

ActivationPoints everywhere(const ActivationOptions& options) {
  ActivationPoints points;
  points.fill(options);
  return points;
}

std::vector<SettingSpec> activationSettingSpecs() {
  std::vector<SettingSpec> specs = commonSettings().specs();
  for (const ActivationPointFacts& facts : activationPoints()) {
    const std::vector<SettingSpec>& own = pointSettings(facts.point).specs();
    specs.insert(specs.end(), own.begin(), own.end());
  }
  return specs;
}

ActivationPoints readActivationSettings(const SettingValues& values) {
  const CommonSettings common = commonSettings().read(values);
  ActivationPoints points;
  for (const ActivationPointFacts& facts : activationPoints()) {
    const PointSettings own = pointSettings(facts.point).read(values);
    points.at(static_cast<std::size_t>(facts.point)) = {
        .scheme = own.scheme.value_or(common.scheme),
        .bits = static_cast<int>(own.bits.value_or(common.bits)),
        .granularity = meaningOf(kGranularities, own.granularity.value_or(common.granularity)),
        .range = meaningOf(kRanges, own.range.value_or(common.range)),
        .percentile = own.percentile.value_or(common.percentile),
        .clip = own.clip ? own.clip : common.clip,
        .grid = meaningOf(kGrids, own.grid.value_or(common.grid)),
        .has_shift = own.has_shift.value_or(common.has_shift)};
  }
  return points;
}

}  // namespace retort::train
