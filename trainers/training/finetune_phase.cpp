#include "trainers/training/finetune_phase.h"

#include "trainers/losses/task_loss.h"
#include "trainers/training/logit_parts.h"
#include "trainers/training/model_source.h"

#include <ATen/ATen.h>

namespace retort::train {

namespace {

LossTerms termsOf(const at::Tensor& loss) {
  return {.total = loss,
          .components = {{.name = "task", .coefficient = 1, .value = loss.detach()}},
          .weighted = {loss}};
}

/// The loss of a part of a batch counts by its share of the rows of the logits; a part without any
/// has no mean.
LossTerms taskTerms(const ModelTrace& trace, const TokenBatch& batch, double share) {
  if (share == 0) {
    return termsOf(trace.logits.sum() * 0);
  }
  const at::Tensor loss = taskLoss(trace.logits, batch.targets());
  return termsOf(share == 1 ? loss : loss * share);
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

LossTerms FinetunePhase::forward(const BatchPart& part,
                                 const StepRequest& request,
                                 const Pulse& /*pulse*/,
                                 StepOutcome& outcome) {
  outcome.student = model().forward(part.batch, trainingPass(request.trace));
  if (stepMemory().logit_rows == 0) {
    return taskTerms(outcome.student, part.batch, part.share.logits);
  }
  return inLogitParts(
      {.student = {outcome.student.logits, model().headWeight()}, .rows = stepMemory().logit_rows},
      part,
      [](const LogitPart& logits) {
        return taskTerms(logits.student, logits.batch, logits.share.logits);
      });
}

LossTerms FinetunePhase::objective(const Model& model,
                                   const TokenBatch& batch,
                                   std::int64_t /*step*/,
                                   std::int64_t /*total_steps*/) const {
  return taskTerms(model.forward(batch, {}), batch, 1);
}

std::optional<std::vector<MetricPoint>> FinetunePhase::evaluateTeacher(const Pulse& /*pulse*/) {
  return std::vector<MetricPoint>();
}

}  // namespace retort::train
