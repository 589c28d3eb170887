#pragma once

#include "trainers/settings/run_settings.h"
#include "trainers/training/encoder_task.h"
#include "trainers/training/training_phase.h"

#include <functional>
#include <memory>
#include <set>
#include <string>

namespace retort::train {

/// What every phase is made from.
struct PhaseInput {
  SettingValues settings;  ///< resolved, paths ready to be opened
  at::Device device = at::kCPU;
  std::function<void(const std::string&)> warn;
};

/// What the phases of encoders share: a task, a model in training, evaluation and writing.
class EncoderPhase : public TrainingPhase {
 public:
  [[nodiscard]] std::int64_t trainingRows() const override { return task_->training().size(); }

  /// Weights, then what quantizers hold.
  [[nodiscard]] NamedTensors parameters() const override;

  [[nodiscard]] NamedTensors trainableParameters() const override {
    return model_->trainableParameters();
  }

  [[nodiscard]] bool usesSecondMoments() const override { return model_->usesSecondMoments(); }

  void takeSecondMoments(const NamedTensors& second_moments) override {
    model_->setSecondMoments(second_moments);
  }

  [[nodiscard]] ProbedTraining probed(std::int64_t step, std::int64_t total_steps) const override;
  [[nodiscard]] std::optional<std::vector<MetricPoint>> evaluate(std::int64_t step,
                                                                 std::int64_t total_steps,
                                                                 const Pulse& pulse) override;
  [[nodiscard]] std::string firstNonFinite(std::span<const std::int64_t> rows) override;

  [[nodiscard]] std::string mainMetric() const override { return task_->task().main_metric; }

  void writeModel(const std::filesystem::path& folder) const override;
  [[nodiscard]] Json summary() const override;
  [[nodiscard]] MemoryEstimate memory() const override;

  [[nodiscard]] const BertModel& model() const { return *model_; }

  [[nodiscard]] const EncoderTask& task() const { return *task_; }

 protected:
  explicit EncoderPhase(const PhaseInput& input);

  void setTask(std::unique_ptr<EncoderTask> task) { task_ = std::move(task); }

  /// Takes the model that is trained, and freezes what the settings name.
  void setModel(std::unique_ptr<BertModel> model);

  /// What the phase minimises at the update with index `step`, without dropout and intervention
  /// (ProbedTraining::objective).
  [[nodiscard]] virtual LossTerms objective(const BertModel& model,
                                            const EncoderBatch& batch,
                                            std::int64_t step,
                                            std::int64_t total_steps) const = 0;

  [[nodiscard]] BertModel& trainedModel() { return *model_; }

  [[nodiscard]] at::ScalarType dtype() const;

  /// Reads the task's rows; warnings go out.
  [[nodiscard]] TaskData readTask() const;

  [[nodiscard]] EncoderTask::Options taskOptions() const;

  [[nodiscard]] const PhaseInput& input() const { return input_; }

  /// Of one step, without teacher and quantization.
  [[nodiscard]] StepShape stepShape() const;

 private:
  PhaseInput input_;
  RunSettings run_;
  std::unique_ptr<EncoderTask> task_;
  std::unique_ptr<BertModel> model_;
  std::string frozen_;
};

}  // namespace retort::train
