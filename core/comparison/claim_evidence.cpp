#include "core/comparison/claim_evidence.h"

#include "storage/workspace_store.h"

#include <algorithm>

namespace retort {
namespace {

bool hasLabels(const ComparisonTable& table, const ComparisonRow& row, const Labels& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const auto& label) {
    for (std::size_t i = 0; i < table.row_factors.size(); ++i) {
      if (table.row_factors[i] == label.first) {
        return row.labels[i] == label.second;
      }
    }
    return false;
  });
}

/// The row with these labels and those of `within`; null when the grid has none.
const ComparisonCell* findCell(const ComparisonTable& table, const Claim& claim, Labels labels) {
  labels.insert(claim.within.begin(), claim.within.end());
  for (const ComparisonRow& row : table.rows) {
    if (hasLabels(table, row, labels)) {
      return &row.cells.front();
    }
  }
  return nullptr;
}

ComparisonOptions optionsOf(const Claim& claim) {
  ComparisonOptions options;
  Labels factors = claim.value;
  factors.insert(claim.baseline.begin(), claim.baseline.end());
  factors.insert(claim.within.begin(), claim.within.end());
  for (const auto& [factor, label] : factors) {
    options.by.push_back(factor);
  }
  options.metrics = {claim.metric};
  options.at = claim.at;
  for (const auto& [factor, label] : claim.baseline) {
    options.baseline.push_back(factor + "=" + label);
  }
  return options;
}

}  // namespace

Result<ClaimEvidence> loadEvidence(storage::WorkspaceStore& store,
                                   const Claim& claim,
                                   const MetricLookup& lookup) {
  ClaimEvidence evidence;
  const auto experiment = store.experiments().find(claim.experiment);
  if (!experiment) {
    evidence.reason = "the experiment " + claim.experiment + " was not run";
    return experiment.error().code == ErrorCode::kNotFound
               ? Result<ClaimEvidence>(std::move(evidence))
               : Result<ClaimEvidence>(failWith(experiment.error()));
  }
  const auto table = loadComparison(store, *experiment, optionsOf(claim), lookup);
  if (!table) {
    evidence.reason = table.error().message;
    const bool is_left_out =
        table.error().code == ErrorCode::kUsage || table.error().code == ErrorCode::kNotFound;
    return is_left_out ? Result<ClaimEvidence>(std::move(evidence))
                       : Result<ClaimEvidence>(failWith(table.error()));
  }
  const ComparisonCell* value = findCell(*table, claim, claim.value);
  const ComparisonCell* baseline = findCell(*table, claim, claim.baseline);
  if (value == nullptr || baseline == nullptr) {
    evidence.reason = "this scale leaves out what the claim compares";
    return evidence;
  }
  evidence.value = value->summary;
  evidence.baseline = baseline->summary;
  evidence.absent = value->absent.size() + baseline->absent.size();
  evidence.difference = value->difference;
  evidence.reason = value->difference ? "" : "no pair of runs has both numbers";
  evidence.verdict = judgeClaim(claim, evidence.difference);
  return evidence;
}

}  // namespace retort
