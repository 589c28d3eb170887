#pragma once

#include "core/run/run_record.h"

#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace retort::gui {

/// The runs of a workspace as read at one moment, in the order of the queue. Never changes: readers
/// share it, as ten thousand runs take longer to copy, and to look through, than a frame lasts.
class RunList {
 public:
  explicit RunList(std::vector<RunRecord> runs);
  RunList(const RunList&) = delete;
  RunList& operator=(const RunList&) = delete;

  [[nodiscard]] const std::vector<RunRecord>& runs() const { return runs_; }

  /// Null when there is no such run.
  [[nodiscard]] const RunRecord* find(std::string_view run_id) const;

 private:
  std::vector<RunRecord> runs_;
  std::unordered_map<std::string_view, const RunRecord*> by_id_;  ///< views of ids in `runs_`
};

using SharedRuns = std::shared_ptr<const RunList>;

/// To be called where there is time: it makes the index. Its end takes place in another thread.
[[nodiscard]] SharedRuns shareRuns(std::vector<RunRecord> runs);

}  // namespace retort::gui
