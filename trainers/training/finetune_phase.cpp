#include "trainers/training/finetune_phase.h"

#include "trainers/losses/task_loss.h"
#include "trainers/training/encoder_source.h"

#include <ATen/ATen.h>

namespace retort::train {

namespace {

EncoderSource randomEncoder(const SettingValues& settings,
                            const Task& task,
                            const std::optional<WordPieceTokenizer>& tokenizer,
                            const EncoderRequest& request) {
  EncoderSource source;
  source.config = bertConfigFromArchitecture(architectureSettings().read(settings),
                                             tokenizer ? tokenizer->vocabularySize() : 0,
                                             task.outputs());
  source.parameters = randomBertParameters(source.config, request.dtype);
  for (NamedTensor& parameter : source.parameters) {
    parameter.tensor = parameter.tensor.to(request.device);
  }
  return source;
}

LossTerms taskTerms(const BertTrace& trace, const EncoderBatch& batch) {
  const at::Tensor loss = taskLoss(trace.logits, batch.labels);
  return {.total = loss,
          .components = {{.name = "task", .coefficient = 1, .value = loss.detach()}},
          .weighted = {loss}};
}

}  // namespace

FinetunePhase::FinetunePhase(const PhaseInput& input) : EncoderPhase(input) {
  const ModelSettings settings = modelSettings().read(input.settings);
  TaskData data = readTask();
  const Task task = data.task;
  const bool is_random = settings.init == "random";
  std::optional<WordPieceTokenizer> tokenizer = data.tokenizer;
  if (!tokenizer && !is_random) {
    tokenizer = WordPieceTokenizer::fromFolder(settings.init);
  }
  setTask(std::make_unique<EncoderTask>(std::move(data), tokenizer, input.settings, taskOptions()));
  const EncoderRequest request{.labels = task.outputs(),
                               .dtype = dtype(),
                               .device = input.device,
                               .is_head_required = false};
  const EncoderSource source = is_random ? randomEncoder(input.settings, task, tokenizer, request)
                                         : readEncoder(settings.init, request);
  for (const std::string& warning : source.warnings) {
    input.warn(warning);
  }
  this->task().checkFits(source.config, settings.init);
  setModel(std::make_unique<BertModel>(withDropout(source.config, settings), source.parameters));
}

StepOutcome FinetunePhase::step(const StepRequest& request, const Pulse& pulse) {
  const EncoderBatch batch = task().batch(request.rows);
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

LossTerms FinetunePhase::objective(const BertModel& model,
                                   const EncoderBatch& batch,
                                   std::int64_t /*step*/,
                                   std::int64_t /*total_steps*/) const {
  return taskTerms(model.forward(batch, {}), batch);
}

std::optional<std::vector<MetricPoint>> FinetunePhase::evaluateTeacher(const Pulse& /*pulse*/) {
  return std::vector<MetricPoint>();
}

}  // namespace retort::train
