#include "experiments/path_edit.h"

#include "experiments/yaml_layout.h"

namespace retort::experiments {

namespace {

/// Empty: the path can stay.
std::filesystem::path pathToWrite(const Json& value,
                                  const std::filesystem::path& from,
                                  const std::filesystem::path& to) {
  const std::filesystem::path path = value.is_string() ? value.get<std::string>() : std::string();
  if (path.empty() || path.is_absolute()) {
    return {};
  }
  std::error_code error;
  const std::filesystem::path old = std::filesystem::absolute(from / path, error);
  const bool is_lost =
      std::filesystem::exists(old, error) && !std::filesystem::equivalent(old, to / path, error);
  return is_lost ? old.lexically_normal() : std::filesystem::path();
}

Status keepIn(YamlEditor& editor,
              const YamlPath& section,
              const GivenSettings& settings,
              const Catalogue& catalogue,
              const std::filesystem::path& from,
              const std::filesystem::path& to) {
  for (const auto& [key, setting] : settings) {
    const SettingSpec* spec = catalogue.findSetting(key);
    if (spec == nullptr || spec->type != SettingType::kPath) {
      continue;
    }
    const std::filesystem::path path = pathToWrite(setting.value, from, to);
    if (path.empty()) {
      continue;
    }
    if (Status set = editor.setSetting(section, key, yamlNode(path.string())); !set) {
      return set;
    }
  }
  return {};
}

}  // namespace

Status keepPaths(YamlEditor& editor,
                 const ExperimentDocument& document,
                 const Catalogue& catalogue,
                 const std::filesystem::path& from,
                 const std::filesystem::path& to) {
  Status status = keepIn(editor, {"base"}, document.base, catalogue, from, to);
  for (const NeededRun& run : document.needs) {
    if (status) {
      status = keepIn(editor, {"needs", run.name}, run.settings, catalogue, from, to);
    }
  }
  return status;
}

}  // namespace retort::experiments
