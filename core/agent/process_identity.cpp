#include "core/agent/process_identity.h"

#include "core/base/file.h"
#include "core/base/text.h"

#include <charconv>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

namespace retort {
namespace {

constexpr std::uint64_t kProcFileLimit = 16U << 20U;

// Empty, too, when the process ends between opening and reading.
std::optional<std::string> readProcFile(const std::string& path) {
  Result<std::string> text = readFile(path, kProcFileLimit);
  return text ? std::optional(std::move(*text)) : std::nullopt;
}

std::string readBootId() {
  std::string text = readProcFile("/proc/sys/kernel/random/boot_id").value_or("");
  while (!text.empty() && text.back() == '\n') {
    text.pop_back();
  }
  return text;
}

}  // namespace

std::optional<ProcessStat> parseProcessStat(std::string_view text) {
  const std::size_t name_begin = text.find(" (");
  const std::size_t name_end = text.rfind(") ");
  if (name_begin == std::string_view::npos || name_end == std::string_view::npos) {
    return std::nullopt;
  }
  // Fields after the name, counted from 3 (state) as proc(5) does.
  const auto fields = splitString(text.substr(name_end + 2), ' ');
  constexpr std::size_t kFirst = 3;
  constexpr std::size_t kStartTime = 22;
  if (fields.size() <= kStartTime - kFirst || fields[0].empty()) {
    return std::nullopt;
  }
  const auto number = [&](std::size_t field) {
    return parseInteger(fields[field - kFirst]).value_or(-1);
  };
  ProcessStat stat;
  stat.pid = parseInteger(text.substr(0, name_begin)).value_or(-1);
  stat.state = fields[0][0];
  stat.parent = number(4);
  stat.group = number(5);
  stat.start_ticks = number(kStartTime);
  stat.cpu_ticks = number(14) + number(15) + number(16) + number(17);
  if (stat.pid < 0 || stat.start_ticks < 0) {
    return std::nullopt;
  }
  return stat;
}

std::optional<ProcessStat> readProcessStat(std::int64_t pid) {
  const auto text = readProcFile(fmt::format("/proc/{}/stat", pid));
  return text ? parseProcessStat(*text) : std::nullopt;
}

std::vector<ProcessStat> listProcesses() {
  std::vector<ProcessStat> processes;
  std::error_code error;
  for (std::filesystem::directory_iterator entry("/proc", error), end; !error && entry != end;
       entry.increment(error)) {
    const auto pid = parseInteger(entry->path().filename().string());
    if (!pid) {
      continue;
    }
    if (const auto stat = readProcessStat(*pid)) {
      processes.push_back(*stat);
    }
  }
  return processes;
}

std::optional<std::string> readProcessVariable(std::int64_t pid, const std::string& name) {
  const auto text = readProcFile(fmt::format("/proc/{}/environ", pid));
  if (!text) {
    return std::nullopt;
  }
  for (const std::string& entry : splitString(*text, '\0')) {
    if (entry.starts_with(name + "=")) {
      return entry.substr(name.size() + 1);
    }
  }
  return std::nullopt;
}

Result<ProcessIdentity> identifyProcess(std::int64_t pid) {
  const auto stat = readProcessStat(pid);
  if (!stat) {
    return fail(ErrorCode::kNotFound, fmt::format("there is no process {}", pid));
  }
  return ProcessIdentity{pid, stat->start_ticks, bootId()};
}

bool isAlive(const ProcessIdentity& process) {
  if (process.pid <= 0 || process.boot_id != bootId()) {
    return false;
  }
  const auto stat = readProcessStat(process.pid);
  return stat && stat->start_ticks == process.start_ticks && stat->state != 'Z' &&
         stat->state != 'X';
}

const std::string& bootId() {
  static const std::string id = readBootId();
  return id;
}

}  // namespace retort
