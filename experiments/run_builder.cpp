#include "experiments/run_builder.h"

#include "core/base/text.h"

#include <algorithm>

#include <fmt/format.h>

namespace retort::experiments {

namespace {

constexpr std::string_view kMadeByRun = "run:";

bool isKeyword(const SettingSpec& spec, const std::string& text) {
  return std::find(spec.choices.begin(), spec.choices.end(), text) != spec.choices.end();
}

/// "model" or "model/sub": stays within the run's folder.
bool isInnerPath(std::string_view path) {
  const std::vector<std::string> parts = splitString(path, '/');
  return std::none_of(parts.begin(), parts.end(), [](const std::string& part) {
    return part.empty() || part == "." || part == "..";
  });
}

}  // namespace

RunBuilder::RunBuilder(const CatalogueScope& catalogue,
                       std::string trainer,
                       std::filesystem::path folder,
                       InputHashes& known,
                       DiagnosticSink& sink)
    : catalogue_(catalogue),
      trainer_(std::move(trainer)),
      folder_(std::move(folder)),
      known_(known),
      sink_(sink) {}

std::optional<RunSpec> RunBuilder::build(const GivenSettings& settings, const Place& fallback) {
  SettingValues values;
  for (const auto& [key, setting] : settings) {
    values[key] = setting.value;
  }
  const auto placeOf = [&](const std::string& key) {
    const auto found = settings.find(key);
    return found == settings.end() ? fallback : found->second.place;
  };
  auto resolved = resolveSettings(catalogue_.catalogue(), values);
  if (!resolved) {
    for (const SettingError& error : resolved.error()) {
      sink_.report(placeOf(error.key), error.key, error.message);
    }
    return std::nullopt;
  }
  std::set<std::string> idle(resolved->not_applicable.begin(), resolved->not_applicable.end());
  for (const auto& [key, setting] : settings) {
    if (idle.contains(key)) {
      not_applied_.emplace(key, setting.place);
    } else {
      applied_.insert(key);
    }
  }
  RunSpec spec;
  spec.trainer = trainer_;
  spec.release = catalogue_.catalogue().release;
  spec.settings = std::move(resolved->values);
  bool is_complete = true;
  for (const SettingSpec& declared : catalogue_.catalogue().settings) {
    const auto value = spec.settings.find(declared.key);
    if (declared.type == SettingType::kPath && value != spec.settings.end() &&
        !isKeyword(declared, value->second.get_ref<const std::string&>())) {
      is_complete = addInput(declared.key, placeOf(declared.key), spec) && is_complete;
    }
  }
  if (!is_complete) {
    return std::nullopt;
  }
  spec.run_id = computeRunId(spec, catalogue_.catalogue());
  return spec;
}

bool RunBuilder::addInput(const std::string& key, const Place& place, RunSpec& spec) {
  const auto text = spec.settings.at(key).get<std::string>();
  if (text.starts_with(kMadeByRun)) {
    return addMadeInput(key, place, spec);
  }
  const auto path = findInput(text, key, place);
  if (!path) {
    return false;
  }
  const auto [known, is_new] = hashes_.try_emplace(*path, std::string());
  if (is_new) {
    known->second = known_.hashOf(*path);
  }
  if (!known->second) {
    sink_.report(place, key, fmt::format("{}: {}", key, known->second.error().message));
    return false;
  }
  spec.settings[key] = path->string();
  spec.inputs.push_back({key, path->string(), *known->second, ""});
  return true;
}

bool RunBuilder::addMadeInput(const std::string& key, const Place& place, RunSpec& spec) {
  const auto text = spec.settings.at(key).get<std::string>();
  const std::string rest = text.substr(kMadeByRun.size());
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  const std::string run_id = rest.substr(0, slash);
  if (!isRunId(run_id) || slash == rest.size() || !isInnerPath(rest.substr(slash + 1))) {
    sink_.report(
        place,
        key,
        fmt::format(
            "{}: '{}' is not of the form run:ID/model (ID: 16 hexadecimal digits)", key, text));
    return false;
  }
  spec.inputs.push_back({key, "../" + rest, "", run_id});
  return true;
}

std::optional<std::filesystem::path> RunBuilder::findInput(const std::string& text,
                                                           const std::string& key,
                                                           const Place& place) {
  std::error_code error;
  const std::filesystem::path here = std::filesystem::current_path(error);
  for (const std::filesystem::path& folder : {folder_, here}) {
    std::filesystem::path path = (folder / text).lexically_normal();
    if (!path.has_filename()) {
      path = path.parent_path();  // "models/base/" is "models/base"
    }
    if (std::filesystem::exists(path, error)) {
      return path;
    }
  }
  const bool is_absolute = std::filesystem::path(text).is_absolute();
  sink_.report(
      place,
      key,
      fmt::format("{}: there is no file or folder {}{}",
                  key,
                  text,
                  is_absolute
                      ? ""
                      : fmt::format(" (looked in {} and {})", folder_.string(), here.string())));
  return std::nullopt;
}

}  // namespace retort::experiments
