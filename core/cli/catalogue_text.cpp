#include "core/cli/catalogue_text.h"

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/run/format.h"
#include "core/settings/preset.h"
#include "core/tables/escape.h"
#include "core/tables/text_width.h"

#include <algorithm>
#include <map>

namespace retort::cli {
namespace {

std::string lowerCase(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

std::string valuesText(const std::vector<Json>& values) {
  std::vector<std::string> parts;
  for (const Json& value : values) {
    parts.push_back(formatSetting(value));
  }
  return joinStrings(parts, " or ");
}

std::string rangeText(const SettingSpec& setting) {
  if (setting.minimum && setting.maximum) {
    return std::string(" in ") + (setting.is_minimum_exclusive ? "(" : "[") +
           formatDouble(*setting.minimum) + ", " + formatDouble(*setting.maximum) + "]";
  }
  if (setting.minimum) {
    return (setting.is_minimum_exclusive ? " > " : " >= ") + formatDouble(*setting.minimum);
  }
  return setting.maximum ? " <= " + formatDouble(*setting.maximum) : "";
}

std::string wrap(const std::string& text, std::size_t indent, std::size_t width) {
  return wrapText(escapeForTerminal(text), width, indent);
}

/// A paragraph of an entry; nothing without text.
std::string paragraph(const std::string& label, const std::string& text, std::size_t width) {
  return text.empty() ? "" : wrap(label + text, 6, width);
}

template <class Spec, class KeyOf>
std::map<std::string, std::vector<const Spec*>> groupBy(const std::vector<Spec>& specs,
                                                        const KeyOf& key_of) {
  std::map<std::string, std::vector<const Spec*>> groups;
  for (const Spec& spec : specs) {
    groups[key_of(spec)].push_back(&spec);
  }
  return groups;
}

std::string groupOf(const SettingSpec& setting) {
  return splitString(setting.key, '.').front();
}

std::string kindOf(const TechniqueSpec& technique) {
  std::string kind = technique.kind;
  std::replace(kind.begin(), kind.end(), '_', ' ');
  return kind;
}

std::string heading(const std::string& text, bool has_color) {
  const std::string shown = escapeForTerminal(text);
  return (has_color ? "\x1b[1m" + shown + "\x1b[0m" : shown) + "\n";
}

std::string dimensionsText(const MetricSpec& metric) {
  return metric.dimensions.empty() ? "" : "[" + joinStrings(metric.dimensions, ", ") + "]";
}

/// How several layers, projections or heads become one number, where it is not the mean.
std::string combinationText(const MetricSpec& metric) {
  switch (metric.combine) {
    case Combination::kMean:
      break;
    case Combination::kRootOfSquares:
      return "several as one: root of the sum of squares";
    case Combination::kSum:
      return "several as one: sum";
    case Combination::kMaximum:
      return "several as one: the largest";
    case Combination::kMinimum:
      return "several as one: the smallest";
  }
  return "";
}

std::string betterText(const MetricSpec& metric) {
  if (metric.better.empty()) {
    return "";
  }
  return metric.better == "max" ? "more is better" : "less is better";
}

/// Parts that are not empty, with a separator between them.
std::string joinPresent(const std::vector<std::string>& parts, const std::string& separator) {
  std::vector<std::string> present;
  std::copy_if(
      parts.begin(), parts.end(), std::back_inserter(present), [](const std::string& part) {
        return !part.empty();
      });
  return joinStrings(present, separator);
}

}  // namespace

std::string settingDomain(const SettingSpec& setting) {
  std::string text;
  if (setting.type == SettingType::kChoice) {
    text = joinStrings(setting.choices, " | ");
  } else {
    text = settingTypeName(setting.type) + rangeText(setting);
    if (!setting.choices.empty()) {
      text += " or " + joinStrings(setting.choices, " | ");
    }
  }
  if (setting.type == SettingType::kStringList) {
    for (const auto& [name, value] : setting.presets) {
      text += ", " + name + " = " + canonicalJson(value);
    }
  }
  return setting.unit.empty() ? text : text + ", " + setting.unit;
}

std::string settingDefault(const SettingSpec& setting) {
  if (setting.default_value.is_null()) {
    return setting.is_required ? "required" : "none";
  }
  return setting.default_value.is_string() && setting.default_value.get<std::string>().empty()
             ? "\"\""
             : formatSetting(setting.default_value);
}

std::string settingCondition(const SettingSpec& setting) {
  std::vector<std::string> parts;
  for (const SettingCondition& condition : setting.when) {
    if (!condition.any_of.empty()) {
      parts.push_back(condition.key + " is " + valuesText(condition.any_of));
    }
    if (!condition.none_of.empty()) {
      parts.push_back(condition.key + " is not " + valuesText(condition.none_of));
    }
  }
  return parts.empty() ? "" : "when " + joinStrings(parts, " and ");
}

std::vector<std::string> presetLines(const SettingSpec& setting) {
  std::vector<std::string> lines;
  for (Preset& preset : presetsOf(setting).value_or(std::vector<Preset>())) {
    std::vector<std::string> values;
    for (const auto& [key, value] : preset.settings) {
      values.push_back(key + " " + formatSetting(value));
    }
    SettingSpec owner;
    owner.when = std::move(preset.when);
    lines.push_back(settingCondition(owner) + ": " + joinStrings(values, ", ") +
                    (preset.source.empty() ? "" : " (" + preset.source + ")"));
  }
  return lines;
}

Catalogue filterCatalogue(const Catalogue& catalogue, const std::string& text) {
  if (text.empty()) {
    return catalogue;
  }
  const std::string wanted = lowerCase(text);
  const auto lacks = [&](const std::string& a, const std::string& b, const std::string& c) {
    return lowerCase(a + "\n" + b + "\n" + c).find(wanted) == std::string::npos;
  };
  Catalogue result = catalogue;
  std::erase_if(result.settings, [&](const SettingSpec& setting) {
    return lacks(setting.key, setting.documentation, joinStrings(setting.choices, "\n"));
  });
  std::erase_if(result.techniques, [&](const TechniqueSpec& technique) {
    return lacks(technique.kind, technique.name, technique.documentation);
  });
  std::erase_if(result.metrics, [&](const MetricSpec& metric) {
    return lacks(metric.name, metric.documentation, "");
  });
  return result;
}

std::string catalogueText(const Catalogue& catalogue, std::size_t width, bool has_color) {
  std::string text = heading(catalogue.trainer + " " + catalogue.release, has_color);
  for (const auto& [group, settings] : groupBy(catalogue.settings, groupOf)) {
    text += "\n" + heading("settings: " + group, has_color);
    for (const SettingSpec* setting : settings) {
      text += "  " + escapeForTerminal(setting->key) + " (" +
              escapeForTerminal(settingDomain(*setting)) + "; default " +
              escapeForTerminal(settingDefault(*setting)) + ")\n";
      text +=
          wrap(joinPresent({setting->documentation, settingCondition(*setting)}, "; "), 6, width);
      for (const std::string& line : presetLines(*setting)) {
        text += wrap(line, 8, width);
      }
    }
  }
  for (const auto& [kind, techniques] : groupBy(catalogue.techniques, kindOf)) {
    text += "\n" + heading(kind, has_color);
    for (const TechniqueSpec* technique : techniques) {
      text += "  " + escapeForTerminal(technique->name) + "\n";
      text += wrap(technique->documentation, 6, width);
      text += paragraph("", technique->formula, width);
      text += paragraph("Settings: ", joinStrings(technique->settings, ", "), width);
      text += paragraph("Source: ", technique->source, width);
    }
  }
  text += catalogue.metrics.empty() ? "" : "\n" + heading("metrics", has_color);
  for (const MetricSpec& metric : catalogue.metrics) {
    text += "  " + escapeForTerminal(metric.name + dimensionsText(metric)) + "\n";
    text += wrap(
        joinPresent(
            {metric.documentation, metric.unit, betterText(metric), combinationText(metric)}, "; "),
        6,
        width);
    text += paragraph("", metric.formula, width);
    text += paragraph("Source: ", metric.source, width);
  }
  return text;
}

std::string catalogueMarkdown(const Catalogue& catalogue) {
  std::string text =
      "# " + escapeMarkdown(catalogue.trainer + " " + catalogue.release) + "\n\n## Settings\n";
  for (const auto& [group, settings] : groupBy(catalogue.settings, groupOf)) {
    text += "\n### " + escapeMarkdown(group) +
            "\n\n| setting | values | default | meaning |\n| --- | --- | --- | --- |\n";
    for (const SettingSpec* setting : settings) {
      text +=
          "| " + escapeMarkdown(setting->key) + " | " + escapeMarkdown(settingDomain(*setting)) +
          " | " + escapeMarkdown(settingDefault(*setting)) + " | " +
          escapeMarkdown(joinPresent({setting->documentation, settingCondition(*setting)}, "; ")) +
          " |\n";
    }
  }
  for (const SettingSpec& setting : catalogue.settings) {
    const std::vector<std::string> lines = presetLines(setting);
    text += lines.empty() ? "" : "\n### " + escapeMarkdown("defaults by " + setting.key) + "\n\n";
    for (const std::string& line : lines) {
      text += "- " + escapeMarkdown(line) + "\n";
    }
  }
  text += "\n## Techniques\n";
  for (const auto& [kind, techniques] : groupBy(catalogue.techniques, kindOf)) {
    text += "\n### " + escapeMarkdown(kind) + "\n\n";
    for (const TechniqueSpec* technique : techniques) {
      text += "- **" + escapeMarkdown(technique->name) +
              "**: " + escapeMarkdown(technique->documentation);
      text += technique->formula.empty() ? "" : "  \n  " + escapeMarkdown(technique->formula);
      text += technique->settings.empty()
                  ? ""
                  : "  \n  Settings: " + escapeMarkdown(joinStrings(technique->settings, ", "));
      text += technique->source.empty() ? "" : "  \n  Source: " + escapeMarkdown(technique->source);
      text += "\n";
    }
  }
  text +=
      "\n## Metrics\n\n| metric | unit | better | meaning | source |\n"
      "| --- | --- | --- | --- | --- |\n";
  for (const MetricSpec& metric : catalogue.metrics) {
    text += "| " + escapeMarkdown(metric.name + dimensionsText(metric)) + " | " +
            escapeMarkdown(metric.unit) + " | " + escapeMarkdown(metric.better) + " | " +
            escapeMarkdown(joinPresent(
                {metric.documentation, metric.formula, combinationText(metric)}, "; ")) +
            " | " + escapeMarkdown(metric.source) + " |\n";
  }
  return text;
}

}  // namespace retort::cli
