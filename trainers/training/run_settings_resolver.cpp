#include "trainers/training/run_settings_resolver.h"

#include "core/base/hash.h"
#include "core/base/text.h"
#include "experiments/spec_file.h"
#include "trainers/catalog.h"
#include "trainers/train_error.h"

#include <algorithm>

#include <fmt/format.h>

namespace retort::train {

namespace {

constexpr std::size_t kShownErrors = 20;

std::string joinErrors(const std::vector<SettingError>& errors) {
  std::vector<std::string> lines;
  for (const SettingError& error : errors) {
    if (lines.size() == kShownErrors) {
      lines.push_back(fmt::format("and {} more", errors.size() - kShownErrors));
      break;
    }
    lines.push_back(error.message);
  }
  return joinStrings(lines, "; ");
}

bool isKeyword(const SettingSpec& spec, const std::string& value) {
  return std::find(spec.choices.begin(), spec.choices.end(), value) != spec.choices.end();
}

}  // namespace

RunSpec readRunSpec(const RunPaths& paths) {
  auto spec = experiments::readSpecFile(paths.spec());
  if (spec) {
    return *std::move(spec);
  }
  const bool is_missing = spec.error().code == ErrorCode::kNotFound;
  throw TrainError(is_missing ? ExitCode::kMissingInput : ExitCode::kBadSpec, spec.error().message);
}

std::filesystem::path locateInput(const RunSpec& spec,
                                  const RunPaths& paths,
                                  const std::string& key,
                                  const std::string& value) {
  const std::filesystem::path folder = std::filesystem::absolute(paths.folder);
  for (const RunInput& input : spec.inputs) {
    if (input.key == key) {
      return (folder / input.path).lexically_normal();
    }
  }
  const std::string run_prefix = "run:";
  if (value.starts_with(run_prefix)) {
    return (folder / ".." / value.substr(run_prefix.size())).lexically_normal();
  }
  return (folder / value).lexically_normal();
}

SettingValues resolveRunSettings(const RunSpec& spec, const RunPaths& paths) {
  const Catalogue& catalogue = trainerCatalogue();
  if (spec.trainer != catalogue.trainer) {
    throw TrainError(ExitCode::kBadSpec,
                     fmt::format("{}: the run is for trainer '{}', this is {}",
                                 paths.spec().string(),
                                 spec.trainer,
                                 catalogue.trainer));
  }
  auto resolved = resolveSettings(catalogue, spec.settings);
  if (!resolved) {
    throw TrainError(ExitCode::kBadSpec,
                     fmt::format("{}: {}", paths.spec().string(), joinErrors(resolved.error())));
  }
  for (const SettingSpec& setting : catalogue.settings) {
    const auto value = resolved->values.find(setting.key);
    if (setting.type != SettingType::kPath || value == resolved->values.end() ||
        !value->second.is_string()) {
      continue;
    }
    const auto text = value->second.get<std::string>();
    if (!isKeyword(setting, text)) {
      value->second = locateInput(spec, paths, setting.key, text).string();
    }
  }
  return std::move(resolved->values);
}

void verifyInputs(const RunSpec& spec, const RunPaths& paths) {
  for (const RunInput& input : spec.inputs) {
    const std::filesystem::path path = locateInput(spec, paths, input.key, input.path);
    if (!std::filesystem::exists(path)) {
      throw TrainError(ExitCode::kMissingInput,
                       fmt::format("{}: {} is not there", input.key, path.string()));
    }
    if (input.sha256.empty()) {
      continue;
    }
    const auto hash = sha256OfInput(path);
    if (!hash) {
      throw TrainError(ExitCode::kMissingInput,
                       fmt::format("{}: {}", input.key, hash.error().message));
    }
    if (*hash != input.sha256) {
      throw TrainError(
          ExitCode::kBadData,
          fmt::format("{}: the contents of {} have changed since the run was made (sha256 {}, was "
                      "{}); submit the experiment again",
                      input.key,
                      path.string(),
                      *hash,
                      input.sha256));
    }
  }
}

}  // namespace retort::train
