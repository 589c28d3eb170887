#include "trainers/probes/gradient_cosine.h"

#include "tests/trainers/analysis/probe_fixture.h"
#include "trainers/analysis/gradient_statistics.h"
#include "trainers/losses/task_loss.h"

namespace retort::train {
namespace {

class CosineProbe : public ProbedEncoder {};

TEST_F(CosineProbe, IsThatOfTheSecondImplementation) {
  settings_ = {{"probe.gradient_cosine.task", false}};
  const Json& golden = golden_.at("gradients").at("cosine");
  const std::map<std::string, std::string> names = {{"logits", "cls_loss"},
                                                    {"hidden", "rep_loss"},
                                                    {"attention_map", "attmap_loss"},
                                                    {"attention_output", "output_loss"}};

  const auto values = measured(gradientCosineProbe(), input());

  int pairs = 0;
  for (const auto& [first, first_golden] : names) {
    for (const auto& [second, second_golden] : names) {
      const auto value = values.find("gradient_cosine " + first + "/" + second);
      const auto expected = golden.find(std::min(first_golden, second_golden) + " " +
                                        std::max(first_golden, second_golden));
      if (value != values.end()) {
        ASSERT_NE(expected, golden.end());
        EXPECT_NEAR(value->second, expected->get<double>(), 1e-9) << first << "/" << second;
        EXPECT_TRUE(values.contains("gradient_cosine_layer layer 1 " + first + "/" + second));
        ++pairs;
      }
    }
  }
  EXPECT_EQ(pairs, 6);
  expectUntouched();
}

TEST_F(CosineProbe, ComparesWithTheLabels) {
  const TensorList parameters = tensorsOf(parameters_);
  const LossTerms terms = input().training.objective(student_, tiny_.batch);
  std::size_t logits = 0;
  while (terms.components.at(logits).name != "logits") {
    ++logits;
  }
  const TensorList soft = gradientOf(terms.weighted[logits], parameters);
  const at::Tensor task = taskLoss(student_.forward(tiny_.batch, {}).logits, tiny_.batch.labels);
  const double expected = *cosine(soft, gradientOf(task, parameters));

  const auto values = measured(gradientCosineProbe(), input());

  EXPECT_NEAR(values.at("gradient_cosine logits/task"), expected, 1e-12);
}

TEST_F(CosineProbe, LeavesOutWhatHasNoGradient) {
  ProbeInput one = input();
  one.training.objective = [this](const Model& model, const TokenBatch& batch) {
    const at::Tensor loss = taskLoss(model.forward(batch, {}).logits, batch.labels);
    const at::Tensor constant = loss.detach() * 2;
    return LossTerms{.total = loss,
                     .components = {{.name = "task", .coefficient = 1, .value = loss.detach()},
                                    {.name = "constant", .coefficient = 1, .value = constant},
                                    {.name = "zero", .coefficient = 1, .value = constant}},
                     .weighted = {loss, constant, loss * 0}};
  };

  EXPECT_TRUE(measured(gradientCosineProbe(), one).empty());
}

}  // namespace
}  // namespace retort::train
