#include "core/comparison/experiment_catalogue.h"

#include "core/agent/trainer_catalogue.h"
#include "storage/workspace_store.h"

namespace retort {

Catalogue catalogueOf(const WorkspacePaths& workspace,
                      storage::WorkspaceStore& store,
                      const ExperimentRecord& experiment) {
  for (const ExperimentRun& member : experiment.runs) {
    if (const auto run = store.runs().get(member.run_id)) {
      return loadCatalogue(workspace, run->spec.trainer).value_or(Catalogue{});
    }
  }
  return {};
}

}  // namespace retort
