#include "trainers/losses/value_relation.h"

#include "tests/trainers/losses/loss_testing.h"
#include "tests/trainers/tensor_testing.h"

#include <gtest/gtest.h>

#include <cmath>

namespace retort::train {
namespace {

const double kRootOfLog3 = std::sqrt(std::log(3.0));

TokenBatch batchOf(const Json& lengths) {
  TokenBatch batch;
  batch.lengths = tensorOf(lengths, at::kLong);
  return batch;
}

TEST(ValueRelation, IsTheSoftmaxOfProducts) {
  // One head, width 1: products of the first row are ln 3 and 0; the padded third place is left
  // out.
  const at::Tensor value = tensorOf({{{{kRootOfLog3}, {0.0}, {7.0}}}});

  const at::Tensor relation = valueRelation(value, tensorOf({2}, at::kLong));

  EXPECT_LT(largestDifference(relation.select(2, 0), tensorOf({{{0.75, 0.25, 0.0}}})), 1e-15);
  EXPECT_LT(largestDifference(relation.select(2, 1), tensorOf({{{0.5, 0.5, 0.0}}})), 1e-15);
}

TEST(ValueRelation, DividesByTheRootOfTheWidth) {
  // Width 4: the product 2 ln 3 is divided by 2.
  const double half = std::sqrt(std::log(3.0) / 2);
  const at::Tensor value = tensorOf({{{{half, half, half, half}, {0.0, 0.0, 0.0, 0.0}}}});

  const at::Tensor relation = valueRelation(value, tensorOf({2}, at::kLong));

  EXPECT_NEAR(relation[0][0][0][0].item<double>(), 0.75, 1e-15);
}

TEST(ValueRelationLoss, IsTheDivergenceOfTheRelations) {
  ModelTrace student;
  student.value = {tensorOf({{{{0.0}, {0.0}}}})};
  ModelTrace teacher;
  teacher.value = {tensorOf({{{{kRootOfLog3}, {0.0}}}})};

  const auto terms = termsOf(valueRelationLoss(), {student, teacher, batchOf({2})});

  // Rows (3/4, 1/4) and (1/2, 1/2) against halves.
  ASSERT_EQ(terms.size(), 1U);
  EXPECT_NEAR(
      terms[0].value.item<double>(), (0.75 * std::log(1.5) + 0.25 * std::log(0.5)) / 2, 1e-15);
}

TEST(ValueRelationLoss, IsZeroWhenEqual) {
  ModelTrace trace;
  trace.value = {randomTensor({2, 2, 4, 3}, 81)};

  const auto terms = termsOf(valueRelationLoss(), {trace, trace, batchOf({4, 2})});

  EXPECT_EQ(terms.at(0).value.item<double>(), 0);
}

TEST(ValueRelationLoss, HasTheRightGradient) {
  ModelTrace teacher;
  teacher.value = {randomTensor({2, 2, 3, 2}, 82)};
  const TokenBatch batch = batchOf({3, 2});

  const auto loss = [&](const at::Tensor& value) {
    ModelTrace student;
    student.value = {value};
    return termsOf(valueRelationLoss(), {student, teacher, batch}).at(0).value;
  };

  EXPECT_LT(gradientError(loss, randomTensor({2, 2, 3, 2}, 83)), 1e-8);
}

TEST(ValueRelationLoss, NeedsTheValues) {
  EXPECT_EQ(valueRelationLoss().make({.settings = {}}).needs, TraceSet(TracePart::kValue));
}

}  // namespace
}  // namespace retort::train
