#include "trainers/training/training_task.h"

#include "trainers/data/data_settings.h"
#include "trainers/data/task.h"
#include "trainers/settings/run_settings.h"
#include "trainers/train_error.h"
#include "trainers/training/encoder_task.h"
#include "trainers/training/language_task.h"

namespace retort::train {

std::optional<std::vector<MetricPoint>> TrainingTask::evaluate(const Model& model,
                                                               const std::string& prefix,
                                                               const Pulse& pulse) const {
  const Forward forward = [&model](const TokenBatch& batch) {
    return model.forward(batch, {}).logits;
  };
  return evaluate(
      {.forward = forward, .teacher = {}, .prefix = prefix, .positions = model.shape().positions},
      pulse);
}

std::unique_ptr<TrainingTask> makeTask(const TaskRequest& request) {
  const bool is_language = isLanguageTask(dataSettings().read(request.settings).task);
  const bool is_pretraining = runSettings().read(request.settings).phase == "pretrain";
  if (is_pretraining && !is_language) {
    throw TrainError(ExitCode::kBadSpec,
                     "phase: pretrain is for language models: data.task must be text or grammar");
  }
  return is_language ? makeLanguageTask(request) : makeEncoderTask(request);
}

}  // namespace retort::train
