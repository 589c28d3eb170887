#pragma once

#include "trainers/training/model_phase.h"

namespace retort::train {

/// Training in full precision on a task's labels: makes the teachers.
class FinetunePhase : public ModelPhase {
 public:
  /// Loads the task and the model (model.init). Throws TrainError.
  explicit FinetunePhase(const PhaseInput& input);

  [[nodiscard]] bool hasTeacher() const override { return false; }

  [[nodiscard]] std::optional<std::vector<MetricPoint>> evaluateTeacher(
      const Pulse& pulse) override;

 protected:
  LossTerms forward(const BatchPart& part,
                    const StepRequest& request,
                    const Pulse& pulse,
                    StepOutcome& outcome) override;
  [[nodiscard]] LossTerms objective(const Model& model,
                                    const TokenBatch& batch,
                                    std::int64_t step,
                                    std::int64_t total_steps) const override;
};

}  // namespace retort::train
