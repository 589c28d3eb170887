#include "core/agent/machine.h"

#include "core/base/file.h"
#include "core/base/text.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <sstream>
#include <string_view>

#include <sched.h>

namespace retort {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kSystemFileLimit = 16U << 20U;

std::string readText(const fs::path& file) {
  return readFile(file, kSystemFileLimit).value_or("");
}

// The number after `name` in a file of "NAME VALUE" lines.
std::optional<std::int64_t> readField(const fs::path& file, std::string_view name) {
  std::istringstream lines(readText(file));
  std::string word;
  std::int64_t value = 0;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    if (fields >> word >> value && word == name) {
      return value;
    }
  }
  return std::nullopt;
}

// A file that holds one number; "max" and everything else is no limit.
std::optional<std::int64_t> readLimit(const fs::path& file) {
  std::string text = readText(file);
  while (!text.empty() && text.back() == '\n') {
    text.pop_back();
  }
  return parseInteger(text);
}

// Folders of this process's control group: version 2, then the memory controller of version 1.
// Inside a container the path may not exist; its own root is then the mount point.
std::vector<fs::path> memoryGroupFolders(const fs::path& root) {
  std::vector<fs::path> folders;
  std::istringstream lines(readText(root / "proc/self/cgroup"));
  for (std::string line; std::getline(lines, line);) {
    const auto parts = splitString(line, ':');
    if (parts.size() != 3) {
      continue;
    }
    const std::string group = fs::path(parts[2]).relative_path().string();
    if (parts[1].empty()) {
      folders.push_back(root / "sys/fs/cgroup" / group);
      folders.push_back(root / "sys/fs/cgroup");
    } else if (parts[1].find("memory") != std::string::npos) {
      folders.push_back(root / "sys/fs/cgroup/memory" / group);
      folders.push_back(root / "sys/fs/cgroup/memory");
    }
  }
  return folders;
}

std::int64_t detectMemory(const fs::path& root) {
  std::int64_t bytes = readField(root / "proc/meminfo", "MemTotal:").value_or(0) * 1024;
  for (const fs::path& folder : memoryGroupFolders(root)) {
    for (const char* name : {"memory.max", "memory.limit_in_bytes"}) {
      const auto limit = readLimit(folder / name);
      if (limit && *limit > 0) {
        bytes = bytes > 0 ? std::min(bytes, *limit) : *limit;
      }
    }
  }
  return bytes;
}

int detectThreads() {
  cpu_set_t set;
  CPU_ZERO(&set);
  return ::sched_getaffinity(0, sizeof set, &set) == 0 ? std::max(1, CPU_COUNT(&set)) : 1;
}

std::vector<std::string> detectGpus(const fs::path& root) {
  if (const char* visible = std::getenv("CUDA_VISIBLE_DEVICES")) {
    return parseVisibleDevices(visible);
  }
  std::vector<std::string> gpus;
  std::error_code error;
  for (fs::directory_iterator entry(root / "proc/driver/nvidia/gpus", error), end;
       !error && entry != end;
       entry.increment(error)) {
    gpus.push_back(std::to_string(gpus.size()));
  }
  return gpus;
}

}  // namespace

MachineSlots detectMachine(const fs::path& root) {
  MachineSlots machine;
  machine.gpus = detectGpus(root);
  machine.threads = detectThreads();
  machine.memory_bytes = detectMemory(root);
  return machine;
}

std::vector<std::string> parseVisibleDevices(const std::string& value) {
  std::vector<std::string> devices;
  for (std::string device : splitString(value, ',')) {
    std::erase(device, ' ');
    // CUDA itself ends the list at the first device that does not exist.
    if (device.empty() || device == "-1") {
      break;
    }
    devices.push_back(std::move(device));
  }
  return devices;
}

std::int64_t countOutOfMemoryKills(const fs::path& root) {
  for (const fs::path& folder : memoryGroupFolders(root)) {
    for (const char* name : {"memory.events", "memory.oom_control"}) {
      if (const auto count = readField(folder / name, "oom_kill")) {
        return *count;
      }
    }
  }
  return 0;
}

}  // namespace retort
