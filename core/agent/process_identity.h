#pragma once

#include "core/base/result.h"
#include "core/run/run_record.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Which process it is: pid, start time and boot id together. A pid alone may belong to a stranger
/// by now.
namespace retort {

/// A line of /proc/PID/stat.
struct ProcessStat {
  std::int64_t pid = 0;
  char state = '?';  ///< 'Z' zombie, 'T' stopped, …
  std::int64_t parent = 0;
  std::int64_t group = 0;
  std::int64_t start_ticks = 0;
  std::int64_t cpu_ticks = 0;  ///< user and system time, of waited-for children too
};

/// Parses the text of /proc/PID/stat; the program's name may hold blanks and parentheses.
[[nodiscard]] std::optional<ProcessStat> parseProcessStat(std::string_view text);

/// Nothing when there is no such process.
[[nodiscard]] std::optional<ProcessStat> readProcessStat(std::int64_t pid);

/// All processes that can be seen.
[[nodiscard]] std::vector<ProcessStat> listProcesses();

/// The value of a variable in the environment that a process was started with; nothing when it has
/// none or may not be read.
[[nodiscard]] std::optional<std::string> readProcessVariable(std::int64_t pid,
                                                             const std::string& name);

/// kNotFound when there is no such process.
[[nodiscard]] Result<ProcessIdentity> identifyProcess(std::int64_t pid);

/// True while exactly this process exists and is no zombie.
[[nodiscard]] bool isAlive(const ProcessIdentity& process);

/// This start of the machine; "" where the kernel does not tell.
[[nodiscard]] const std::string& bootId();

}  // namespace retort
