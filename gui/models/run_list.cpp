#include "gui/models/run_list.h"

#include "gui/models/disposed_elsewhere.h"

#include <utility>

namespace retort::gui {

RunList::RunList(std::vector<RunRecord> runs) : runs_(std::move(runs)) {
  by_id_.reserve(runs_.size());
  for (const RunRecord& run : runs_) {
    by_id_.emplace(run.spec.run_id, &run);
  }
}

const RunRecord* RunList::find(std::string_view run_id) const {
  const auto found = by_id_.find(run_id);
  return found == by_id_.end() ? nullptr : found->second;
}

SharedRuns shareRuns(std::vector<RunRecord> runs) {
  return disposedElsewhere(std::make_unique<const RunList>(std::move(runs)));
}

}  // namespace retort::gui
