#pragma once

#include "trainers/settings/run_settings.h"
#include "trainers/training/batch_part.h"
#include "trainers/training/model_source.h"
#include "trainers/training/training_phase.h"
#include "trainers/training/training_task.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <string>

namespace retort::train {

/// What a step does without, to take less memory.
struct StepMemorySettings {
  bool gradient_checkpointing = false;
  std::int64_t logit_rows = 0;
  std::string weights_dtype = "full";
};

/// train.gradient_checkpointing, train.logit_rows, train.weights_dtype
[[nodiscard]] const SettingGroup<StepMemorySettings>& stepMemorySettings();

/// What every phase is made from.
struct PhaseInput {
  SettingValues settings;  ///< resolved, paths ready to be opened
  at::Device device = at::kCPU;
  std::function<void(const std::string&)> warn;
};

/// What the phases share: a task, a model in training, evaluation and writing.
class ModelPhase : public TrainingPhase {
 public:
  [[nodiscard]] std::int64_t trainingRows() const override { return task_->trainingRows(); }

  /// Weights, then what quantizers hold.
  [[nodiscard]] NamedTensors parameters() const override;

  [[nodiscard]] NamedTensors trainableParameters() const override {
    return model_->trainableParameters();
  }

  [[nodiscard]] bool usesSecondMoments() const override { return model_->usesSecondMoments(); }

  void takeSecondMoments(const NamedTensors& second_moments) override {
    model_->setSecondMoments(second_moments);
  }

  /// In train.gradient_accumulation_steps parts, one after the other; the outcome's batch and
  /// traces are those of the last, its losses those of all.
  StepOutcome step(const StepRequest& request, const Pulse& pulse) override;

  [[nodiscard]] ProbedTraining probed(std::int64_t step, std::int64_t total_steps) const override;
  [[nodiscard]] std::optional<std::vector<MetricPoint>> evaluate(std::int64_t step,
                                                                 std::int64_t total_steps,
                                                                 const Pulse& pulse) override;
  [[nodiscard]] std::string firstNonFinite(std::span<const std::int64_t> rows) override;

  [[nodiscard]] std::string mainMetric() const override { return task_->mainMetric(); }

  [[nodiscard]] std::optional<std::vector<TextSample>> samples(const Pulse& pulse) override;

  using TrainingPhase::writeModel;
  void writeModel(const std::filesystem::path& folder,
                  const std::map<std::string, double>& evaluation) const override;
  [[nodiscard]] Json summary() const override;
  [[nodiscard]] MemoryEstimate memory() const override;

  [[nodiscard]] const Model& model() const { return *model_; }

  [[nodiscard]] const ModelBlueprint& blueprint() const { return *blueprint_; }

  [[nodiscard]] const TrainingTask& task() const { return *task_; }

 protected:
  explicit ModelPhase(const PhaseInput& input);

  /// The forward passes of a part of an update's batch in training mode, with gradients. What they
  /// trace is left in `outcome`.
  virtual LossTerms forward(const BatchPart& part,
                            const StepRequest& request,
                            const Pulse& pulse,
                            StepOutcome& outcome) = 0;

  /// Throws TrainError (bad spec) when stepMemory() asks for what that model cannot do.
  void checkStepMemory(const Model& model) const;

  /// How a pass is to be made that traces these parts.
  [[nodiscard]] ForwardOptions trainingPass(TraceSet trace) const;

  [[nodiscard]] const StepMemorySettings& stepMemory() const { return step_memory_; }

  /// What the phase minimises at the update with index `step`, without dropout and intervention
  /// (ProbedTraining::objective).
  [[nodiscard]] virtual LossTerms objective(const Model& model,
                                            const TokenBatch& batch,
                                            std::int64_t step,
                                            std::int64_t total_steps) const = 0;

  [[nodiscard]] Model& trainedModel() { return *model_; }

  [[nodiscard]] at::ScalarType dtype() const;

  /// Of a model that is to learn the task, which must be there.
  [[nodiscard]] ModelRequest modelRequest() const;

  /// The task with its rows; `model`: where its tokenizer is (TaskRequest); warnings go out.
  void readTask(const std::filesystem::path& model);

  /// Makes the model that is trained of it, and freezes what the settings name; its warnings go
  /// out.
  void takeModel(const ModelSource& source, const ModelQuantization& quantization);

  [[nodiscard]] const PhaseInput& input() const { return input_; }

  /// What the optimizer of the settings holds of these.
  [[nodiscard]] std::uint64_t momentBytes(const NamedTensors& trainable) const;

  /// Of one step, without teacher and quantization.
  [[nodiscard]] StepShape stepShape() const;

 private:
  PhaseInput input_;
  RunSettings run_;
  StepMemorySettings step_memory_;
  std::unique_ptr<TrainingTask> task_;
  std::shared_ptr<const ModelBlueprint> blueprint_;
  std::unique_ptr<Model> model_;
  std::string frozen_;
};

}  // namespace retort::train
