#include "core/run/workspace_layout.h"

#include "core/base/check.h"
#include "core/run/run_spec.h"

namespace retort {

RunPaths WorkspacePaths::run(std::string_view run_id) const {
  RETORT_CHECK(isRunId(run_id), "a run's folder is named by its id only");
  return RunPaths{runs() / run_id};
}

}  // namespace retort
