#pragma once

#include "core/settings/preset.h"
#include "core/settings/resolve.h"

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

/// Which settings apply beside given ones, and which values they have: given, else a preset's, else
/// the declared default.
namespace retort {

/// A given value that was checked, and the key it was given under.
struct GivenValue {
  std::string given_key;
  Json value;
};

/// Look-up by key; a large grid resolves tens of thousands of times. Refers to the catalogue.
class SettingIndex {
 public:
  /// A preset and the value it has for a key.
  using PresetValue = std::pair<const Preset*, const Json*>;

  explicit SettingIndex(const Catalogue& catalogue);
  SettingIndex(const SettingIndex&) = delete;
  SettingIndex& operator=(const SettingIndex&) = delete;

  /// Null when the key is unknown.
  [[nodiscard]] const SettingSpec* find(std::string_view key) const;

  /// The presets that set a key, in the order of the catalogue.
  [[nodiscard]] const std::vector<PresetValue>& presetsFor(std::string_view key) const;

  [[nodiscard]] const std::deque<Preset>& presets() const { return presets_; }

 private:
  std::unordered_map<std::string_view, const SettingSpec*> specs_;
  std::deque<Preset> presets_;  // whose places stay
  std::unordered_map<std::string_view, std::vector<PresetValue>> presets_by_key_;
};

/// A condition holds when its key applies, has a value and that value fits. A circle of conditions
/// does not hold.
class EffectiveValues {
 public:
  EffectiveValues(const SettingIndex& index, const std::map<std::string, GivenValue>& given)
      : index_(index),
        given_(given) {}

  [[nodiscard]] bool applies(const SettingSpec& spec);

  /// Null when it has none; does not ask whether the setting applies.
  [[nodiscard]] Json valueOf(const SettingSpec& spec);

  /// The value of the last preset that sets the key and whose conditions hold; null when none does.
  [[nodiscard]] const Json* presetValueOf(std::string_view key);

 private:
  bool holds(const SettingCondition& condition);
  bool allHold(const void* owner, const std::vector<SettingCondition>& conditions);

  const SettingIndex& index_;
  const std::map<std::string, GivenValue>& given_;
  std::unordered_map<const void*, bool> known_;  ///< by setting or preset
};

/// The defaults that presets give beside these settings (dotted keys; shorthands are understood,
/// values that do not fit are passed over), without the keys that are given.
[[nodiscard]] SettingValues presetDefaults(const Catalogue& catalogue, const SettingValues& given);

}  // namespace retort
