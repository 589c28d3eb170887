#include "trainers/data/choice_score.h"

#include "core/base/check.h"

#include <cmath>

namespace retort::train {

namespace {

/// NumPy's argmax: the first of the greatest, where NaN is greater than all numbers.
std::size_t greatest(const std::vector<double>& values) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < values.size() && !std::isnan(values[best]); ++i) {
    if (values[i] > values[best] || std::isnan(values[i])) {
      best = i;
    }
  }
  return best;
}

/// Standard error of a mean: sample deviation by the root of the number.
double standardError(const std::vector<ChoiceScore>& scores,
                     double ChoiceScore::*member,
                     double mean) {
  double squares = 0;
  for (const ChoiceScore& score : scores) {
    squares += (score.*member - mean) * (score.*member - mean);
  }
  const auto count = static_cast<double>(scores.size());
  return scores.size() > 1 ? std::sqrt(squares / (count - 1) / count) : std::nan("");
}

}  // namespace

ChoiceScore scoreChoices(const ChoiceQuestion& question,
                         const std::vector<double>& log_likelihoods) {
  RETORT_CHECK(log_likelihoods.size() == question.lengths.size(), "one number for each choice");
  std::vector<double> by_length;
  for (std::size_t i = 0; i < log_likelihoods.size(); ++i) {
    by_length.push_back(log_likelihoods[i] / static_cast<double>(question.lengths[i]));
  }
  const auto gold = static_cast<std::size_t>(question.gold);
  return {.acc = greatest(log_likelihoods) == gold ? 1.0 : 0.0,
          .acc_norm = greatest(by_length) == gold ? 1.0 : 0.0};
}

ChoiceResult meanScore(const std::vector<ChoiceScore>& scores) {
  RETORT_CHECK(!scores.empty(), "a mean needs questions");
  ChoiceResult result;
  for (const ChoiceScore& score : scores) {
    result.mean.acc += score.acc / static_cast<double>(scores.size());
    result.mean.acc_norm += score.acc_norm / static_cast<double>(scores.size());
  }
  result.stderr_of_mean = {
      .acc = standardError(scores, &ChoiceScore::acc, result.mean.acc),
      .acc_norm = standardError(scores, &ChoiceScore::acc_norm, result.mean.acc_norm)};
  return result;
}

}  // namespace retort::train
