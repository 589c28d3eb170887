#pragma once

#include "core/comparison/comparison_loader.h"
#include "core/statistics/claim.h"

#include <optional>
#include <string>

namespace retort {

/// What an experiment's runs say about a claim.
struct ClaimEvidence {
  Verdict verdict = Verdict::kUndecided;
  std::optional<PairedDifference> difference;  ///< value - baseline
  Summary value;
  Summary baseline;
  std::size_t absent = 0;  ///< runs of the value and the baseline that give no number
  std::string reason;      ///< why there is no difference; empty when there is one

  bool operator==(const ClaimEvidence&) const = default;
};

/// Reads the runs' numbers and judges. An experiment, label or metric that is not there (a smaller
/// scale leaves some out) is a reason, not an error.
[[nodiscard]] Result<ClaimEvidence> loadEvidence(storage::WorkspaceStore& store,
                                                 const Claim& claim,
                                                 const MetricLookup& lookup);

}  // namespace retort
