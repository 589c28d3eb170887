#pragma once

#include "core/run/submission.h"

#include <cstddef>
#include <optional>
#include <vector>

namespace retort::gui {

/// How long runs would take one after another.
struct TimeEstimate {
  double seconds = 0;
  std::size_t judged = 0;  ///< runs that there are past runs for; the others are not counted
  std::size_t past = 0;    ///< runs that the estimate rests on
};

/// For each planned run the median of the finished runs of the same trainer that are alike: the
/// same phase, model shape, steps and batch; failing that the same phase, in proportion to the
/// steps. `past` have their specs.
[[nodiscard]] TimeEstimate estimateTime(const std::vector<RunRecord>& past,
                                        const std::vector<const SubmittedRun*>& planned);

}  // namespace retort::gui
