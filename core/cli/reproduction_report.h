#pragma once

#include "core/comparison/claim_evidence.h"
#include "core/tables/document.h"
#include "experiments/reproduction.h"

#include <string>
#include <vector>

namespace retort::cli {

/// A claim of the paper with what was measured.
struct JudgedClaim {
  Claim claim;
  ClaimEvidence evidence;
};

/// What a reader must know before the numbers, and the table of claims: sentence, measured effect
/// with its interval, verdict. `state` says how much of the runs is in.
[[nodiscard]] std::vector<DocumentBlock> reproductionHead(
    const experiments::Reproduction& reproduction,
    const experiments::ReproductionScale& scale,
    const std::string& state,
    const std::vector<JudgedClaim>& claims);

/// "+0.0123 [0.0040, 0.0206], n = 5"; why there is none otherwise.
[[nodiscard]] std::string effectText(const ClaimEvidence& evidence);

/// "3 supported, 1 not supported, 4 not decided at this size".
[[nodiscard]] std::string verdictCounts(const std::vector<JudgedClaim>& claims);

}  // namespace retort::cli
