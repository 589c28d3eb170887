#include "trainers/training/finetune_phase.h"

#include "trainers/losses/task_loss.h"
#include "trainers/training/model_source.h"

#include <ATen/ATen.h>

namespace retort::train {

namespace {

LossTerms taskTerms(const ModelTrace& trace, const TokenBatch& batch) {
  const at::Tensor loss = taskLoss(trace.logits, batch.targets());
  return {.total = loss,
          .components = {{.name = "task", .coefficient = 1, .value = loss.detach()}},
          .weighted = {loss}};
}

}  // namespace

FinetunePhase::FinetunePhase(const PhaseInput& input) : ModelPhase(input) {
  const ModelSettings settings = modelSettings().read(input.settings);
  const std::string& init = settings.init;
  const bool is_random = init == "random";
  readTask(is_random ? settings.tokenizer : init);
  ModelRequest request = modelRequest();
  request.is_head_required = false;
  const ModelSource source = is_random
                                 ? randomModel(input.settings, task().vocabularySize(), request)
                                 : readModel(init, request);
  task().checkFits(source.blueprint->shape(), init);
  takeModel(source, {});
}

StepOutcome FinetunePhase::step(const StepRequest& request, const Pulse& pulse) {
  const TokenBatch batch = task().batch(request.rows);
  trainedModel().clearGradients();
  StepOutcome outcome;
  outcome.student = model().forward(batch, {.is_training = true, .trace = request.trace});
  LossTerms terms = taskTerms(outcome.student, batch);
  pulse();
  terms.total.backward();
  outcome.loss = terms.total.item<double>();
  outcome.losses = std::move(terms.components);
  outcome.batch = batch;
  outcome.tokens = batch.lengths.sum().item<double>();
  return outcome;
}

LossTerms FinetunePhase::objective(const Model& model,
                                   const TokenBatch& batch,
                                   std::int64_t /*step*/,
                                   std::int64_t /*total_steps*/) const {
  return taskTerms(model.forward(batch, {}), batch);
}

std::optional<std::vector<MetricPoint>> FinetunePhase::evaluateTeacher(const Pulse& /*pulse*/) {
  return std::vector<MetricPoint>();
}

}  // namespace retort::train
