#include "trainers/models/precision_map.h"

#include "core/base/text.h"
#include "trainers/models/parameter_place.h"
#include "trainers/quantizers/quantization_settings.h"
#include "trainers/train_error.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <numeric>

#include <fmt/format.h>

namespace retort::train {
namespace {

constexpr const char* kSetting = "quant.map";
constexpr const char* kWeightPrefix = "quant.weight.";
constexpr double kBitsPerByte = 8;
constexpr double kFullPrecisionBytes = 4;

bool isTable(const ParameterPlace& place) {
  return place.projection == "embeddings";
}

/// True for matrices and tables; the rest has no grid.
bool isMatrix(const ParameterPlace& place) {
  return !place.is_bias && !place.is_norm && !place.projection.empty();
}

[[noreturn]] void refuse(const std::string& rule, const std::string& problem) {
  throw TrainError(ExitCode::kBadSpec,
                   fmt::format("{}: '{}': {}; a rule is SELECTOR = SCHEME, or SELECTOR = "
                               "key=value … with keys of quant.weight",
                               kSetting,
                               rule,
                               problem));
}

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  const auto last = text.find_last_not_of(" \t");
  return first == std::string_view::npos ? "" : std::string(text.substr(first, last - first + 1));
}

std::vector<std::string> wordsOf(std::string_view text) {
  std::vector<std::string> words;
  while (true) {
    const auto first = text.find_first_not_of(" \t,");
    if (first == std::string_view::npos) {
      return words;
    }
    const auto end = std::min(text.find_first_of(" \t,", first), text.size());
    words.emplace_back(text.substr(first, end - first));
    text.remove_prefix(end);
  }
}

/// The declaration of quant.weight.<key>, which checks the value, too.
const SettingSpec& weightSetting(const std::string& rule, const std::string& key) {
  std::vector<std::string> known;
  for (const SettingSpec& spec : weightSettings().specs()) {
    if (spec.key == kWeightPrefix + key) {
      return spec;
    }
    known.push_back(spec.key.substr(std::string_view(kWeightPrefix).size()));
  }
  refuse(rule, fmt::format("unknown key '{}' (known: {})", key, joinStrings(known, ", ")));
}

/// The word as the setting's type.
Json typed(const SettingSpec& spec, const std::string& word) {
  if (spec.type == SettingType::kInteger || spec.type == SettingType::kReal) {
    const Json number = Json::parse(word, nullptr, /*allow_exceptions=*/false);
    return number.is_number() ? number : Json(word);
  }
  return word == "fp" ? Json("none") : Json(word);
}

void addChange(const std::string& rule, const std::string& word, SettingValues& changes) {
  const auto equals = word.find('=');
  const bool is_scheme = equals == std::string::npos;
  const SettingSpec& spec = weightSetting(rule, is_scheme ? "scheme" : word.substr(0, equals));
  const std::string value = is_scheme ? word : word.substr(equals + 1);
  const auto checked = checkSettingValue(spec, typed(spec, value));
  if (!checked) {
    refuse(rule, checked.error().message);
  }
  if (!changes.emplace(spec.key, *checked).second) {
    refuse(rule, fmt::format("{} is given twice", spec.key));
  }
}

/// How many elements of a weight share a scale.
std::int64_t elementsPerScale(const Quantizer& quantizer, const ParameterShape& parameter) {
  switch (quantizer.options().granularity) {
    case Granularity::kGroup:
      return quantizer.options().group_size;
    case Granularity::kRow:
      return parameter.shape.back();
    case Granularity::kTensor:
      break;
  }
  return std::accumulate(
      parameter.shape.begin(), parameter.shape.end(), std::int64_t{1}, std::multiplies<>());
}

/// A scale, and an offset or zero point where the scheme has one.
double numbersPerGrid(const std::string& scheme) {
  constexpr std::array<std::string_view, 4> kWithOffset = {
      "asymmetric", "affine", "min_max", "beta_gamma"};
  return std::find(kWithOffset.begin(), kWithOffset.end(), scheme) == kWithOffset.end() ? 1 : 2;
}

std::string describe(const WeightPrecision& precision, const Quantizer& quantizer) {
  if (quantizer.isIdentity()) {
    return "full precision";
  }
  std::string text = fmt::format(
      "{}, {} bits, per {}", precision.scheme, quantizer.options().bits, precision.granularity);
  if (quantizer.options().granularity == Granularity::kGroup) {
    text += fmt::format(" of {}", precision.group_size);
  }
  return text;
}

}  // namespace

const SettingGroup<PrecisionMapSettings>& precisionMapSettings() {
  const Json binary = {"embeddings.word = binary granularity=row",
                       "encoder.layer = binary granularity=tensor",
                       "pooler = binary granularity=tensor"};
  const Json bit = {"embeddings.word = binary_centered granularity=row",
                    "encoder.layer = binary_centered granularity=tensor",
                    "pooler = binary_centered granularity=tensor"};
  const Json ternary = {"embeddings.word = ternary granularity=row",
                        "encoder.layer = ternary granularity=tensor",
                        "pooler = ternary granularity=tensor"};
  const Json loss_aware = {"embeddings.word = laq bits=2 granularity=row curvature=adam",
                           "encoder.layer = laq bits=2 granularity=tensor curvature=adam",
                           "pooler = laq bits=2 granularity=tensor curvature=adam"};
  // Symmetric grids on all levels, whose steps start at absmax / (2^(bits-1) - 1) and are learned.
  const Json aimet = {"weights = lsq bits=4 granularity=row start=range",
                      "head = lsq bits=8 granularity=row start=range",
                      "embeddings = fp"};
  const Json llm_qat = {"weights = llm_qat bits=4 granularity=row", "head = fp", "embeddings = fp"};
  static const auto kGroup = SettingGroup<PrecisionMapSettings>().add(
      &PrecisionMapSettings::rules,
      {.key = kSetting,
       .documentation =
           "rules that give some weights another precision, each over the ones before: "
           "'SELECTOR = SCHEME' or 'SELECTOR = key=value …' with keys of quant.weight; selectors "
           "as in freeze ('encoder.layer.[0-3].attention = int4', 'classifier = int8', "
           "'layer:0-1/q = fp'); also as a map (SELECTOR: SCHEME); or a paper's map",
       .presets = {{"none", Json::array()},
                   {"kim2022", ternary},
                   {"ternarybert", ternary},
                   {"ternarybert_lat", loss_aware},
                   {"binarybert", binary},
                   {"bit", bit},
                   {"aimet", aimet},
                   {"llm_qat", llm_qat}},
       .when = {{.key = "phase", .any_of = {"kd_qat"}}}});
  return kGroup;
}

std::vector<TechniqueSpec> precisionMapSpecs() {
  const auto map = [](const char* name, const char* documentation, const char* source) {
    return TechniqueSpec{.kind = "precision_map",
                         .name = name,
                         .documentation = documentation,
                         .source = source,
                         .settings = {kSetting}};
  };
  return {map("none", "quant.weight and quant.embedding as they are", ""),
          map("kim2022",
              "ternary word embedding per row, ternary linear layers and pooler per tensor",
              "arXiv 2211.11014 and 2302.11812, and their code"),
          map("ternarybert",
              "the same as kim2022: its code takes the quantizers over",
              "TernaryBERT, arXiv 2009.12812, and its code"),
          map("ternarybert_lat",
              "loss-aware ternary weights, weighed by Adam's second moment",
              "TernaryBERT, arXiv 2009.12812; its released code has none"),
          map("binarybert",
              "binary word embedding per row, binary linear layers and pooler per tensor",
              "BinaryBERT, arXiv 2012.15701, and its code"),
          map("bit",
              "binary weights around the tensor's mean, the word embedding per row",
              "BiT, arXiv 2205.13016, and its code"),
          map("aimet",
              "decoders: learned symmetric 4 bits per row, head 8 bits, table of tokens in full "
              "precision",
              "AIMET's example llm_qat_kd, of the authors of arXiv 2403.18159"),
          map("llm_qat",
              "decoders: LLM-QAT's 4 bits per row, head and table of tokens in full precision",
              "LLM-QAT, arXiv 2305.17888, and its code")};
}

PrecisionMap::PrecisionMap(const SettingValues& settings)
    : linear_(weightSettings().read(settings)),
      embedding_(embeddingSettings().read(settings).over(linear_)),
      head_(headSettings().read(settings).over(linear_)),
      clip_(quantizationSettings().read(settings).clip) {
  for (const std::string& text : precisionMapSettings().read(settings).rules) {
    rules_.push_back(parseRule(text));
  }
}

PrecisionMap::Rule PrecisionMap::parseRule(const std::string& text) {
  const auto equals = text.find('=');
  const std::vector<std::string> words = equals == std::string::npos
                                             ? std::vector<std::string>{}
                                             : wordsOf(std::string_view(text).substr(equals + 1));
  if (words.empty()) {
    refuse(text, "no scheme after a '='");
  }
  Rule rule = {.text = text,
               .selects = parseParameterSelector(kSetting, trimmed(text.substr(0, equals)))};
  for (const std::string& word : words) {
    addChange(text, word, rule.changes);
  }
  return rule;
}

WeightPrecision PrecisionMap::basePrecision(std::string_view name) const {
  const ParameterPlace place = parameterPlace(name);
  if (isMatrix(place) && place.projection == "head") {
    return head_;
  }
  WeightPrecision precision = isTable(place) ? embedding_ : linear_;
  if (!isQuantizedWeight(name)) {
    precision.scheme = "none";
  }
  return precision;
}

WeightPrecision PrecisionMap::precision(std::string_view name) const {
  WeightPrecision precision = basePrecision(name);
  if (!isMatrix(parameterPlace(name))) {
    return precision;
  }
  for (const Rule& rule : rules_) {
    if (rule.selects(name)) {
      SettingValues changed = rule.changes;
      changed.merge(toSettings(precision));
      precision = weightSettings().read(changed);
    }
  }
  return precision;
}

Quantizer PrecisionMap::quantizer(std::string_view name) const {
  const WeightPrecision wanted = precision(name);
  try {
    return isTable(parameterPlace(name)) ? makeEmbeddingQuantizer(wanted, clip_)
                                         : makeWeightQuantizer(wanted, clip_);
  } catch (const TrainError& error) {
    throw TrainError(error.exitCode(), fmt::format("{}: {}", name, error.what()));
  }
}

void PrecisionMap::check(const std::vector<ParameterShape>& parameters) const {
  for (const Rule& rule : rules_) {
    const bool selects_any =
        std::any_of(parameters.begin(), parameters.end(), [&rule](const ParameterShape& parameter) {
          return isMatrix(parameterPlace(parameter.name)) && rule.selects(parameter.name);
        });
    if (!selects_any) {
      throw TrainError(
          ExitCode::kBadSpec,
          fmt::format("{}: '{}' selects no weight of this model", kSetting, rule.text));
    }
  }
  for (const ParameterShape& parameter : parameters) {
    const Quantizer made = quantizer(parameter.name);
    const std::int64_t size = made.options().group_size;
    const bool has_groups = !made.isIdentity() && made.options().granularity == Granularity::kGroup;
    if (has_groups && parameter.shape.back() % size != 0) {
      throw TrainError(ExitCode::kBadSpec,
                       fmt::format("quant.weight.group_size is {}, which does not divide the rows "
                                   "of {} (length {})",
                                   size,
                                   parameter.name,
                                   parameter.shape.back()));
    }
  }
}

StoredSize PrecisionMap::storedSize(const std::vector<ParameterShape>& parameters) const {
  StoredSize size;
  for (const ParameterShape& parameter : parameters) {
    const auto elements = static_cast<double>(std::accumulate(
        parameter.shape.begin(), parameter.shape.end(), std::int64_t{1}, std::multiplies<>()));
    const Quantizer made = quantizer(parameter.name);
    size.full_precision += elements * kFullPrecisionBytes;
    if (made.isIdentity()) {
      size.quantized += elements * kFullPrecisionBytes;
      continue;
    }
    const double numbers = numbersPerGrid(precision(parameter.name).scheme);
    const double scales = elements / static_cast<double>(elementsPerScale(made, parameter));
    size.quantized +=
        elements * made.options().bits / kBitsPerByte + scales * numbers * kFullPrecisionBytes;
  }
  return size;
}

Json PrecisionMap::summary(const std::vector<ParameterShape>& parameters) const {
  std::map<std::string, int> counts;
  for (const ParameterShape& parameter : parameters) {
    if (isMatrix(parameterPlace(parameter.name))) {
      ++counts[describe(precision(parameter.name), quantizer(parameter.name))];
    }
  }
  const StoredSize size = storedSize(parameters);
  return {{"weights", counts},
          {"stored_bytes", size.quantized},
          {"full_precision_bytes", size.full_precision}};
}

}  // namespace retort::train
