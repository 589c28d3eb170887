#include "trainers/analysis/probed_loss.h"

#include "trainers/losses/task_loss.h"

namespace retort::train {

const std::vector<std::string>& probedLossNames() {
  static const std::vector<std::string> kNames = {"task", "training"};
  return kNames;
}

LossFunction probedLoss(const ProbeInput& input,
                        const std::string& name,
                        const EncoderBatch& batch) {
  const ProbedTraining& training = input.training;
  if (name == "training") {
    return [&training, batch] {
      return training.objective(*training.student, batch).total;
    };
  }
  return [&training, batch] {
    return taskLoss(training.student->forward(batch, {}).logits, batch.labels);
  };
}

EncoderBatch rowsOf(const EncoderBatch& batch, std::int64_t first, std::int64_t count) {
  return {.input_ids = batch.input_ids.narrow(0, first, count),
          .attention_mask = batch.attention_mask.narrow(0, first, count),
          .segment_ids = batch.segment_ids.narrow(0, first, count),
          .lengths = batch.lengths.narrow(0, first, count),
          .labels = batch.labels.defined() ? batch.labels.narrow(0, first, count) : at::Tensor()};
}

EncoderBatch firstRows(const EncoderBatch& batch, std::int64_t count) {
  const std::int64_t rows = batch.input_ids.size(0);
  return count == 0 || count >= rows ? batch : rowsOf(batch, 0, count);
}

}  // namespace retort::train
