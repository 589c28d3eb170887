#pragma once

#include "core/agent/trainer_registry.h"
#include "core/settings/catalogue.h"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>

namespace retort {

struct CatalogueLimits {
  std::chrono::milliseconds timeout{30'000};
  std::size_t max_bytes = 16u << 20;
};

/// Runs `COMMAND --catalog` and reads what it prints. kProcess when it cannot be started, does not
/// end in time, prints too much or fails (with the last line of its standard error); kProtocol when
/// it prints no valid catalogue.
[[nodiscard]] Result<Catalogue> askCatalogue(const Argv& command,
                                             const CatalogueLimits& limits = {});

/// The catalogue of a registered trainer. The answer is kept in WORKSPACE/cache when the workspace
/// exists, and used again as long as the path, size and modification time of every file in the
/// command are the same.
[[nodiscard]] Result<Catalogue> loadCatalogue(const WorkspacePaths& workspace,
                                              const std::string& trainer,
                                              const CatalogueLimits& limits = {});

}  // namespace retort
