#pragma once

#include "trainers/data/choice_questions.h"

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

/// The harness's result of a task: mean and standard error (sample deviation / sqrt(n)).
struct ChoiceResult {
  ChoiceScore mean;
  ChoiceScore stderr_of_mean;
};

[[nodiscard]] ChoiceResult meanScore(const std::vector<ChoiceScore>& scores);

}  // namespace retort::train
