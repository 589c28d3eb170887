#include "core/run/run_spec.h"

#include "core/base/hash.h"

#include <algorithm>

namespace retort {

namespace {

constexpr std::size_t kRunIdLength = 16;

}  // namespace

std::vector<std::string> RunSpec::neededRuns() const {
  std::vector<std::string> needed;
  for (const RunInput& input : inputs) {
    const bool is_new = std::find(needed.begin(), needed.end(), input.run_id) == needed.end();
    if (!input.run_id.empty() && is_new) {
      needed.push_back(input.run_id);
    }
  }
  return needed;
}

std::string computeRunId(const RunSpec& spec, const Catalogue& catalogue) {
  Json inputs = Json::object();
  for (const RunInput& input : spec.inputs) {
    // The part of the other run's folder that is read counts too: "run:ID/model" is not
    // "run:ID/model-best".
    const auto setting = spec.settings.find(input.key);
    const bool is_made = !input.run_id.empty() && setting != spec.settings.end();
    inputs[input.key] = is_made ? setting->second : Json("sha256:" + input.sha256);
  }
  Json settings = Json::object();
  for (const auto& [key, value] : spec.settings) {
    const SettingSpec* declared = catalogue.findSetting(key);
    const bool affects_result = declared == nullptr || declared->affects_result;
    if (affects_result && !inputs.contains(key)) {
      settings[key] = value;
    }
  }
  const Json identity = {{"trainer", spec.trainer},
                         {"release", spec.release},
                         {"settings", settings},
                         {"inputs", inputs}};
  return sha256Hex(canonicalJson(identity)).substr(0, kRunIdLength);
}

bool isRunId(std::string_view text) {
  return text.size() == kRunIdLength && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

}  // namespace retort
