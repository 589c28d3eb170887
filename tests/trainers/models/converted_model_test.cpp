#include "trainers/models/converted_model.h"

#include "tests/trainers/models/tiny_decoder.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::train {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

/// All tensors of a trace.
std::vector<at::Tensor> tensorsOf(const ModelTrace& trace) {
  std::vector<at::Tensor> all = {trace.logits};
  for (const auto& part : {trace.score,
                           trace.prob,
                           trace.context,
                           trace.dense,
                           trace.output,
                           trace.value,
                           trace.sum,
                           trace.normed_dense,
                           trace.hidden}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  for (const ProjectionOutputs& outputs : trace.projection) {
    for (const auto& [name, tensor] : outputs) {
      all.push_back(tensor);
    }
  }
  for (const ClippedActivations& clipped : trace.clipped) {
    all.push_back(clipped.share);
  }
  return all;
}

TEST(ConvertedModel, AnswersInTheTypeOfThoseWhoAsk) {
  const at::NoGradGuard no_grad;
  const TinyDecoder tiny("llama", at::kFloat);
  const LlamaModel plain = tiny.model();
  const ConvertedModel model(std::make_unique<LlamaModel>(tiny.model()), at::kCPU, at::kDouble);

  const ModelTrace expected = plain.forward(tiny.batch, {.trace = TraceSet::all()});
  const ModelTrace found = model.forward(tiny.batch, {.trace = TraceSet::all()});

  const std::vector<at::Tensor> answers = tensorsOf(found);
  const std::vector<at::Tensor> originals = tensorsOf(expected);
  ASSERT_EQ(answers.size(), originals.size());
  ASSERT_GT(answers.size(), 20U);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    EXPECT_EQ(answers[i].scalar_type(), at::kDouble);
    EXPECT_TRUE(at::equal(answers[i], originals[i].to(at::kDouble))) << i;
  }
  EXPECT_EQ(model.headWeight().scalar_type(), at::kDouble);
  EXPECT_TRUE(at::equal(model.headWeight(), plain.headWeight().to(at::kDouble)));
}

TEST(ConvertedModel, HasTheParametersOfTheInnerOne) {
  const TinyDecoder tiny("qwen2", at::kFloat);
  auto inner = std::make_unique<LlamaModel>(tiny.model());
  const NamedTensors parameters = inner->parameters();

  const ConvertedModel model(std::move(inner), at::kCPU, at::kDouble);

  ASSERT_EQ(model.parameters().size(), parameters.size());
  for (const NamedTensor& entry : parameters) {
    EXPECT_TRUE(findTensor(model.parameters(), entry.name)->is_alias_of(entry.tensor));
  }
  EXPECT_EQ(model.shape().vocabulary, tiny.config.vocab_size);
}

// No machine for tests needs two devices: "meta" is one without numbers.
TEST(ConvertedModel, TracesGoWhereTheyAreAskedFor) {
  const at::NoGradGuard no_grad;
  const TinyDecoder tiny("llama", at::kFloat);

  const ModelTrace moved = convertedTrace(
      tiny.model().forward(tiny.batch, {.trace = TraceSet::all()}), at::kMeta, at::kDouble);

  for (const at::Tensor& tensor : tensorsOf(moved)) {
    EXPECT_TRUE(tensor.is_meta());
    EXPECT_EQ(tensor.scalar_type(), at::kDouble);
  }
}

/// A model on a device without numbers that sees where its batches are.
class FarModel : public Model {
 public:
  FarModel() : Model({}, {{"weight", {2}}}, {{"weight", at::empty({2}, at::kMeta)}}, {}) {}

  [[nodiscard]] ModelTrace forward(const TokenBatch& batch,
                                   const ForwardOptions& /*options*/) const override {
    for (const at::Tensor* tensor :
         {&batch.input_ids, &batch.attention_mask, &batch.labels, &batch.segment_ids}) {
      EXPECT_TRUE(!tensor->defined() || tensor->is_meta());
    }
    return {.logits = at::ones({1, 2})};
  }

 private:
  void bind() override {}
};

TEST(ConvertedModel, BatchesGoToTheWeights) {
  const TinyDecoder tiny("llama_documents", at::kFloat);
  const ConvertedModel model(std::make_unique<FarModel>(), at::kCPU, at::kDouble);

  EXPECT_TRUE(at::equal(model.forward(tiny.batch, {}).logits, tensorOf({{1.0, 1.0}})));
  EXPECT_FALSE(tiny.batch.input_ids.is_meta());
  EXPECT_FALSE(model.headWeight().defined());
}

TEST(ConvertedModel, TakesNothingOver) {
  const TinyDecoder tiny("llama", at::kFloat);
  const ConvertedModel model(std::make_unique<LlamaModel>(tiny.model()), at::kCPU, at::kFloat);

  EXPECT_THAT(
      [&] { static_cast<void>(model.forward(tiny.batch, {.intervention = Intervention::kMap})); },
      ThrowsMessage<c10::Error>(HasSubstr("takes nothing over")));
}

}  // namespace
}  // namespace retort::train
