#include "trainers/training/training_task.h"

#include "trainers/training/encoder_task.h"

namespace retort::train {

std::optional<std::vector<MetricPoint>> TrainingTask::evaluate(const Model& model,
                                                               const std::string& prefix,
                                                               const Pulse& pulse) const {
  const Forward forward = [&model](const TokenBatch& batch) {
    return model.forward(batch, {}).logits;
  };
  return evaluate({.forward = forward, .teacher = {}, .prefix = prefix}, pulse);
}

std::unique_ptr<TrainingTask> makeTask(const TaskRequest& request) {
  return makeEncoderTask(request);
}

}  // namespace retort::train
