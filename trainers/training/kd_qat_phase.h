#pragma once

#include "trainers/losses/distillation.h"
#include "trainers/models/layer_map.h"
#include "trainers/settings/setting_group.h"
#include "trainers/training/intervention.h"
#include "trainers/training/model_phase.h"
#include "trainers/training/teacher_logits.h"

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace retort::train {

/// How the layers of a shallower student answer to the teacher's (models/layer_map.h).
struct LayerMapSettings {
  std::vector<std::string> layer_map = {"uniform"};
};

/// distill.layer_map
[[nodiscard]] const SettingGroup<LayerMapSettings>& layerMapSettings();

/// Quantization-aware training of a student by distillation from its full-precision teacher
/// (arXiv 2211.11014). The teacher is in evaluation mode and records no gradients; the student
/// starts from the teacher's weights unless it has its own, and is quantized on the fly; frozen
/// weights are quantized once, and their latent values are then the teacher's own tensors. The
/// teacher is left out of steps in which nothing but cached logits (TeacherLogits) is asked of it.
/// While an
/// intervention (intervention.h) lasts, the student computes with parts of the teacher's trace;
/// evaluations "eval.…" are without it, "intervention.eval.…" with that of the last update.
class KdQatPhase : public ModelPhase {
 public:
  /// Loads task, teacher and student. Throws TrainError.
  explicit KdQatPhase(const PhaseInput& input);

  [[nodiscard]] bool hasTeacher() const override { return true; }

  /// Finds or makes the teacher's logits that a loss wants from the cache.
  [[nodiscard]] bool open(const Pulse& pulse) override;

  /// Calibrates the quantizers that have no numbers yet, and searches the grids of weights that
  /// start by the error of their outputs, unless the student brought them along.
  [[nodiscard]] bool prepare(const Pulse& pulse) override;

  /// The model's, and then what the losses learn.
  [[nodiscard]] NamedTensors parameters() const override;
  [[nodiscard]] NamedTensors trainableParameters() const override;

  [[nodiscard]] std::optional<std::vector<MetricPoint>> evaluate(std::int64_t step,
                                                                 std::int64_t total_steps,
                                                                 const Pulse& pulse) override;
  [[nodiscard]] std::optional<std::vector<MetricPoint>> evaluateTeacher(
      const Pulse& pulse) override;
  [[nodiscard]] MemoryEstimate memory() const override;

  /// Also what the student's weights are quantized to, and what it takes when it is stored.
  [[nodiscard]] Json summary() const override;
  [[nodiscard]] ProbedTraining probed(std::int64_t step, std::int64_t total_steps) const override;

 protected:
  LossTerms forward(const BatchPart& part,
                    const StepRequest& request,
                    const Pulse& pulse,
                    StepOutcome& outcome) override;
  [[nodiscard]] LossTerms objective(const Model& model,
                                    const TokenBatch& batch,
                                    std::int64_t step,
                                    std::int64_t total_steps) const override;

 private:
  void takeQuantizers(const ModelSource& source, const std::string& folder);

  /// Training rows in the file's order, as many as quant.calibration.batches says.
  [[nodiscard]] std::vector<TokenBatch> calibrationBatches() const;

  /// The weights whose grid is still to be searched (models/output_error.h).
  [[nodiscard]] std::vector<std::string> weightsToSearch() const;

  /// The student with its weights as they are, not quantized.
  [[nodiscard]] std::unique_ptr<Model> fullPrecision() const;

  [[nodiscard]] Intervention interventionOf(std::int64_t step, std::int64_t total_steps) const;

  /// The teacher's trace in the student's layers, under at::NoGradGuard.
  [[nodiscard]] ModelTrace teacherTrace(const TokenBatch& batch,
                                        const ForwardOptions& options) const;

  /// What is asked of the teacher in an update when nothing is measured.
  [[nodiscard]] bool needsTeacherPass(Intervention intervention) const;

  /// Warns when cached logits spare no pass of the teacher.
  void checkTeacherLogits() const;

  /// The losses on the logits part by part, and then the others.
  [[nodiscard]] LossTerms inParts(const BatchPart& part, const LossInput& whole) const;

  /// Throws TrainError (bad spec) for losses whose logits cannot be parted.
  void checkLogitParts() const;

  Distillation distillation_;
  InterventionSettings intervention_;
  LayerMap layer_map_;
  std::set<std::string> taken_quantizers_;  // tensors that came with the student
  std::unique_ptr<Model> teacher_;
  Json teacher_config_;
  std::optional<TeacherLogits> teacher_logits_;
};

}  // namespace retort::train
