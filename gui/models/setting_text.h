#pragma once

#include "core/settings/catalogue.h"
#include "experiments/yaml_tree.h"

#include <QString>

/// Values of settings as people type and read them in a form.
namespace retort::gui {

/// "0.0005", "o, v", a preset's name for its list; empty for no value.
[[nodiscard]] QString settingText(const SettingSpec& spec, const Json& value);

/// What a typed text means for a setting, checked against its declaration; numbers keep their
/// spelling. "${…}" is taken as it is. The error is one sentence.
[[nodiscard]] Result<experiments::YamlNode, QString> parseSettingText(const SettingSpec& spec,
                                                                      const QString& text);

/// True when more typing may make a value of it: "", "1e-", "-". False for letters in a number and
/// for integers that are beyond the limits already.
[[nodiscard]] bool isSettingBeginning(const SettingSpec& spec, const QString& text);

/// "integer, 1 to 64, default 8".
[[nodiscard]] QString settingSummary(const SettingSpec& spec);

/// "phase is kd_qat and model.init is random"; empty when the setting always applies.
[[nodiscard]] QString settingCondition(const SettingSpec& spec);

}  // namespace retort::gui
