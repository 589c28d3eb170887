#include "trainers/analysis/probed_loss.h"

#include "trainers/losses/task_loss.h"

namespace retort::train {

const std::vector<std::string>& probedLossNames() {
  static const std::vector<std::string> kNames = {"task", "training"};
  return kNames;
}

LossFunction probedLoss(const ProbeInput& input, const std::string& name, const TokenBatch& batch) {
  const ProbedTraining& training = input.training;
  if (name == "training") {
    return [&training, batch] {
      return training.objective(*training.student, batch).total;
    };
  }
  return [&training, batch] {
    return taskLoss(training.student->forward(batch, {}).logits, batch.targets());
  };
}

TokenBatch rowsOf(const TokenBatch& batch, std::int64_t first, std::int64_t count) {
  const auto part = [&](const at::Tensor& rows) {
    return rows.defined() ? rows.narrow(0, first, count) : rows;
  };
  return {.input_ids = part(batch.input_ids),
          .attention_mask = part(batch.attention_mask),
          .segment_ids = part(batch.segment_ids),
          .lengths = part(batch.lengths),
          .labels = part(batch.labels)};
}

TokenBatch firstRows(const TokenBatch& batch, std::int64_t count) {
  const std::int64_t rows = batch.input_ids.size(0);
  return count == 0 || count >= rows ? batch : rowsOf(batch, 0, count);
}

}  // namespace retort::train
