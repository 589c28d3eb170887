#pragma once

#include "core/run/run_record.h"
#include "core/run/workspace_layout.h"
#include "core/settings/catalogue.h"

namespace retort::storage {
class WorkspaceStore;
}

namespace retort {

/// The catalogue of the trainer that made an experiment's runs; an empty one when it cannot be had.
/// May run the trainer (`loadCatalogue`), and so take seconds the first time.
[[nodiscard]] Catalogue catalogueOf(const WorkspacePaths& workspace,
                                    storage::WorkspaceStore& store,
                                    const ExperimentRecord& experiment);

}  // namespace retort
