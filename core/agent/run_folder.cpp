#include "core/agent/run_folder.h"

#include "core/agent/program_output.h"
#include "core/base/file.h"
#include "experiments/spec_file.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace retort {
namespace {

namespace fs = std::filesystem;

Status removeTree(const fs::path& path) {
  std::error_code error;
  // Removes a symbolic link itself, never what it points to.
  fs::remove_all(path, error);
  if (error) {
    return fail(ErrorCode::kIo,
                fmt::format("cannot delete {}: {}", path.string(), error.message()));
  }
  return {};
}

Status checkRunId(const std::string& run_id) {
  if (!isRunId(run_id)) {
    return fail(
        ErrorCode::kUsage,
        fmt::format("'{}' is not a run id (16 hexadecimal digits)", escapeForTerminal(run_id)));
  }
  return {};
}

}  // namespace

Status makeRunFolder(const WorkspacePaths& workspace, const RunSpec& spec) {
  if (const Status valid = checkRunId(spec.run_id); !valid) {
    return valid;
  }
  const RunPaths paths = workspace.run(spec.run_id);
  std::error_code error;
  fs::create_directories(workspace.runs(), error);
  if (::mkdir(paths.folder.c_str(), 0777) != 0 &&
      !fs::is_directory(fs::symlink_status(paths.folder, error))) {
    return fail(ErrorCode::kIo,
                fmt::format("cannot make the run directory {}: it is no folder, or not writable",
                            paths.folder.string()));
  }
  if (fs::exists(fs::symlink_status(paths.spec(), error))) {
    return {};
  }
  return experiments::writeSpecFile(paths.spec(), spec);
}

Status removeRunFolder(const WorkspacePaths& workspace, const std::string& run_id) {
  if (const Status valid = checkRunId(run_id); !valid) {
    return valid;
  }
  const fs::path folder = workspace.run(run_id).folder;
  std::error_code error;
  if (!fs::exists(fs::symlink_status(folder, error))) {
    return {};
  }
  fs::create_directories(workspace.trash(), error);
  if (!fs::is_directory(fs::symlink_status(workspace.trash(), error))) {
    return fail(ErrorCode::kIo,
                fmt::format("cannot make the folder {}: it is no folder, or not writable",
                            workspace.trash().string()));
  }
  const fs::path place = workspace.trash() / fmt::format("{}-{}", run_id, wallClockMs());
  fs::rename(folder, place, error);
  if (error) {
    return fail(
        ErrorCode::kIo,
        fmt::format("cannot move {} to {}: {}", folder.string(), place.string(), error.message()));
  }
  return {};
}

Status removeCheckpoints(const WorkspacePaths& workspace, const std::string& run_id) {
  if (const Status valid = checkRunId(run_id); !valid) {
    return valid;
  }
  return removeTree(workspace.run(run_id).checkpoints());
}

std::string lastLogLine(const RunPaths& paths) {
  const FileDescriptor fd(
      ::open(paths.log().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));

  struct stat status {};

  if (!fd.isOpen() || ::fstat(fd.get(), &status) != 0) {
    return "";
  }
  std::array<char, 8192> tail{};
  const auto size = static_cast<off_t>(tail.size());
  const ssize_t got =
      ::pread(fd.get(), tail.data(), tail.size(), std::max<off_t>(0, status.st_size - size));
  constexpr std::size_t kLimit = 300;
  return got <= 0
             ? ""
             : escapeForTerminal(lastLine({tail.data(), static_cast<std::size_t>(got)}, kLimit));
}

std::int64_t eventFileBytes(const RunPaths& paths) {
  struct stat status {};

  return ::stat(paths.events().c_str(), &status) == 0 ? status.st_size : -1;
}

}  // namespace retort
