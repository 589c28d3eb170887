#include "core/agent/workspace_upkeep.h"

#include "core/base/file.h"
#include "core/base/text.h"

#include <string>
#include <vector>

#include <fmt/format.h>

namespace retort {
namespace {

/// The first line that says something: SQLite begins with a heading between asterisks.
std::string firstDamage(const std::vector<std::string>& problems) {
  for (const std::string& problem : problems) {
    for (const std::string& line : splitString(problem, '\n')) {
      if (!line.empty() && !line.starts_with("***")) {
        return line;
      }
    }
  }
  return "unknown damage";
}

}  // namespace

Status checkDatabase(storage::WorkspaceStore& store, std::chrono::milliseconds limit) {
  const auto problems = store.quickCheck(static_cast<int>(limit.count()));
  if (!problems || problems->empty()) {
    return {};
  }
  return fail(ErrorCode::kDatabase,
              fmt::format("{} is damaged ({}) and was left as it is: run 'retort reindex' to "
                          "rebuild it from the run folders",
                          store.paths().database().string(),
                          escapeForTerminal(firstDamage(*problems))));
}

Status forgetOldRequests(storage::WorkspaceStore& store, std::int64_t now_ms) {
  const auto memory = std::chrono::duration_cast<std::chrono::milliseconds>(kRequestMemory);
  return store.requests().forgetDone(now_ms - memory.count());
}

}  // namespace retort
