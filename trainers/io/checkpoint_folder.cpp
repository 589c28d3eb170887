#include "trainers/io/checkpoint_folder.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/text.h"
#include "trainers/io/or_throw.h"
#include "trainers/io/output_file.h"

#include <algorithm>
#include <set>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace retort::train {

namespace fs = std::filesystem;

namespace {

constexpr int kVersion = 1;
constexpr std::uint64_t kMaxManifest = 64'000'000;
constexpr std::string_view kStepPrefix = "step-";
constexpr const char* kStateFile = "state.safetensors";
constexpr const char* kManifestFile = "manifest.json";
// Folder entries and the file system's own records, beside the files themselves.
constexpr std::uint64_t kSpareBytes = 1'000'000;

std::string stepName(std::int64_t step) {
  return fmt::format("{}{:06}", kStepPrefix, step);
}

std::optional<std::int64_t> stepOfName(std::string_view name) {
  if (!name.starts_with(kStepPrefix)) {
    return std::nullopt;
  }
  const std::optional<std::int64_t> step = parseInteger(name.substr(kStepPrefix.size()));
  return step && *step >= 0 && stepName(*step) == name ? step : std::nullopt;
}

std::string megabytes(std::uint64_t bytes) {
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

void checkRoom(const fs::path& folder, std::uint64_t needed) {
  const std::uint64_t free = fs::space(folder).available;
  if (free < needed) {
    throw std::system_error(ENOSPC,
                            std::system_category(),
                            fmt::format("cannot write a checkpoint to {}: need {}, {} free",
                                        folder.string(),
                                        megabytes(needed),
                                        megabytes(free)));
  }
}

/// The manifest vouches for itself as well: its hash without that field.
std::string ownHash(Json manifest) {
  manifest.erase("sha256");
  return sha256Hex(canonicalJson(manifest));
}

/// Reads the manifest and compares the files with it. Throws whatever shows that the checkpoint is
/// damaged.
Json readManifest(const fs::path& folder) {
  const Json manifest =
      readOrThrow(parseJson(readOrThrow(readFile(folder / kManifestFile, kMaxManifest))));
  if (!manifest.is_object() || manifest.value("version", 0) != kVersion) {
    throw TrainError(ExitCode::kBadData,
                     fmt::format("its manifest is not of version {}", kVersion));
  }
  if (manifest.at("sha256") != ownHash(manifest)) {
    throw TrainError(ExitCode::kBadData, fmt::format("{} has another sha256", kManifestFile));
  }
  if (stepName(manifest.at("step").get<std::int64_t>()) != folder.filename().string()) {
    throw TrainError(ExitCode::kBadData, "its manifest is of another step");
  }
  const Json& record = manifest.at("files").at(kStateFile);
  const std::uint64_t size = fs::file_size(folder / kStateFile);
  if (size != record.at("size").get<std::uint64_t>()) {
    throw TrainError(
        ExitCode::kBadData,
        fmt::format(
            "{} has {} bytes, not {}", kStateFile, size, record.at("size").get<std::uint64_t>()));
  }
  if (readOrThrow(sha256OfFile(folder / kStateFile)) != record.at("sha256").get<std::string>()) {
    throw TrainError(ExitCode::kBadData, fmt::format("{} has another sha256", kStateFile));
  }
  return manifest;
}

Checkpoint loadCheckpoint(const fs::path& folder) {
  const Json manifest = readManifest(folder);
  return {.step = manifest.at("step").get<std::int64_t>(),
          .tensors = SafetensorsFile(folder / kStateFile).readAll(),
          .state = manifest.at("state")};
}

/// Whether the manifest says so; false when it cannot be read.
bool isBest(const fs::path& folder) {
  const Result<std::string> text = readFile(folder / kManifestFile, kMaxManifest);
  const Result<Json> manifest = text ? parseJson(*text) : fail(ErrorCode::kIo, "");
  return manifest && manifest->is_object() && manifest->value("is_best", Json(false)) == true;
}

}  // namespace

CheckpointFolder::CheckpointFolder(fs::path folder, std::int64_t keep)
    : folder_(std::move(folder)),
      keep_(std::max<std::int64_t>(keep, 1)) {}

fs::path CheckpointFolder::save(const Checkpoint& checkpoint, bool is_best) {
  fs::create_directories(folder_);
  removeTemporaries(folder_);
  checkRoom(folder_, safetensorsSize(checkpoint.tensors) + kSpareBytes);
  const fs::path target = folder_ / stepName(checkpoint.step);
  const fs::path prepared = makeTemporaryFolder(target);
  try {
    const fs::path state = prepared / kStateFile;
    writeSafetensors(state, checkpoint.tensors);
    const Json record = {{"size", fs::file_size(state)},
                         {"sha256", readOrThrow(sha256OfFile(state))}};
    Json manifest = {{"version", kVersion},
                     {"step", checkpoint.step},
                     {"is_best", is_best},
                     {"state", checkpoint.state},
                     {"files", {{kStateFile, record}}}};
    manifest["sha256"] = ownHash(manifest);
    writeOrThrow(writeFileAtomically(prepared / kManifestFile, canonicalJson(manifest) + "\n"));
    publishFolder(prepared, target);
  } catch (...) {
    std::error_code ignored;  // the first failure is the one to tell
    fs::remove_all(prepared, ignored);
    throw;
  }
  removeUnwanted();
  return target;
}

std::optional<Checkpoint> CheckpointFolder::loadNewest(std::vector<std::string>& warnings) const {
  const std::vector<std::int64_t> all = steps();
  std::string damage;
  for (auto step = all.rbegin(); step != all.rend(); ++step) {
    try {
      Checkpoint checkpoint = loadCheckpoint(folder_ / stepName(*step));
      if (!damage.empty()) {
        warnings.push_back(fmt::format("{}: using {}", damage, stepName(*step)));
      }
      return checkpoint;
    } catch (const std::exception& error) {
      damage += fmt::format("{}checkpoint {} is damaged ({})",
                            damage.empty() ? "" : ", ",
                            stepName(*step),
                            error.what());
    }
  }
  if (all.empty()) {
    return std::nullopt;
  }
  throw TrainError(
      ExitCode::kBadData,
      fmt::format("cannot resume, every checkpoint in {} is damaged: {}; to start from "
                  "zero, remove that folder",
                  folder_.string(),
                  damage));
}

std::optional<Checkpoint> CheckpointFolder::loadBest() const {
  const std::vector<std::int64_t> all = steps();
  const auto best = std::find_if(all.rbegin(), all.rend(), [&](std::int64_t step) {
    return isBest(folder_ / stepName(step));
  });
  if (best == all.rend()) {
    return std::nullopt;
  }
  try {
    return loadCheckpoint(folder_ / stepName(*best));
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

Checkpoint CheckpointFolder::load(std::int64_t step) const {
  const std::vector<std::int64_t> all = steps();
  if (std::find(all.begin(), all.end(), step) == all.end()) {
    throw TrainError(ExitCode::kMissingInput,
                     fmt::format("{} has no checkpoint of step {}; there are: {}",
                                 folder_.string(),
                                 step,
                                 all.empty() ? "none" : fmt::format("{}", fmt::join(all, ", "))));
  }
  try {
    return loadCheckpoint(folder_ / stepName(step));
  } catch (const std::exception& error) {
    throw TrainError(
        ExitCode::kBadData,
        fmt::format(
            "checkpoint {} is damaged ({})", (folder_ / stepName(step)).string(), error.what()));
  }
}

std::vector<std::int64_t> CheckpointFolder::steps() const {
  std::vector<std::int64_t> steps;
  if (fs::is_directory(folder_)) {
    for (const fs::directory_entry& entry : fs::directory_iterator(folder_)) {
      const std::optional<std::int64_t> step = stepOfName(entry.path().filename().string());
      if (step && entry.is_directory()) {
        steps.push_back(*step);
      }
    }
  }
  std::sort(steps.begin(), steps.end());
  return steps;
}

void CheckpointFolder::removeUnwanted() const {
  std::vector<std::int64_t> all = steps();
  std::int64_t wanted = keep_;
  bool has_best = false;
  for (auto step = all.rbegin(); step != all.rend(); ++step) {
    const fs::path folder = folder_ / stepName(*step);
    const bool is_newest_best = !has_best && isBest(folder);
    has_best = has_best || is_newest_best;
    if (wanted > 0) {
      --wanted;
    } else if (!is_newest_best) {
      // Renamed first: a half-removed folder must not look like a damaged checkpoint.
      const fs::path doomed = makeTemporaryFolder(folder);
      fs::rename(folder, doomed);
      fs::remove_all(doomed);
    }
  }
}

}  // namespace retort::train
