#include "trainers/models/parameter_selector.h"

#include "core/base/text.h"
#include "trainers/models/parameter_place.h"
#include "trainers/train_error.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include <fmt/format.h>

namespace retort::train {
namespace {

constexpr std::array<const char*, 17> kParts = {"q",
                                                "k",
                                                "v",
                                                "o",
                                                "ffn1",
                                                "ffn2",
                                                "gate",
                                                "up",
                                                "down",
                                                "mlp",
                                                "embeddings",
                                                "pooler",
                                                "classifier",
                                                "head",
                                                "norms",
                                                "weights",
                                                "quantizers"};
constexpr std::string_view kLayerWord = "layer:";
constexpr std::string_view kComplementWord = "not:";
constexpr std::array<std::string_view, 3> kOptionalPrefixes = {"bert.", "model.", "transformer."};
constexpr std::array<std::string_view, 5> kMlp = {"ffn1", "ffn2", "gate", "up", "down"};

bool isPart(std::string_view word) {
  return std::any_of(
      kParts.begin(), kParts.end(), [word](std::string_view part) { return part == word; });
}

bool belongsTo(std::string_view name, std::string_view part) {
  if (part == "weights" || part == "quantizers") {
    return isQuantizerParameter(name) == (part == "quantizers");
  }
  const ParameterPlace place = parameterPlace(name);
  if (part == "mlp") {
    return std::ranges::find(kMlp, place.projection) != kMlp.end();
  }
  return part == "norms" ? place.is_norm : place.projection == part;
}

/// Whole numbers, both ends included.
struct Range {
  std::int64_t first = 0;
  std::int64_t last = 0;

  [[nodiscard]] bool holds(std::int64_t value) const { return value >= first && value <= last; }
};

/// "0-2", "3".
std::optional<Range> parseRange(std::string_view text) {
  const auto dash = text.find('-');
  const auto first = parseInteger(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : parseInteger(text.substr(dash + 1));
  if (!first || !last || *first < 0 || *last < *first) {
    return std::nullopt;
  }
  return Range{.first = *first, .last = *last};
}

struct LayerSelector {
  Range layers;
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
  const std::optional<Range> layers = parseRange(text);
  if (!layers) {
    return std::nullopt;
  }
  selector.layers = *layers;
  return selector;
}

[[noreturn]] void refuse(std::string_view setting, const std::string& selector) {
  const std::vector<std::string> known(kParts.begin(), kParts.end());
  const auto nearest = nearestName(selector, known);
  const std::string hint =
      nearest ? fmt::format("did you mean '{}'?", *nearest)
              : fmt::format(
                    "known: {}, layer:N, layer:N-M, layer:N/q, or a pattern of parameter "
                    "names with *, ? or [N-M]",
                    joinStrings(known, ", "));
  throw TrainError(ExitCode::kBadSpec,
                   fmt::format("{}: unknown selector '{}'; {}", setting, selector, hint));
}

/// Lengths of a name's beginnings that the part of the pattern read so far stands for.
class ReachedLengths {
 public:
  explicit ReachedLengths(std::string_view name) : name_(name), reached_(name.size() + 1, false) {
    reached_[0] = true;
  }

  void takeCharacter(char c) {
    for (std::size_t i = reached_.size() - 1; i > 0; --i) {
      reached_[i] = reached_[i - 1] && (c == '?' || name_[i - 1] == c);
    }
    reached_[0] = false;
  }

  void takeAnything() {
    const auto first = std::find(reached_.begin(), reached_.end(), true);
    std::fill(first, reached_.end(), true);
  }

  void takeNumber(const Range& range) {
    std::vector<bool> after(reached_.size(), false);
    for (std::size_t i = 0; i < name_.size(); ++i) {
      const std::size_t end = std::min(name_.find_first_not_of("0123456789", i), name_.size());
      const auto number = parseInteger(name_.substr(i, end - i));
      if (reached_[i] && number && range.holds(*number)) {
        after[end] = true;
      }
    }
    reached_ = after;
  }

  [[nodiscard]] bool endsAtBoundary() const {
    for (std::size_t i = 0; i < name_.size(); ++i) {
      if (reached_[i] && (name_[i] == '.' || name_[i] == '_')) {
        return true;
      }
    }
    return reached_.back();
  }

 private:
  std::string_view name_;
  std::vector<bool> reached_;
};

}  // namespace

bool matchesNamePattern(std::string_view setting, std::string_view pattern, std::string_view name) {
  for (const std::string_view prefix : kOptionalPrefixes) {
    if (name.starts_with(prefix) && !pattern.starts_with(prefix) &&
        matchesNamePattern(setting, pattern, name.substr(prefix.size()))) {
      return true;
    }
  }
  ReachedLengths lengths(name);
  for (std::size_t p = 0; p < pattern.size(); ++p) {
    if (pattern[p] == '*') {
      lengths.takeAnything();
    } else if (pattern[p] != '[') {
      lengths.takeCharacter(pattern[p]);
    } else {
      const std::size_t end = pattern.find(']', p);
      const std::optional<Range> range = parseRange(pattern.substr(p + 1, end - p - 1));
      if (end == std::string_view::npos || !range) {
        throw TrainError(
            ExitCode::kBadSpec,
            fmt::format("{}: '{}' has a '[' that no range like [0-11] follows", setting, pattern));
      }
      lengths.takeNumber(*range);
      p = end;
    }
  }
  return lengths.endsAtBoundary();
}

ParameterSelector parseParameterSelector(std::string_view setting, const std::string& selector) {
  if (selector.starts_with(kComplementWord)) {
    const ParameterSelector spared =
        parseParameterSelector(setting, selector.substr(kComplementWord.size()));
    return [spared](std::string_view name) {
      return !isQuantizerParameter(name) && !spared(name);
    };
  }
  if (isPart(selector)) {
    return [selector](std::string_view name) {
      return belongsTo(name, selector);
    };
  }
  if (selector.starts_with(kLayerWord)) {
    const auto chosen = parseLayerSelector(std::string_view(selector).substr(kLayerWord.size()));
    if (!chosen) {
      refuse(setting, selector);
    }
    return [chosen = *chosen](std::string_view name) {
      return chosen.layers.holds(parameterPlace(name).layer) &&
             (chosen.part.empty() || belongsTo(name, chosen.part));
    };
  }
  if (selector.find_first_of("*?.[") == std::string::npos) {
    refuse(setting, selector);
  }
  static_cast<void>(matchesNamePattern(setting, selector, ""));
  return [selector, setting = std::string(setting)](std::string_view name) {
    return matchesNamePattern(setting, selector, name);
  };
}

}  // namespace retort::train
