#pragma once

#include "core/base/result.h"
#include "core/run/workspace_layout.h"

namespace retort {

/// What the agents of a workspace keep to, whoever starts them: WORKSPACE/agent.json.
struct AgentSettings {
  int jobs = 0;  ///< runs at once; 0: as many as the slots allow

  bool operator==(const AgentSettings&) const = default;
};

/// The defaults when there is no file. kInvalidConfig when it is malformed.
[[nodiscard]] Result<AgentSettings> readAgentSettings(const WorkspacePaths& workspace);
[[nodiscard]] Status writeAgentSettings(const WorkspacePaths& workspace,
                                        const AgentSettings& settings);

}  // namespace retort
