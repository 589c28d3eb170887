#pragma once

#include "core/settings/resolve.h"

#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

/// How a setting is declared, once, beside the code that uses it:
///
///   struct OptimizerSettings {
///     double weight_decay = 0.01;
///   };
///   const SettingGroup<OptimizerSettings>& optimizerSettings() {
///     static const auto kGroup = SettingGroup<OptimizerSettings>().add(
///         &OptimizerSettings::weight_decay,
///         {.key = "train.weight_decay", .documentation = "decoupled weight decay", .minimum = 0});
///     return kGroup;
///   }
///
/// The type comes from the member (a string with choices is a choice; set `.type =
/// SettingType::kPath` for inputs), the default from the member's initializer. The catalogue
/// collects `specs()`; the trainer reads values with `read`.
namespace retort::train {

template <class S>
class SettingGroup {
 public:
  /// Declares a setting that fills `member`. An optional member has no default and stays empty when
  /// not given.
  template <class T>
  SettingGroup& add(T S::*member, SettingSpec spec) {
    completeType(spec, static_cast<const T*>(nullptr));
    if constexpr (!IsOptional<T>::value) {
      if (spec.default_value.is_null() && !spec.is_required) {
        spec.default_value = Json(S{}.*member);
      }
    }
    specs_.push_back(std::move(spec));
    assign_.push_back([member](S& target, const Json& value) { assignTo(target.*member, value); });
    return *this;
  }

  [[nodiscard]] const std::vector<SettingSpec>& specs() const { return specs_; }

  /// The group's values out of a run's resolved settings; settings that do not apply keep their
  /// initializers.
  [[nodiscard]] S read(const SettingValues& values) const {
    S result;
    for (std::size_t i = 0; i < specs_.size(); ++i) {
      const auto found = values.find(specs_[i].key);
      if (found != values.end() && !found->second.is_null()) {
        assign_[i](result, found->second);
      }
    }
    return result;
  }

 private:
  template <class T>
  struct IsOptional : std::false_type {};

  template <class T>
  struct IsOptional<std::optional<T>> : std::true_type {};

  template <class T>
  static void completeType(SettingSpec& spec, const std::optional<T>*) {
    completeType(spec, static_cast<const T*>(nullptr));
  }

  static void completeType(SettingSpec& spec, const bool*) { spec.type = SettingType::kBool; }

  static void completeType(SettingSpec& spec, const std::int64_t*) {
    spec.type = SettingType::kInteger;
  }

  static void completeType(SettingSpec& spec, const double*) { spec.type = SettingType::kReal; }

  static void completeType(SettingSpec& spec, const std::string*) {
    if (spec.type != SettingType::kPath && !spec.choices.empty()) {
      spec.type = SettingType::kChoice;
    }
  }

  static void completeType(SettingSpec& spec, const std::vector<std::string>*) {
    spec.type = SettingType::kStringList;
  }

  template <class T>
  static void assignTo(T& target, const Json& value) {
    target = value.get<T>();
  }

  template <class T>
  static void assignTo(std::optional<T>& target, const Json& value) {
    target = value.get<T>();
  }

  std::vector<SettingSpec> specs_;
  std::vector<std::function<void(S&, const Json&)>> assign_;
};

}  // namespace retort::train
