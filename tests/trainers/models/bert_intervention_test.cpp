#include "tests/trainers/models/tiny_encoder.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <gtest/gtest.h>

namespace retort::train {
namespace {

/// The golden values of the released variant are in bert_golden_test.cpp.
class BertIntervention : public testing::Test {
 protected:
  BertIntervention() : student_(tiny_.student()) {
    const at::NoGradGuard no_grad;
    teacher_ = tiny_.teacher().forward(tiny_.batch, {.trace = TraceSet::all()});
  }

  [[nodiscard]] ModelTrace forward(Intervention intervention,
                                   InterventionVariant variant = InterventionVariant::kReleased,
                                   TraceSet trace = TraceSet::all()) const {
    return student_.forward(
        tiny_.batch,
        {.trace = trace, .intervention = intervention, .variant = variant, .teacher = &teacher_});
  }

  /// Whether the parameter of layer 1 has a gradient that is not 0.
  [[nodiscard]] bool isTrained(const std::string& module) const {
    const at::Tensor& grad =
        findTensor(student_.parameters(), "bert.encoder.layer.1." + module + ".weight")->grad();
    return grad.defined() && grad.abs().sum().item<double>() > 0;
  }

  [[nodiscard]] bool areEmbeddingsTrained() const {
    return findTensor(student_.parameters(), "bert.embeddings.word_embeddings.weight")
        ->grad()
        .defined();
  }

  TinyEncoder tiny_;
  BertModel student_;
  ModelTrace teacher_;
};

TEST_F(BertIntervention, TracesTheSumBeforeTheNorm) {
  const ModelTrace trace = forward(Intervention::kNone);

  for (std::size_t layer = 0; layer < 2; ++layer) {
    EXPECT_TRUE(at::equal(trace.sum[layer], trace.dense[layer] + trace.hidden[layer]));
  }
}

TEST_F(BertIntervention, TracesTheNormOfTheDenseOutputAlone) {
  const ModelTrace trace = forward(Intervention::kNone);

  const auto parameter = [&](const char* name) {
    const std::string module = "bert.encoder.layer.1.attention.output.LayerNorm.";
    return findTensor(student_.parameters(), module + name)->detach();
  };
  const at::Tensor centred = trace.dense[1] - trace.dense[1].mean(-1, true);
  const at::Tensor expected =
      centred / centred.square().mean(-1, true).sqrt() * parameter("weight") + parameter("bias");
  EXPECT_LT(largestDifference(trace.normed_dense[1], expected), 1e-10);
}

TEST_F(BertIntervention, TracesTheValuesOfThePass) {
  // In full precision the context is the product of map and values.
  ASSERT_EQ(teacher_.value.size(), 2U);
  EXPECT_LT(largestDifference(teacher_.prob[1].matmul(teacher_.value[1]), teacher_.context[1]),
            1e-14);
}

TEST_F(BertIntervention, TracesTheStudentsOwnValuesWhereTheyAreNotUsed) {
  const ModelTrace plain = forward(Intervention::kNone);
  const ModelTrace helped = forward(Intervention::kOutput);

  // The first layers read the same input.
  EXPECT_TRUE(at::equal(helped.value[0], plain.value[0]));
}

TEST_F(BertIntervention, FigureShowsTheStudentsOwnParts) {
  const ModelTrace plain = forward(Intervention::kNone);
  const ModelTrace context = forward(Intervention::kContext, InterventionVariant::kFigure);
  const ModelTrace output = forward(Intervention::kOutput, InterventionVariant::kFigure);

  EXPECT_TRUE(at::equal(context.context[0], plain.context[0]));
  EXPECT_TRUE(at::equal(output.context[0], plain.context[0]));
  EXPECT_TRUE(at::equal(output.dense[0], plain.dense[0]));
}

TEST_F(BertIntervention, VariantsGoOnWithTheSameNumbers) {
  for (const Intervention intervention :
       {Intervention::kMap, Intervention::kContext, Intervention::kOutput}) {
    const ModelTrace released = forward(intervention);
    const ModelTrace figure = forward(intervention, InterventionVariant::kFigure);

    EXPECT_TRUE(at::equal(released.logits, figure.logits));
    EXPECT_TRUE(at::equal(released.output[1], figure.output[1]));
  }
}

TEST_F(BertIntervention, ReleasedTracesTheTeachersParts) {
  const ModelTrace output = forward(Intervention::kOutput);

  EXPECT_TRUE(output.dense[1].is_same(teacher_.dense[1]));
  EXPECT_TRUE(output.context[1].is_same(teacher_.context[1]));
  EXPECT_TRUE(forward(Intervention::kContext).context[1].is_same(teacher_.context[1]));
}

TEST_F(BertIntervention, ReleasedOutputTrainsNeitherValuesNorProjection) {
  forward(Intervention::kOutput).output[1].square().sum().backward();

  EXPECT_FALSE(isTrained("attention.self.value"));
  EXPECT_FALSE(isTrained("attention.output.dense"));
}

TEST_F(BertIntervention, FigureTrainsValuesAndProjectionWithinTheLayer) {
  const ModelTrace trace = forward(Intervention::kOutput, InterventionVariant::kFigure);

  (trace.dense[1] - teacher_.dense[1]).square().sum().backward();

  EXPECT_TRUE(isTrained("attention.self.value"));
  EXPECT_TRUE(isTrained("attention.self.query"));
  EXPECT_TRUE(isTrained("attention.output.dense"));
  EXPECT_FALSE(areEmbeddingsTrained());
}

TEST_F(BertIntervention, FigureTrainsValuesFromTheContext) {
  const ModelTrace trace = forward(Intervention::kContext, InterventionVariant::kFigure);

  (trace.context[1] - teacher_.context[1]).square().sum().backward();

  EXPECT_TRUE(isTrained("attention.self.value"));
  EXPECT_FALSE(isTrained("attention.output.dense"));
  EXPECT_FALSE(areEmbeddingsTrained());
}

TEST_F(BertIntervention, TracingDrawsNoRandomNumbers) {
  const BertModel dropped = tiny_.student(tiny_.config);
  for (const InterventionVariant variant :
       {InterventionVariant::kReleased, InterventionVariant::kFigure}) {
    for (const Intervention intervention : {Intervention::kNone, Intervention::kOutput}) {
      const auto logits = [&](TraceSet trace) {
        at::manual_seed(5);
        return dropped
            .forward(tiny_.batch,
                     {.is_training = true,
                      .trace = trace,
                      .intervention = intervention,
                      .variant = variant,
                      .teacher = &teacher_})
            .logits;
      };

      EXPECT_TRUE(at::equal(logits({}), logits(TraceSet::all())));
    }
  }
}

}  // namespace
}  // namespace retort::train
