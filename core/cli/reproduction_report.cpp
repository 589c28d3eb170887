#include "core/cli/reproduction_report.h"

#include "core/base/text.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace retort::cli {
namespace {

std::string labelsText(const Labels& labels) {
  std::vector<std::string> parts;
  for (const auto& [factor, label] : labels) {
    parts.push_back(factor + " " + label);
  }
  return joinStrings(parts, ", ");
}

/// "attention_map_kl at the end, distill map minus distill score".
std::string contrastText(const Claim& claim) {
  return fmt::format("{} ({}), {} minus {}{}; expected {}{}",
                     claim.metric,
                     claim.at == "best" ? "best evaluation on the dev set" : "at the end",
                     labelsText(claim.value),
                     labelsText(claim.baseline),
                     claim.within.empty() ? "" : ", " + labelsText(claim.within),
                     claim.is_higher ? "above 0" : "below 0",
                     claim.margin > 0 ? fmt::format(" by more than {:g}", claim.margin) : "");
}

TextTableBlock claimTable(const std::vector<JudgedClaim>& claims) {
  TextTableBlock table{{"claim", "measured", "effect [95 % interval]", "verdict"}, {}};
  for (const auto& [claim, evidence] : claims) {
    table.rows.push_back({fmt::format("{} ({})", claim.sentence, claim.source),
                          contrastText(claim) + (claim.note.empty() ? "" : ". " + claim.note),
                          effectText(evidence),
                          verdictName(evidence.verdict)});
  }
  return table;
}

}  // namespace

std::vector<DocumentBlock> reproductionHead(const experiments::Reproduction& reproduction,
                                            const experiments::ReproductionScale& scale,
                                            const std::string& state,
                                            const std::vector<JudgedClaim>& claims) {
  std::vector<DocumentBlock> blocks;
  blocks.emplace_back(ParagraphBlock{"Source: " + reproduction.source});
  blocks.emplace_back(
      ParagraphBlock{fmt::format("Scale {}: {} {}", scale.name, scale.about, state)});
  blocks.emplace_back(HeadingBlock{"Claims: " + verdictCounts(claims)});
  blocks.emplace_back(claimTable(claims));
  blocks.emplace_back(ListBlock{
      {"An effect is the mean difference over pairs of runs that share the seed and all other "
       "labels, with the 95 % confidence interval of Student's paired t.",
       "Supported: the whole interval lies on the side that the paper says. Not supported: the "
       "whole interval lies on the other side. Not decided at this size: the interval holds both, "
       "or there are fewer than two pairs.",
       "Each verdict is about these runs, this model and these tasks. Of twenty claims without any "
       "effect, one is expected to leave 0 outside of its interval by chance: nothing is corrected "
       "for the number of claims."}});
  if (!reproduction.limits.empty()) {
    blocks.emplace_back(HeadingBlock{"Limits"});
    blocks.emplace_back(ListBlock{reproduction.limits});
  }
  return blocks;
}

std::string effectText(const ClaimEvidence& evidence) {
  std::string text;
  const auto& difference = evidence.difference;
  if (!difference) {
    text = "none: " + evidence.reason;
  } else if (difference->low && difference->high) {
    text = fmt::format("{:+.4g} [{:.4g}, {:.4g}], n = {}",
                       difference->mean,
                       *difference->low,
                       *difference->high,
                       difference->n);
  } else {
    text = fmt::format("{:+.4g}, n = {}: no interval", difference->mean, difference->n);
  }
  if (evidence.absent > 0) {
    text += fmt::format("; {} of its runs have no number", evidence.absent);
  }
  return text;
}

std::string verdictCounts(const std::vector<JudgedClaim>& claims) {
  std::vector<std::string> parts;
  for (const Verdict verdict : {Verdict::kSupported, Verdict::kNotSupported, Verdict::kUndecided}) {
    const auto count = std::count_if(claims.begin(), claims.end(), [&](const JudgedClaim& judged) {
      return judged.evidence.verdict == verdict;
    });
    parts.push_back(fmt::format("{} {}", count, verdictName(verdict)));
  }
  return joinStrings(parts, ", ");
}

}  // namespace retort::cli
