#pragma once

#include "core/settings/catalogue.h"

#include <string>

/// A catalogue for people. Pure.
namespace retort::cli {

/// Only settings, techniques and metrics whose name, kind or documentation holds `text` (ASCII case
/// does not count).
[[nodiscard]] Catalogue filterCatalogue(const Catalogue& catalogue, const std::string& text);

/// Paragraphs wrapped to `width` columns: settings by their first word, techniques by kind,
/// metrics.
[[nodiscard]] std::string catalogueText(const Catalogue& catalogue,
                                        std::size_t width,
                                        bool has_color);

/// A reference page: a table of settings for each group, techniques with formula and source, a
/// table of metrics.
[[nodiscard]] std::string catalogueMarkdown(const Catalogue& catalogue);

/// "integer >= 1, steps", "none | ternary | int4", "real in (0, 1]".
[[nodiscard]] std::string settingDomain(const SettingSpec& setting);

/// "2e-05"; "required" or "none" where there is no default.
[[nodiscard]] std::string settingDefault(const SettingSpec& setting);

/// "when phase is kd_qat"; empty when it always applies.
[[nodiscard]] std::string settingCondition(const SettingSpec& setting);

/// A line for each preset of a choice: its conditions, the defaults and where they come from.
[[nodiscard]] std::vector<std::string> presetLines(const SettingSpec& setting);

}  // namespace retort::cli
