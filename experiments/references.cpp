#include "experiments/references.h"

#include "core/base/text.h"

#include <algorithm>
#include <map>
#include <vector>

#include <fmt/format.h>

namespace retort::experiments {

namespace {

constexpr std::string_view kNeeds = "needs.";
/// Enough for any chain that a person writes; small enough for a thread with a small stack.
constexpr std::size_t kLongestChain = 32;
/// Text grows with each reference in it: "${a}${a}" twenty times over would be a bomb.
constexpr std::size_t kLongestText = 100000;

/// The key of a text that is nothing but one reference.
std::optional<std::string> wholeReference(const std::string& text) {
  const bool is_reference = text.starts_with("${") && text.find('}') == text.size() - 1;
  return is_reference ? std::optional(text.substr(2, text.size() - 3)) : std::nullopt;
}

class Resolver {
 public:
  Resolver(const ReferenceScope& scope, DiagnosticSink& sink) : scope_(scope), sink_(sink) {}

  GivenSettings resolve(const GivenSettings& settings) {
    GivenSettings resolved;
    for (const auto& [key, setting] : settings) {
      const auto whole = setting.value.is_string()
                             ? wholeReference(setting.value.get<std::string>())
                             : std::nullopt;
      if (whole && isGroup(scope_.canonical_key(*whole))) {
        spliceGroup(key, *whole, setting.place, resolved);
        continue;
      }
      if (auto value = resolveValue(setting.value, setting.place)) {
        resolved.insert_or_assign(key, GivenSetting{std::move(*value), setting.place});
      }
    }
    return resolved;
  }

 private:
  /// True when the key has no value of its own but settings below it.
  [[nodiscard]] bool isGroup(const std::string& key) const {
    const auto below = scope_.settings->lower_bound(key + ".");
    return !scope_.settings->contains(key) && below != scope_.settings->end() &&
           below->first.starts_with(key + ".");
  }

  void spliceGroup(const std::string& key,
                   const std::string& group,
                   const Place& place,
                   GivenSettings& resolved) {
    const std::string prefix = group + ".";
    if (!enter(group, place)) {
      return;
    }
    for (auto below = scope_.settings->lower_bound(prefix);
         below != scope_.settings->end() && below->first.starts_with(prefix);
         ++below) {
      const std::string own_key = key + "." + below->first.substr(prefix.size());
      if (auto value = resolveValue(below->second.value, place)) {
        resolved.try_emplace(own_key,
                             GivenSetting{std::move(*value), place});  // what is given beside wins
      }
    }
    chain_.pop_back();
  }

  std::optional<Json> resolveValue(const Json& value, const Place& place) {
    if (value.is_array()) {
      Json list = Json::array();
      for (const Json& item : value) {
        auto resolved = resolveValue(item, place);
        if (!resolved) {
          return std::nullopt;
        }
        if (resolved->is_array()) {
          return refuse(
              place, "", fmt::format("{} is a list and cannot stand in a list", item.dump()));
        }
        list.push_back(std::move(*resolved));
      }
      return list;
    }
    if (!value.is_string()) {
      return value;
    }
    const auto& text = value.get_ref<const std::string&>();
    if (const auto whole = wholeReference(text)) {
      return lookUp(*whole, place);
    }
    return interpolate(text, place);
  }

  std::optional<Json> interpolate(const std::string& text, const Place& place) {
    std::string result;
    std::size_t position = 0;
    for (std::size_t begin = text.find("${"); begin != std::string::npos;
         begin = text.find("${", position)) {
      if (begin > position && text[begin - 1] == '$') {
        result += text.substr(position, begin - 1 - position) + "${";
        position = begin + 2;
        continue;
      }
      const std::size_t end = text.find('}', begin);
      if (end == std::string::npos) {
        return refuse(place, "", fmt::format("'${{' without '}}' in \"{}\"", text));
      }
      const std::string key = text.substr(begin + 2, end - begin - 2);
      const auto value = lookUp(key, place);
      if (!value) {
        return std::nullopt;
      }
      if (value->is_array()) {
        return refuse(
            place, key, fmt::format("${{{}}} is a list and cannot stand within a text", key));
      }
      result += text.substr(position, begin - position) +
                (value->is_string() ? value->get<std::string>() : shownNumber(*value));
      position = end + 1;
      if (result.size() > kLongestText) {
        return refuse(place, key, "the text becomes too long");
      }
    }
    return Json(result + text.substr(position));
  }

  static std::string shownNumber(const Json& value) {
    return value.is_number_float() ? formatDouble(value.get<double>()) : canonicalJson(value);
  }

  std::optional<Json> lookUp(const std::string& name, const Place& place) {
    if (name.starts_with(kNeeds)) {
      return scope_.need(name.substr(kNeeds.size()), place);
    }
    const std::string key = scope_.canonical_key(name);
    const auto found = scope_.settings->find(key);
    if (found == scope_.settings->end()) {
      Json value = scope_.default_of(key);
      if (!value.is_null()) {
        return value;
      }
      if (isGroup(key)) {
        return refuse(
            place, key, fmt::format("${{{}}} is a group of settings and must stand alone", key));
      }
      return refuseUnknown(key, place);
    }
    if (const auto known = known_.find(key); known != known_.end()) {
      return known->second;
    }
    if (!enter(key, place)) {
      return std::nullopt;
    }
    auto value = resolveValue(found->second.value, place);
    chain_.pop_back();
    known_[key] = value;
    return value;
  }

  std::optional<Json> refuseUnknown(const std::string& key, const Place& place) {
    std::vector<std::string> keys;
    for (const auto& setting : *scope_.settings) {
      keys.push_back(setting.first);
    }
    const auto nearest = nearestName(key, keys);
    return refuse(place,
                  key,
                  fmt::format("${{{}}}: there is no such setting in this run{}",
                              key,
                              nearest ? fmt::format("; did you mean ${{{}}}?", *nearest) : ""));
  }

  bool enter(const std::string& key, const Place& place) {
    const bool is_cycle = std::find(chain_.begin(), chain_.end(), key) != chain_.end();
    if (is_cycle || chain_.size() >= kLongestChain) {
      refuse(place,
             key,
             fmt::format(
                 "${{{}}} leads back to itself: {} -> {}", key, joinStrings(chain_, " -> "), key));
      return false;
    }
    chain_.push_back(key);
    return true;
  }

  std::optional<Json> refuse(const Place& place, const std::string& key, std::string message) {
    sink_.report(place, key, std::move(message));
    return std::nullopt;
  }

  const ReferenceScope& scope_;
  DiagnosticSink& sink_;
  std::vector<std::string> chain_;  ///< the references that are being followed
  /// Values that were looked up before: a reference to references to references costs no more than
  /// one.
  std::map<std::string, std::optional<Json>> known_;
};

}  // namespace

GivenSettings resolveReferences(const GivenSettings& settings,
                                const ReferenceScope& scope,
                                DiagnosticSink& sink) {
  return Resolver(scope, sink).resolve(settings);
}

}  // namespace retort::experiments
