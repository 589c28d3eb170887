#include "trainers/freezing/freezing.h"

#include "core/base/text.h"
#include "trainers/models/parameter_place.h"
#include "trainers/models/parameter_selector.h"
#include "trainers/train_error.h"

#include <algorithm>
#include <map>
#include <string_view>

#include <fmt/format.h>

namespace retort::train {
namespace {

/// "0-2, 5": sorted numbers with runs joined.
std::string describeLayers(const std::set<int>& layers) {
  std::vector<std::string> ranges;
  for (auto it = layers.begin(); it != layers.end();) {
    const int first = *it;
    int last = first;
    while (++it != layers.end() && *it == last + 1) {
      ++last;
    }
    ranges.push_back(first == last ? std::to_string(first) : fmt::format("{}-{}", first, last));
  }
  return joinStrings(ranges, ", ");
}

constexpr const char* kOvFreeze = "ov-freeze, arXiv 2403.18159";

/// A set of weights with a name.
struct FreezeRule {
  const char* name;
  Json selectors;
  const char* documentation;
  const char* source = "";
};

const std::vector<FreezeRule>& freezeRules() {
  static const std::vector<FreezeRule> kRules = {
      {"none", Json::array(), "every parameter is trained"},
      {"o", {"o"}, "output projections stay as the teacher's (still quantized)", kOvFreeze},
      {"v", {"v"}, "value projections stay", kOvFreeze},
      {"ov", {"o", "v"}, "output and value projections stay", kOvFreeze},
      {"q", {"q"}, "query projections stay"},
      {"k", {"k"}, "key projections stay"},
      {"qk", {"q", "k"}, "query and key projections stay"},
      {"qkv", {"q", "k", "v"}, "query, key and value projections stay", kOvFreeze},
      {"qkvo", {"q", "k", "v", "o"}, "all projections of the attention stay"},
      {"mlp", {"mlp"}, "all linears of the MLP stay"},
      {"norms_only", {"not:norms"}, "only norms are trained, and what quantizers learn"},
      {"scales_only", {"weights"}, "only what quantizers learn is trained"}};
  return kRules;
}

std::map<std::string, Json> freezePresets() {
  std::map<std::string, Json> presets;
  for (const FreezeRule& rule : freezeRules()) {
    presets[rule.name] = rule.selectors;
  }
  return presets;
}

/// "last:2" as "layer:4-5" of six layers, at any place after "not:"; others as they are.
std::string withLayerNumbers(const std::string& selector,
                             const std::vector<std::string>& parameters) {
  constexpr std::string_view kLast = "last:";
  const std::size_t at = selector.find(kLast);
  if (at == std::string::npos || (at != 0 && !selector.starts_with("not:"))) {
    return selector;
  }
  int layers = 0;
  for (const std::string& name : parameters) {
    layers = std::max(layers, parameterPlace(name).layer + 1);
  }
  const auto count = parseInteger(selector.substr(at + kLast.size()));
  if (!count || *count < 1 || *count > layers) {
    throw TrainError(
        ExitCode::kBadSpec,
        fmt::format("freeze: '{}' must end in a number from 1 to {}, the model's layers",
                    selector,
                    layers));
  }
  return fmt::format("{}layer:{}-{}", selector.substr(0, at), layers - *count, layers - 1);
}

}  // namespace

const SettingGroup<FreezeSettings>& freezeSettings() {
  static const auto kGroup = SettingGroup<FreezeSettings>().add(
      &FreezeSettings::selectors,
      {.key = "freeze",
       .documentation =
           "latent weights that are not trained: q, k, v, o, ffn1, ffn2, gate, up, "
           "down, mlp, embeddings, pooler, classifier, head, norms, weights (all), "
           "quantizers (what they learn), layer:0-2, layer:3/q, last:2 (the last "
           "layers), not:norms (all but these), or patterns of parameter names. Frozen "
           "weights hold their quantized values; their ranges go on learning where "
           "they are learned, unless quantizers or quantizers.*.o_proj are frozen, "
           "too",
       .presets = freezePresets()});
  return kGroup;
}

std::vector<TechniqueSpec> freezeSpecs() {
  std::vector<TechniqueSpec> specs;
  for (const FreezeRule& rule : freezeRules()) {
    specs.push_back({.kind = "freeze_rule",
                     .name = rule.name,
                     .documentation = rule.documentation,
                     .formula = rule.selectors.empty() ? "" : "W_t = Q(W_0)",
                     .source = rule.source,
                     .settings = {"freeze"}});
  }
  return specs;
}

std::set<std::string> frozenParameters(const std::vector<std::string>& selectors,
                                       const std::vector<std::string>& parameters) {
  std::set<std::string> frozen;
  for (const std::string& selector : selectors) {
    const ParameterSelector is_chosen =
        parseParameterSelector("freeze", withLayerNumbers(selector, parameters));
    bool chooses_any = false;
    for (const std::string& name : parameters) {
      if (is_chosen(name)) {
        frozen.insert(name);
        chooses_any = true;
      }
    }
    if (!chooses_any) {
      throw TrainError(ExitCode::kBadSpec,
                       fmt::format("freeze: '{}' matches no parameter of this model", selector));
    }
  }
  return frozen;
}

std::string describeFrozen(const std::set<std::string>& frozen,
                           const std::vector<std::string>& parameters) {
  if (frozen.empty()) {
    return "nothing frozen";
  }
  std::map<std::string, std::set<int>> layers_of_part;
  for (const std::string& name : frozen) {
    const ParameterPlace place = parameterPlace(name);
    const std::string part = isQuantizerParameter(name) ? "quantizers"
                             : place.projection.empty() ? name
                                                        : place.projection;
    std::set<int>& layers = layers_of_part[part];
    if (place.layer >= 0) {
      layers.insert(place.layer);
    }
  }
  std::vector<std::string> parts;
  for (const auto& [part, layers] : layers_of_part) {
    parts.push_back(layers.empty() ? part
                                   : fmt::format("{} (layers {})", part, describeLayers(layers)));
  }
  return fmt::format(
      "{} of {} parameters frozen: {}", frozen.size(), parameters.size(), joinStrings(parts, ", "));
}

}  // namespace retort::train
