#include "core/agent/agent_settings.h"

#include "core/base/file.h"
#include "core/base/json.h"

#include <fmt/format.h>

namespace retort {

Result<AgentSettings> readAgentSettings(const WorkspacePaths& workspace) {
  constexpr std::uint64_t kMaxBytes = 65536;
  const auto text = readFile(workspace.agentSettings(), kMaxBytes);
  if (!text) {
    return text.error().code == ErrorCode::kNotFound ? Result<AgentSettings>(AgentSettings{})
                                                     : failWith(text.error());
  }
  const auto json = parseJson(*text);
  constexpr int kMaxJobs = 1'000'000;
  if (!json || !json->is_object() || !json->contains("jobs") ||
      !(*json)["jobs"].is_number_integer() || (*json)["jobs"] < 0 || (*json)["jobs"] > kMaxJobs) {
    return fail(ErrorCode::kInvalidConfig,
                fmt::format("{}: expected {{\"jobs\": N}}; delete it to use the default",
                            workspace.agentSettings().string()));
  }
  return AgentSettings{(*json)["jobs"].get<int>()};
}

Status writeAgentSettings(const WorkspacePaths& workspace, const AgentSettings& settings) {
  return writeFileAtomically(workspace.agentSettings(),
                             Json{{"jobs", settings.jobs}}.dump() + "\n");
}

}  // namespace retort
