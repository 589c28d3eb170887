#include "core/statistics/claim.h"

namespace retort {

const char* verdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::kSupported:
      return "supported";
    case Verdict::kNotSupported:
      return "not supported";
    case Verdict::kUndecided:
      break;
  }
  return "not decided at this size";
}

Verdict judgeClaim(const Claim& claim, const std::optional<PairedDifference>& difference) {
  if (!difference || !difference->low || !difference->high) {
    return Verdict::kUndecided;
  }
  const double least = claim.is_higher ? *difference->low : -*difference->high;
  const double most = claim.is_higher ? *difference->high : -*difference->low;
  if (least > claim.margin) {
    return Verdict::kSupported;
  }
  return most < claim.margin ? Verdict::kNotSupported : Verdict::kUndecided;
}

}  // namespace retort
