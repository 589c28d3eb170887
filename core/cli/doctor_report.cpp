#include "core/cli/doctor_report.h"

#include "core/agent/agent_client.h"
#include "core/agent/machine.h"
#include "core/agent/trainer_catalogue.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/run/format.h"
#include "core/tables/text_width.h"
#include "storage/workspace_store.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include <fmt/format.h>

namespace retort::cli {
namespace {

constexpr int kCheckMs = 3000;
constexpr std::uint64_t kScarceBytes = std::uint64_t{2} << 30;

CheckResult checkPrograms() {
  return {CheckLevel::kOk,
          "retort",
          fmt::format("{}, {} {}, fmt {}.{}.{}, nlohmann-json {}.{}.{}",
                      RETORT_VERSION,
                      RETORT_COMPILER,
                      __VERSION__,
                      FMT_VERSION / 10000,
                      FMT_VERSION / 100 % 100,
                      FMT_VERSION % 100,
                      NLOHMANN_JSON_VERSION_MAJOR,
                      NLOHMANN_JSON_VERSION_MINOR,
                      NLOHMANN_JSON_VERSION_PATCH),
          ""};
}

void checkTrainers(const Session& session, std::vector<CheckResult>& results) {
  const auto trainers = readTrainers(session.paths);
  if (!trainers) {
    results.push_back({CheckLevel::kFail,
                       "trainers",
                       trainers.error().message,
                       "mend or delete " + session.paths.trainers().string()});
    return;
  }
  for (const auto& [name, command] : *trainers) {
    const auto catalogue = askCatalogue(command);
    if (catalogue) {
      results.push_back({CheckLevel::kOk,
                         "trainer " + name,
                         fmt::format("{} {}: {}, {}, {}",
                                     catalogue->trainer,
                                     catalogue->release,
                                     formatCount(catalogue->settings.size(), "setting"),
                                     formatCount(catalogue->techniques.size(), "technique"),
                                     formatCount(catalogue->metrics.size(), "metric")),
                         ""});
    } else {
      // A build without trainers is complete for those who brought their own.
      const bool is_ours = name == "retort-train";
      const bool is_built_without =
          is_ours && trainers->size() > 1 && !std::filesystem::exists(command.front());
      results.push_back({is_built_without ? CheckLevel::kWarn : CheckLevel::kFail,
                         "trainer " + name,
                         catalogue.error().message,
                         is_ours ? "build it: './retort build'"
                                 : "mend the program, or 'retort trainers remove " + name + "'"});
    }
  }
}

CheckResult checkMachine() {
  const MachineSlots machine = detectMachine();
  const std::string memory = machine.memory_bytes > 0
                                 ? formatBytes(static_cast<std::uint64_t>(machine.memory_bytes))
                                 : "unknown";
  return {CheckLevel::kOk,
          "devices",
          fmt::format("{}, {} memory, {}",
                      formatCount(static_cast<std::size_t>(machine.threads), "processor"),
                      memory,
                      machine.gpus.empty() ? "no GPU: runs use the CPU"
                                           : formatCount(machine.gpus.size(), "GPU") + " (" +
                                                 joinStrings(machine.gpus, ", ") + ")"),
          ""};
}

CheckResult checkDisk(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::path existing = folder;
  while (!std::filesystem::exists(existing, error) && existing.has_relative_path()) {
    existing = existing.parent_path();
  }
  const auto space = std::filesystem::space(existing, error);
  if (error) {
    return {CheckLevel::kWarn, "disk", "free space is unknown: " + error.message(), ""};
  }
  const std::string finding = formatBytes(space.available) + " free for " + folder.string();
  if (space.available < kScarceBytes) {
    return {CheckLevel::kWarn, "disk", finding, "checkpoints may not fit: free some space"};
  }
  return {CheckLevel::kOk, "disk", finding, ""};
}

CheckResult checkRuns(storage::WorkspaceStore& store) {
  storage::RunFilter filter;
  filter.with_spec = false;
  const auto runs = store.runs().list(filter);
  if (!runs) {
    return {
        CheckLevel::kFail, "runs", runs.error().message, "'retort reindex' rebuilds the database"};
  }
  std::map<RunState, std::size_t> counts;
  for (const RunRecord& run : *runs) {
    ++counts[run.state];
  }
  std::vector<std::string> parts;
  for (const auto& [state, count] : counts) {
    parts.push_back(fmt::format("{} {}", count, runStateName(state)));
  }
  std::string finding = formatCount(runs->size(), "run");
  finding += parts.empty() ? "" : ": " + joinStrings(parts, ", ");
  if (counts[RunState::kFailed] + counts[RunState::kBlocked] > 0) {
    return {CheckLevel::kWarn, "runs", finding, "'retort ls --state failed,blocked' says why"};
  }
  return {CheckLevel::kOk, "runs", finding, ""};
}

CheckResult checkAgent(storage::WorkspaceStore& store) {
  const auto is_alive = isAgentAlive(store);
  if (!is_alive) {
    return {CheckLevel::kFail, "agent", is_alive.error().message, ""};
  }
  storage::RunFilter waiting;
  waiting.with_spec = false;
  waiting.states = {RunState::kQueued, RunState::kRunning, RunState::kStopping};
  const auto runs = store.runs().list(waiting);
  if (!*is_alive && runs && !runs->empty()) {
    return {CheckLevel::kWarn,
            "agent",
            "none, but " + formatCount(runs->size(), "run") + " should be running or wait",
            "'retort agent' carries the queue out; so does the next 'retort run'"};
  }
  return {CheckLevel::kOk, "agent", *is_alive ? "alive" : "none needed", ""};
}

void checkWorkspace(const Session& session, std::vector<CheckResult>& results) {
  const std::string folder = session.paths.folder.string();
  auto store = storage::WorkspaceStore::open(session.paths.folder, storage::Access::kReadOnly);
  if (!store && store.error().code == ErrorCode::kNotFound) {
    results.push_back({CheckLevel::kOk, "workspace", "none yet in " + folder, ""});
    return;
  }
  if (!store) {
    results.push_back({CheckLevel::kFail,
                       "workspace",
                       store.error().message,
                       "'retort reindex' rebuilds the database from the run folders"});
    return;
  }
  for (const std::string& warning : store->warnings()) {
    results.push_back({CheckLevel::kWarn, "workspace", warning, "use a local disk if you can"});
  }
  const auto problems = store->quickCheck(kCheckMs);
  if (!problems || !problems->empty()) {
    results.push_back({CheckLevel::kFail,
                       "database",
                       problems ? joinStrings(*problems, "; ") : problems.error().message,
                       "'retort reindex' rebuilds it from the run folders"});
    return;
  }
  results.push_back(
      {CheckLevel::kOk, "database", session.paths.database().string() + " is sound", ""});
  results.push_back(checkRuns(*store));
  results.push_back(checkAgent(*store));
}

const char* levelName(CheckLevel level) {
  switch (level) {
    case CheckLevel::kOk:
      return "OK";
    case CheckLevel::kWarn:
      return "WARN";
    case CheckLevel::kFail:
      return "FAIL";
  }
  return "";
}

const char* levelColor(CheckLevel level) {
  switch (level) {
    case CheckLevel::kOk:
      return "\x1b[32m";
    case CheckLevel::kWarn:
      return "\x1b[33m";
    case CheckLevel::kFail:
      return "\x1b[31m";
  }
  return "";
}

}  // namespace

std::vector<CheckResult> examine(const Session& session) {
  std::vector<CheckResult> results{checkPrograms()};
  checkTrainers(session, results);
  results.push_back(checkMachine());
  results.push_back(checkDisk(session.paths.folder));
  checkWorkspace(session, results);
  return results;
}

std::string reportText(const std::vector<CheckResult>& results, bool has_color) {
  std::size_t width = 0;
  for (const CheckResult& result : results) {
    width = std::max(width, displayWidth(escapeForTerminal(result.subject)));
  }
  std::string text;
  for (const CheckResult& result : results) {
    const std::string level = padRight(levelName(result.level), 6);
    text += has_color ? levelColor(result.level) + level + "\x1b[0m" : level;
    text += padRight(escapeForTerminal(result.subject), width) + "  " +
            escapeForTerminal(result.finding) + "\n";
    if (!result.advice.empty()) {
      text += std::string(6 + width + 2, ' ') + escapeForTerminal(result.advice) + "\n";
    }
  }
  return text;
}

Json reportJson(const std::vector<CheckResult>& results) {
  Json json = Json::array();
  for (const CheckResult& result : results) {
    json.push_back({{"level", levelName(result.level)},
                    {"subject", result.subject},
                    {"finding", result.finding},
                    {"advice", result.advice}});
  }
  return json;
}

int reportExitCode(const std::vector<CheckResult>& results) {
  const bool has_failed =
      std::any_of(results.begin(), results.end(), [](const CheckResult& result) {
        return result.level == CheckLevel::kFail;
      });
  return has_failed ? 1 : 0;
}

}  // namespace retort::cli
