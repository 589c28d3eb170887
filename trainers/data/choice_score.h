#pragma once

#include "trainers/data/choice_questions.h"

#include <cstdint>
#include <vector>

namespace retort::train {

/// Of one question, or the mean over many.
struct ChoiceScore {
  double acc = 0;
  double acc_norm = 0;

  bool operator==(const ChoiceScore&) const = default;
};

/// acc: is the choice of the greatest log-likelihood the right one? acc_norm: the same for the
/// log-likelihood by the choice's length in characters. The first of equal ones is taken; NaN
/// counts as greater than all, as in NumPy's argmax.
[[nodiscard]] ChoiceScore scoreChoices(const ChoiceQuestion& question,
                                       const std::vector<double>& log_likelihoods);

/// The mean over the questions of a task.
[[nodiscard]] ChoiceScore meanScore(const std::vector<ChoiceScore>& scores);

/// The harness's standard error of a share of right answers: the sample deviation of its n zeros
/// and ones by sqrt(n), which is sqrt(share (1 - share) / (n - 1)). NaN of fewer than two.
[[nodiscard]] double standardError(double share, std::int64_t questions);

}  // namespace retort::train
