#include "trainers/losses/layer_mse.h"

#include "tests/trainers/tensor_testing.h"
#include "trainers/losses/attention_output.h"
#include "trainers/losses/context.h"
#include "trainers/losses/hidden.h"
#include "trainers/losses/self_output.h"

#include <gtest/gtest.h>

namespace retort::train {
namespace {

TEST(LayerMse, AveragesOverAllElementsOfALayer) {
  const auto terms = meanSquaredErrors({tensorOf({{1, 2}, {3, 4}}), tensorOf({2})},
                                       {tensorOf({{1, 0}, {3, 0}}), tensorOf({5})});

  ASSERT_EQ(terms.size(), 2U);
  EXPECT_DOUBLE_EQ(terms[0].item<double>(), 5);
  EXPECT_DOUBLE_EQ(terms[1].item<double>(), 9);
}

TEST(LayerMse, HasTheRightGradient) {
  const at::Tensor teacher = randomTensor({2, 3}, 51);

  EXPECT_LT(gradientError([&](const at::Tensor& x) { return meanSquaredErrors({x}, {teacher})[0]; },
                          randomTensor({2, 3}, 52)),
            1e-8);
}

TEST(LayerMse, RefusesAnotherDepth) {
  EXPECT_THROW(static_cast<void>(meanSquaredErrors({tensorOf({1})}, {})), c10::Error);
}

TEST(LayerMse, RefusesAnotherShape) {
  EXPECT_THROW(static_cast<void>(meanSquaredErrors({tensorOf({1})}, {tensorOf({1, 2})})),
               c10::Error);
}

/// A trace in which each part can be told from the others.
BertTrace traceOf(double offset) {
  BertTrace trace;
  trace.context = {tensorOf({1.0 + offset})};
  trace.dense = {tensorOf({1.0 + 2 * offset})};
  trace.output = {tensorOf({1.0 + 3 * offset})};
  trace.hidden = {tensorOf({1.0 + 4 * offset}), tensorOf({1.0 + 5 * offset})};
  return trace;
}

TEST(LayerLosses, LookAtTheirOwnTensors) {
  const BertTrace student = traceOf(1);
  const BertTrace teacher = traceOf(0);
  const EncoderBatch batch;
  const auto first = [&](const LossDefinition& loss) {
    return loss.terms({student, teacher, batch})[0].item<double>();
  };

  EXPECT_DOUBLE_EQ(first(contextLoss()), 1);
  EXPECT_DOUBLE_EQ(first(selfOutputLoss()), 4);
  EXPECT_DOUBLE_EQ(first(attentionOutputLoss()), 9);
  EXPECT_DOUBLE_EQ(first(hiddenLoss()), 16);
}

TEST(LayerLosses, AskForWhatTheyNeed) {
  EXPECT_EQ(contextLoss().needs, TraceSet(TracePart::kContext));
  EXPECT_EQ(selfOutputLoss().needs, TraceSet(TracePart::kDense));
  EXPECT_EQ(attentionOutputLoss().needs, TraceSet(TracePart::kOutput));
  EXPECT_EQ(hiddenLoss().needs, TraceSet(TracePart::kHidden));
}

TEST(HiddenLoss, HasATermForTheEmbeddings) {
  const BertTrace student = traceOf(1);
  const BertTrace teacher = traceOf(0);

  EXPECT_EQ(hiddenLoss().terms({student, teacher, {}}).size(), 2U);
}

}  // namespace
}  // namespace retort::train
