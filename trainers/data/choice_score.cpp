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

ChoiceScore meanScore(const std::vector<ChoiceScore>& scores) {
  RETORT_CHECK(!scores.empty(), "a mean needs questions");
  ChoiceScore sum;
  for (const ChoiceScore& score : scores) {
    sum.acc += score.acc;
    sum.acc_norm += score.acc_norm;
  }
  const auto count = static_cast<double>(scores.size());
  return {.acc = sum.acc / count, .acc_norm = sum.acc_norm / count};
}

double standardError(double share, std::int64_t questions) {
  return questions > 1 ? std::sqrt(share * (1 - share) / static_cast<double>(questions - 1))
                       : std::nan("");
}

}  // namespace retort::train
