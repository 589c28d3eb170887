#include "trainers/freezing/freezing.h"

#include "core/base/text.h"
#include "trainers/models/parameter_place.h"
#include "trainers/train_error.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <optional>

#include <fmt/format.h>

namespace retort::train {
namespace {

constexpr std::array<const char*, 10> kParts = {
    "q", "k", "v", "o", "ffn1", "ffn2", "embeddings", "pooler", "classifier", "norms"};
constexpr std::string_view kLayerWord = "layer:";

bool isPart(std::string_view word) {
  return std::any_of(
      kParts.begin(), kParts.end(), [word](std::string_view part) { return part == word; });
}

bool belongsTo(const ParameterPlace& place, std::string_view part) {
  return part == "norms" ? place.is_norm : place.projection == part;
}

struct LayerSelector {
  std::int64_t first = 0;
  std::int64_t last = 0;
  std::string part;  ///< empty: the whole layer
};

/// "0-2", "3", "3/q".
std::optional<LayerSelector> parseLayerSelector(std::string_view text) {
  LayerSelector selector;
  if (const auto slash = text.find('/'); slash != std::string_view::npos) {
    selector.part = text.substr(slash + 1);
    text = text.substr(0, slash);
    if (!isPart(selector.part)) {
      return std::nullopt;
    }
  }
  const auto dash = text.find('-');
  const auto first = parseInteger(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : parseInteger(text.substr(dash + 1));
  if (!first || !last || *first < 0 || *last < *first) {
    return std::nullopt;
  }
  selector.first = *first;
  selector.last = *last;
  return selector;
}

/// `*` stands for any characters, `?` for one. Linear in the name for each star: no backtracking
/// blow-up.
bool matchesPattern(std::string_view pattern, std::string_view name) {
  std::size_t p = 0;
  std::size_t n = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (n < name.size()) {
    if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == name[n]) && pattern[p] != '*') {
      ++p;
      ++n;
    } else if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

using Predicate = std::function<bool(const std::string& name)>;

[[noreturn]] void refuse(const std::string& selector) {
  std::vector<std::string> known(kParts.begin(), kParts.end());
  const auto nearest = nearestName(selector, known);
  const std::string hint =
      nearest ? fmt::format("did you mean '{}'?", *nearest)
              : fmt::format(
                    "known: {}, layer:N, layer:N-M, layer:N/q, or a pattern of parameter "
                    "names with * or ?",
                    joinStrings(known, ", "));
  throw TrainError(ExitCode::kBadSpec,
                   fmt::format("freeze: unknown selector '{}'; {}", selector, hint));
}

Predicate parseSelector(const std::string& selector) {
  if (isPart(selector)) {
    return [selector](const std::string& name) {
      return belongsTo(parameterPlace(name), selector);
    };
  }
  if (selector.starts_with(kLayerWord)) {
    const auto layers = parseLayerSelector(std::string_view(selector).substr(kLayerWord.size()));
    if (!layers) {
      refuse(selector);
    }
    return [layers = *layers](const std::string& name) {
      const ParameterPlace place = parameterPlace(name);
      return place.layer >= layers.first && place.layer <= layers.last &&
             (layers.part.empty() || belongsTo(place, layers.part));
    };
  }
  if (selector.find_first_of("*?.") == std::string::npos) {
    refuse(selector);
  }
  return [selector](const std::string& name) {
    return matchesPattern(selector, name);
  };
}

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

}  // namespace

const SettingGroup<FreezeSettings>& freezeSettings() {
  static const auto kGroup = SettingGroup<FreezeSettings>().add(
      &FreezeSettings::selectors,
      {.key = "freeze",
       .documentation = "latent weights that are not trained: q, k, v, o, ffn1, ffn2, embeddings, "
                        "pooler, classifier, "
                        "norms, layer:0-2, layer:3/q, or patterns of parameter names",
       .presets = {{"none", Json::array()}, {"ov", {"o", "v"}}}});
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
    const Predicate is_chosen = parseSelector(selector);
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
