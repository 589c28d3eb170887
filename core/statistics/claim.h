#pragma once

#include "core/statistics/paired_difference.h"

#include <map>
#include <optional>
#include <string>

namespace retort {

/// A sentence of a paper as something that can be measured: runs with the labels `value` have more
/// (or less) of a metric than runs with the labels `baseline`, paired by seed and all other labels.
struct Claim {
  std::string name;      ///< unique in its list: lower-case letters, digits, dashes
  std::string sentence;  ///< as the paper has it, in plain words
  std::string source;    ///< where the paper says so
  std::string experiment;
  std::string metric;  ///< as `ComparisonOptions::metrics` names it
  std::string at = "last";
  std::map<std::string, std::string> value;     ///< factor -> label
  std::map<std::string, std::string> baseline;  ///< factor -> label
  std::map<std::string, std::string> within;    ///< only runs with these labels
  bool is_higher = true;                        ///< the value is expected above the baseline
  double margin = 0;                            ///< by at least so much; >= 0
  std::string note;  ///< how the measurement differs from the paper's; may be empty

  bool operator==(const Claim&) const = default;
};

enum class Verdict { kSupported, kNotSupported, kUndecided };

/// "supported", "not supported", "not decided at this size".
[[nodiscard]] const char* verdictName(Verdict verdict);

/// What a paired difference (value - baseline) says about a claim:
///   supported      its whole confidence interval lies beyond the margin on the expected side;
///   not supported  the whole interval lies short of the margin;
///   undecided      the interval holds the margin, or there is no interval (fewer than two pairs).
[[nodiscard]] Verdict judgeClaim(const Claim& claim,
                                 const std::optional<PairedDifference>& difference);

}  // namespace retort
