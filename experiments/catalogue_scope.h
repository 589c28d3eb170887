#pragma once

#include "core/settings/resolve.h"
#include "experiments/experiment_document.h"

#include <functional>
#include <string>
#include <unordered_map>

namespace retort::experiments {

/// A setting that is a list of texts may be given as a map: its entries become "KEY = VALUE", in
/// the file's order, so that
///   quant.map: {encoder.layer.[0-3].attention: int4, classifier: fp}
/// is the list of these two rules. Entries that are lists, and those beside a list that is given as
/// one, stay as they are (and are no settings).
[[nodiscard]] GivenSettings foldedLists(
    const GivenSettings& settings,
    const std::function<const SettingSpec*(const std::string& key)>& find);

/// What the expansion asks of a catalogue, with fast look-up.
class CatalogueScope {
 public:
  explicit CatalogueScope(const Catalogue& catalogue);

  [[nodiscard]] const Catalogue& catalogue() const { return catalogue_; }

  [[nodiscard]] const SettingSpec* find(const std::string& key) const;

  /// The key of the setting that a shorthand sets ("distill.logits" ->
  /// "distill.logits.coefficient"); other keys as they are.
  [[nodiscard]] const std::string& canonicalKey(const std::string& key) const;

  /// All keys canonical, and lists that are given as maps (foldedLists) lists. When a shorthand and
  /// its setting are both given, the one in the map's order stays.
  [[nodiscard]] GivenSettings canonicalKeys(const GivenSettings& settings) const;

  /// The default of a setting beside these given ones: a preset's or the declared one; null when it
  /// has none or is unknown.
  [[nodiscard]] Json defaultOf(const std::string& key, const GivenSettings& given = {}) const;

  /// The value in the setting's own type, for comparisons; as it is when it does not fit.
  [[nodiscard]] Json canonicalValue(const std::string& key, const Json& value) const;

 private:
  const Catalogue& catalogue_;
  std::unordered_map<std::string, const SettingSpec*> settings_;
  std::unordered_map<std::string, std::string> shorthands_;
};

}  // namespace retort::experiments
