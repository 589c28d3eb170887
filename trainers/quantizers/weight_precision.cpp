#include "trainers/quantizers/weight_precision.h"

#include "core/base/text.h"
#include "trainers/data/data_settings.h"
#include "trainers/quantizers/held_grid.h"
#include "trainers/quantizers/registry.h"
#include "trainers/train_error.h"

#include <fmt/format.h>

namespace retort::train {
namespace {

std::vector<std::string> namesOf(const std::vector<WeightScheme>& schemes) {
  std::vector<std::string> names;
  names.reserve(schemes.size());
  for (const WeightScheme& scheme : schemes) {
    names.push_back(scheme.name);
  }
  return names;
}

const WeightScheme& findScheme(const std::string& name) {
  for (const WeightScheme& scheme : weightSchemes()) {
    if (scheme.name == name) {
      return scheme;
    }
  }
  throw TrainError(ExitCode::kBadSpec,
                   fmt::format("unknown quantization scheme '{}'; known: {}",
                               name,
                               joinStrings(namesOf(weightSchemes()), ", ")));
}

Granularity granularityOf(const std::string& word) {
  if (word == "group") {
    return Granularity::kGroup;
  }
  return word == "row" ? Granularity::kRow : Granularity::kTensor;
}

/// A scheme of that quantizer for every matrix, with bits of its own or the settings'.
WeightScheme scheme(std::string name, const std::string& quantizer, int bits = 0) {
  return {.name = std::move(name),
          .weight_quantizer = quantizer,
          .embedding_quantizer = quantizer,
          .bits = bits};
}

[[noreturn]] void refuseBits(const WeightScheme& scheme, std::int64_t bits, int least, int most) {
  throw TrainError(ExitCode::kBadSpec,
                   fmt::format("the scheme {} has no grid of {} bits; it takes {} to {}",
                               scheme.name,
                               bits,
                               least,
                               most));
}

GridStart startOf(const WeightScheme& scheme, const WeightPrecision& precision) {
  if (precision.start == "range") {
    return GridStart::kExtremes;
  }
  // With output_mse, too, until inputs are seen (models/output_error.h).
  const bool is_searched = precision.start == "mse" || precision.start == "output_mse";
  return is_searched ? GridStart::kLeastError : scheme.start;
}

Quantizer makeLearned(const WeightScheme& scheme, const WeightPrecision& precision, double clip) {
  const HeldGrid& grid = *findHeldGrid(scheme.grid);
  constexpr int kMostBits = 8;
  if (precision.bits < grid.least_bits || precision.bits > kMostBits) {
    refuseBits(scheme, precision.bits, grid.least_bits, kMostBits);
  }
  return {grid,
          startOf(scheme, precision),
          {.bits = static_cast<int>(precision.bits),
           .granularity = granularityOf(precision.granularity),
           .group_size = precision.group_size,
           .clip = clip}};
}

Quantizer makeQuantizer(const WeightScheme& scheme,
                        const std::string& quantizer,
                        const WeightPrecision& precision,
                        double clip) {
  if (!scheme.grid.empty()) {
    return makeLearned(scheme, precision, clip);
  }
  if (quantizer.empty()) {
    return {};
  }
  const QuantizerDefinition& definition = findQuantizer(quantizer);
  const std::int64_t bits = scheme.bits > 0 ? scheme.bits : precision.bits;
  if (bits < definition.least_bits || bits > definition.most_bits) {
    refuseBits(scheme, bits, definition.least_bits, definition.most_bits);
  }
  return {definition,
          {.bits = static_cast<int>(bits),
           .granularity = granularityOf(precision.granularity),
           .group_size = precision.group_size,
           .clip = clip,
           .threshold_factor = precision.threshold_factor,
           .uses_curvature = precision.curvature == "adam",
           .minimises_error = precision.scale == "paper"}};
}

/// Conditions: training with quantization, and `key` one of `any_of` (all, if empty).
std::vector<SettingCondition> whenQuantizing(const std::string& key = "",
                                             const std::vector<std::string>& any_of = {}) {
  std::vector<SettingCondition> conditions = {{.key = "phase", .any_of = {"kd_qat"}}};
  if (!key.empty()) {
    conditions.push_back({.key = key, .any_of = {any_of.begin(), any_of.end()}});
  }
  return conditions;
}

std::vector<SettingCondition> ofLanguageModels(std::vector<SettingCondition> conditions) {
  conditions.push_back(taskIsForLanguageModels());
  return conditions;
}

std::vector<SettingCondition> ofEncoders(std::vector<SettingCondition> conditions) {
  conditions.push_back(taskIsForEncoders());
  return conditions;
}

std::vector<std::string> learnedSchemes() {
  std::vector<std::string> names;
  for (const WeightScheme& scheme : weightSchemes()) {
    if (!scheme.grid.empty()) {
      names.push_back(scheme.name);
    }
  }
  return names;
}

std::vector<std::string> schemesWithBits() {
  std::vector<std::string> names;
  for (const WeightScheme& scheme : weightSchemes()) {
    if (scheme.bits == 0 && (!scheme.grid.empty() || !scheme.weight_quantizer.empty())) {
      names.push_back(scheme.name);
    }
  }
  return names;
}

}  // namespace

const SettingGroup<WeightPrecision>& weightSettings() {
  static const auto kGroup =
      SettingGroup<WeightPrecision>()
          .add(&WeightPrecision::scheme,
               {.key = "quant.weight.scheme",
                .documentation = "quantizer of the linear layers' weights",
                .choices = namesOf(weightSchemes()),
                .when = whenQuantizing()})
          .add(&WeightPrecision::bits,
               {.key = "quant.weight.bits",
                .documentation = "bits of the linear layers' weights",
                .unit = "bits",
                .minimum = 1,
                .maximum = 8,
                .when = whenQuantizing("quant.weight.scheme", schemesWithBits())})
          .add(&WeightPrecision::granularity,
               {.key = "quant.weight.granularity",
                .documentation = "one scale per weight tensor, per row (output channel) or per "
                                 "group within a row",
                .choices = {"tensor", "row", "group"},
                .when = whenQuantizing()})
          .add(&WeightPrecision::group_size,
               {.key = "quant.weight.group_size",
                .documentation = "granularity group: how many neighbours in a row share a scale, "
                                 "usually 32, 64 or 128; must divide the row",
                .minimum = 2,
                .maximum = 1e6,
                .when = whenQuantizing()})
          .add(&WeightPrecision::threshold_factor,
               {.key = "quant.weight.threshold_factor",
                .documentation = "ternary: the threshold is this times the mean magnitude",
                .minimum = 0,
                .maximum = 10,
                .when = whenQuantizing()})
          .add(&WeightPrecision::curvature,
               {.key = "quant.weight.curvature",
                .documentation = "laq: what errors count by: nothing, as in the authors' code, or "
                                 "the root of Adam's second moment, as in the papers",
                .choices = {"identity", "adam"},
                .when = whenQuantizing("quant.weight.scheme", {"laq"})})
          .add(&WeightPrecision::scale,
               {.key = "quant.weight.scale",
                .documentation = "laq with more than 2 bits: the scale of the authors' code, or "
                                 "the one of the paper, which minimises the error",
                .choices = {"released", "paper"},
                .when = whenQuantizing("quant.weight.scheme", {"laq"})})
          .add(&WeightPrecision::start,
               {.key = "quant.weight.start",
                .documentation = "where learned grids start: as the scheme's authors have it, at "
                                 "the extremes of the weights, or at the share of them that has "
                                 "the least squared error, of the weights (mse) or of what the "
                                 "layer puts out on calibration inputs (output_mse)",
                .choices = {"scheme", "range", "mse", "output_mse"},
                .when = whenQuantizing("quant.weight.scheme", learnedSchemes())});
  return kGroup;
}

SettingValues toSettings(const WeightPrecision& precision) {
  return {{"quant.weight.scheme", precision.scheme},
          {"quant.weight.bits", precision.bits},
          {"quant.weight.granularity", precision.granularity},
          {"quant.weight.group_size", precision.group_size},
          {"quant.weight.threshold_factor", precision.threshold_factor},
          {"quant.weight.curvature", precision.curvature},
          {"quant.weight.scale", precision.scale},
          {"quant.weight.start", precision.start}};
}

const SettingGroup<EmbeddingSettings>& embeddingSettings() {
  static const auto kGroup =
      SettingGroup<EmbeddingSettings>()
          .add(&EmbeddingSettings::scheme,
               {.key = "quant.embedding.scheme",
                .documentation = "quantizer of the word embedding",
                .choices = namesOf(weightSchemes()),
                .when = ofEncoders(whenQuantizing())})
          .add(&EmbeddingSettings::bits,
               {.key = "quant.embedding.bits",
                .documentation = "bits of the word embedding",
                .unit = "bits",
                .minimum = 1,
                .maximum = 8,
                .when = ofEncoders(whenQuantizing("quant.embedding.scheme", schemesWithBits()))})
          .add(&EmbeddingSettings::granularity,
               {.key = "quant.embedding.granularity",
                .documentation = "one scale per table, per row (token) or per group within a row",
                .choices = {"tensor", "row", "group"},
                .when = ofEncoders(whenQuantizing())});
  return kGroup;
}

WeightPrecision EmbeddingSettings::over(WeightPrecision linear) const {
  linear.scheme = scheme;
  linear.bits = bits;
  linear.granularity = granularity;
  return linear;
}

const SettingGroup<HeadSettings>& headSettings() {
  static const auto kGroup =
      SettingGroup<HeadSettings>()
          .add(&HeadSettings::scheme,
               {.key = "quant.head.scheme",
                .documentation = "quantizer of a language model's head",
                .choices = namesOf(weightSchemes()),
                .when = ofLanguageModels(whenQuantizing())})
          .add(&HeadSettings::bits,
               {.key = "quant.head.bits",
                .documentation = "bits of a language model's head",
                .unit = "bits",
                .minimum = 1,
                .maximum = 8,
                .when = ofLanguageModels(whenQuantizing("quant.head.scheme", schemesWithBits()))})
          .add(
              &HeadSettings::granularity,
              {.key = "quant.head.granularity",
               .documentation = "one scale for the head, per row (token) or per group within a row",
               .choices = {"tensor", "row", "group"},
               .when = ofLanguageModels(whenQuantizing())});
  return kGroup;
}

WeightPrecision HeadSettings::over(WeightPrecision linear) const {
  linear.scheme = scheme;
  linear.bits = bits;
  linear.granularity = granularity;
  return linear;
}

const std::vector<WeightScheme>& weightSchemes() {
  // int8: the authors' code takes the symmetric grid for linear layers and the clipped one for the
  // embedding.
  static const std::vector<WeightScheme> kSchemes = {
      {.name = "none"},
      scheme("ternary", "ternary", 2),
      scheme("int4", "clip_uniform", 4),
      {.name = "int8",
       .weight_quantizer = "symmetric",
       .embedding_quantizer = "clip_uniform",
       .bits = 8},
      scheme("clip_uniform", "clip_uniform"),
      scheme("symmetric", "symmetric"),
      scheme("symmetric_full", "symmetric_full"),
      scheme("asymmetric", "asymmetric"),
      scheme("affine", "affine"),
      scheme("llm_qat", "llm_qat"),
      scheme("laq", "laq"),
      {.name = "lsq", .grid = "lsq"},
      {.name = "lsq_plus", .grid = "lsq", .start = GridStart::kThreeDeviations},
      {.name = "min_max", .grid = "min_max"},
      {.name = "beta_gamma", .grid = "beta_gamma"},
      scheme("binary", "binary", 1),
      scheme("binary_centered", "binary_centered", 1),
  };
  return kSchemes;
}

Quantizer makeWeightQuantizer(const WeightPrecision& precision, double clip) {
  const WeightScheme& found = findScheme(precision.scheme);
  return makeQuantizer(found, found.weight_quantizer, precision, clip);
}

Quantizer makeEmbeddingQuantizer(const WeightPrecision& precision, double clip) {
  const WeightScheme& found = findScheme(precision.scheme);
  return makeQuantizer(found, found.embedding_quantizer, precision, clip);
}

}  // namespace retort::train
