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

std::map<std::string, Json> freezePresets() {
  return {{"none", Json::array()},
          {"o", {"o"}},
          {"v", {"v"}},
          {"ov", {"o", "v"}},
          {"q", {"q"}},
          {"k", {"k"}},
          {"qk", {"q", "k"}},
          {"qkv", {"q", "k", "v"}},
          {"qkvo", {"q", "k", "v", "o"}},
          {"mlp", {"mlp"}},
          {"norms_only", {"not:norms"}},
          {"scales_only", {"weights"}}};
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
       .documentation = "latent weights that are not trained: q, k, v, o, ffn1, ffn2, gate, up, "
                        "down, mlp, embeddings, pooler, classifier, head, norms, weights (all), "
                        "quantizers (what they learn), layer:0-2, layer:3/q, last:2 (the last "
                        "layers), not:norms (all but these), or patterns of parameter names",
       .presets = freezePresets()});
  return kGroup;
}

std::vector<TechniqueSpec> freezeSpecs() {
  return {{.kind = "freeze_rule",
           .name = "none",
           .documentation = "every parameter is trained",
           .settings = {"freeze"}},
          {.kind = "freeze_rule",
           .name = "ov",
           .documentation = "output and value projections stay as the teacher's (still quantized)",
           .source = "ov-freeze, arXiv 2403.18159",
           .settings = {"freeze"}}};
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
