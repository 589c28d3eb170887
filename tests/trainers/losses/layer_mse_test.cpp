#include "trainers/losses/layer_mse.h"

#include "tests/trainers/losses/loss_testing.h"
#include "tests/trainers/tensor_testing.h"
#include "trainers/losses/attention_output.h"
#include "trainers/losses/context.h"
#include "trainers/losses/embeddings.h"
#include "trainers/losses/hidden.h"
#include "trainers/losses/self_output.h"

#include <gtest/gtest.h>

namespace retort::train {
namespace {

/// The terms of the loss of context tensors.
std::vector<LossTerm> contextTerms(const TraceLayers& student,
                                   const TraceLayers& teacher,
                                   const LayerSelection& layers = {}) {
  ModelTrace of_student;
  of_student.context = student;
  ModelTrace of_teacher;
  of_teacher.context = teacher;
  return layerMseLoss(TracePart::kContext, &ModelTrace::context)
      .terms({of_student, of_teacher, {}}, layers);
}

TEST(LayerMse, AveragesOverAllElementsOfALayer) {
  const auto terms = contextTerms({tensorOf({{1, 2}, {3, 4}}), tensorOf({2})},
                                  {tensorOf({{1, 0}, {3, 0}}), tensorOf({5})});

  ASSERT_EQ(terms.size(), 2U);
  EXPECT_DOUBLE_EQ(terms[0].value.item<double>(), 5);
  EXPECT_DOUBLE_EQ(terms[1].value.item<double>(), 9);
}

TEST(LayerMse, LooksAtTheSelectedLayersOnly) {
  const auto terms = contextTerms({tensorOf({1}), tensorOf({2}), tensorOf({3})},
                                  {tensorOf({0}), tensorOf({0}), tensorOf({0})},
                                  {{"1-2"}, 3, "layers"});

  ASSERT_EQ(terms.size(), 2U);
  EXPECT_EQ(terms[0].layer, 1);
  EXPECT_EQ(terms[1].layer, 2);
  EXPECT_DOUBLE_EQ(terms[1].value.item<double>(), 9);
}

TEST(LayerMse, HasTheRightGradient) {
  const at::Tensor teacher = randomTensor({2, 3}, 51);

  EXPECT_LT(
      gradientError([&](const at::Tensor& x) { return contextTerms({x}, {teacher})[0].value; },
                    randomTensor({2, 3}, 52)),
      1e-8);
}

TEST(LayerMse, GivesTheTeacherNoGradient) {
  const at::Tensor teacher = randomTensor({2}, 53).requires_grad_();

  EXPECT_FALSE(contextTerms({randomTensor({2}, 54)}, {teacher})[0].value.requires_grad());
}

TEST(LayerMse, RefusesAnotherDepth) {
  EXPECT_THROW(static_cast<void>(contextTerms({tensorOf({1})}, {})), c10::Error);
}

TEST(LayerMse, RefusesNoLayers) {
  EXPECT_THROW(static_cast<void>(contextTerms({}, {})), c10::Error);
}

TEST(LayerMse, RefusesAnotherShape) {
  EXPECT_THROW(static_cast<void>(contextTerms({tensorOf({1})}, {tensorOf({1, 2})})), c10::Error);
}

/// A trace in which each part can be told from the others.
ModelTrace traceOf(double offset) {
  ModelTrace trace;
  trace.context = {tensorOf({1.0 + offset})};
  trace.dense = {tensorOf({1.0 + 2 * offset})};
  trace.output = {tensorOf({1.0 + 3 * offset})};
  trace.sum = {tensorOf({1.0 + 6 * offset})};
  trace.normed_dense = {tensorOf({1.0 + 7 * offset})};
  trace.hidden = {tensorOf({1.0 + 4 * offset}), tensorOf({1.0 + 5 * offset})};
  return trace;
}

TEST(LayerLosses, LookAtTheirOwnTensors) {
  const ModelTrace student = traceOf(1);
  const ModelTrace teacher = traceOf(0);
  const TokenBatch batch;
  const auto first = [&](const LossDefinition& loss) {
    return termsOf(loss, {student, teacher, batch})[0].value.item<double>();
  };

  EXPECT_DOUBLE_EQ(first(contextLoss()), 1);
  EXPECT_DOUBLE_EQ(first(selfOutputLoss()), 4);
  EXPECT_DOUBLE_EQ(first(attentionOutputLoss()), 9);
  EXPECT_DOUBLE_EQ(first(hiddenLoss()), 16);
}

TEST(LayerLosses, AskForWhatTheyNeed) {
  const auto needs = [](const LossDefinition& loss) {
    return loss.make({.settings = {}}).needs;
  };

  EXPECT_EQ(needs(contextLoss()), TraceSet(TracePart::kContext));
  EXPECT_EQ(needs(selfOutputLoss()), TraceSet(TracePart::kDense));
  EXPECT_EQ(needs(attentionOutputLoss()), TraceSet(TracePart::kOutput));
  EXPECT_EQ(needs(hiddenLoss()), TraceSet(TracePart::kHidden));
}

TEST(AttentionOutputLoss, TakesTheOutputWhereItIsAsked) {
  const ModelTrace student = traceOf(1);
  const ModelTrace teacher = traceOf(0);
  const auto at = [&](const char* point) {
    return termsOf(attentionOutputLoss(),
                   {student, teacher, {}},
                   {{"distill.attention_output.point", point}})
        .at(0)
        .value.item<double>();
  };

  EXPECT_DOUBLE_EQ(at("norm"), 9);
  EXPECT_DOUBLE_EQ(at("projection"), 4);
  EXPECT_DOUBLE_EQ(at("sum"), 36);
  EXPECT_DOUBLE_EQ(at("norm_without_residual"), 49);
}

TEST(AttentionOutputLoss, NeedsWhatItTakes) {
  const SettingValues settings = {{"distill.attention_output.point", "sum"}};

  EXPECT_EQ(attentionOutputLoss().make({.settings = settings}).needs, TraceSet(TracePart::kSum));
}

TEST(EmbeddingsLoss, IsTheFirstTermOfTheHiddenLoss) {
  const ModelTrace student = traceOf(1);
  const ModelTrace teacher = traceOf(0);

  const auto terms = termsOf(embeddingsLoss(), {student, teacher, {}});

  ASSERT_EQ(terms.size(), 1U);
  EXPECT_EQ(terms[0].layer, LossTerm::kNoLayer);
  EXPECT_DOUBLE_EQ(terms[0].value.item<double>(), 16);
  EXPECT_EQ(embeddingsLoss().make({.settings = {}}).needs, TraceSet(TracePart::kHidden));
}

TEST(HiddenLoss, HasATermForTheEmbeddings) {
  const ModelTrace student = traceOf(1);
  const ModelTrace teacher = traceOf(0);

  EXPECT_EQ(termsOf(hiddenLoss(), {student, teacher, {}}).size(), 2U);
}

}  // namespace
}  // namespace retort::train
