#pragma once

#include "core/events/event.h"
#include "trainers/evaluation/text_samples.h"
#include "trainers/losses/distillation.h"
#include "trainers/models/model_trace.h"
#include "trainers/models/named_tensors.h"
#include "trainers/models/token_batch.h"
#include "trainers/probes/probed_training.h"
#include "trainers/training/resource_estimate.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace retort::train {

/// What one forward and backward pass leaves for the loop and the probes. Gradients are in the
/// parameters.
struct StepOutcome {
  double loss = 0;                    ///< the total, before the update; may be NaN or infinite
  std::vector<LossComponent> losses;  ///< its parts
  TokenBatch batch;
  double tokens = 0;   ///< real tokens of the batch
  ModelTrace student;  ///< what was asked for, detached from the graph
  std::optional<ModelTrace> teacher;
};

/// What the loop asks of one step.
struct StepRequest {
  std::span<const std::int64_t> rows;
  std::int64_t step = 0;  ///< index of the update, from 0
  std::int64_t total_steps = 1;
  TraceSet trace;  ///< what probes want to see
};

/// Called between batches of long work; returns false when the work is to be given up.
using Pulse = std::function<bool()>;

/// What a run does at each step. The loop knows nothing of models, data and losses beyond this; a
/// new phase (another objective, another family of models) is another class.
class TrainingPhase {
 public:
  TrainingPhase() = default;
  virtual ~TrainingPhase() = default;
  TrainingPhase(const TrainingPhase&) = delete;
  TrainingPhase& operator=(const TrainingPhase&) = delete;

  /// Rows to train on, at least 1.
  [[nodiscard]] virtual std::int64_t trainingRows() const = 0;

  [[nodiscard]] virtual bool hasTeacher() const = 0;

  /// All parameters (latent weights), in the model's order: what a checkpoint holds.
  [[nodiscard]] virtual NamedTensors parameters() const = 0;

  /// Those that are trained.
  [[nodiscard]] virtual NamedTensors trainableParameters() const = 0;

  /// What every attempt needs before its first step; it leaves parameters() as they are. False when
  /// `pulse` gave it up.
  [[nodiscard]] virtual bool open(const Pulse& /*pulse*/) { return true; }

  /// What has to be done once, before the first step of a run that starts anew; all of it is in
  /// parameters(). False when `pulse` gave it up.
  [[nodiscard]] virtual bool prepare(const Pulse& /*pulse*/) { return true; }

  /// Forward and backward pass over the given rows, in training mode, into fresh gradients.
  /// `pulse` is called in between.
  virtual StepOutcome step(const StepRequest& request, const Pulse& pulse) = 0;

  /// Models, rows and objective for probes, at the update with index `step` of `total_steps`; valid
  /// until the next step.
  [[nodiscard]] virtual ProbedTraining probed(std::int64_t /*step*/,
                                              std::int64_t /*total_steps*/) const {
    return {};
  }

  /// Evaluates the model as it is now, after `step` updates of `total_steps`, on all evaluation
  /// sets. Empty when `pulse` gave it up.
  [[nodiscard]] virtual std::optional<std::vector<MetricPoint>> evaluate(std::int64_t step,
                                                                         std::int64_t total_steps,
                                                                         const Pulse& pulse) = 0;

  /// The same for the teacher, as metrics "teacher.eval.…"; nothing when there is none.
  [[nodiscard]] virtual std::optional<std::vector<MetricPoint>> evaluateTeacher(
      const Pulse& pulse) = 0;

  /// True when the model wants to see the optimizer's second moments.
  [[nodiscard]] virtual bool usesSecondMoments() const { return false; }

  /// The optimizer's running means of squared gradients, by parameter name; shared with it. Called
  /// after each update, and after a checkpoint was read, when usesSecondMoments.
  virtual void takeSecondMoments(const NamedTensors& /*second_moments*/) {}

  /// Where the numbers stop being finite, in the order of the forward pass over these rows
  /// ("attention scores of layer 3"); empty when everything is finite. Draws no random numbers.
  [[nodiscard]] virtual std::string firstNonFinite(std::span<const std::int64_t> rows) = 0;

  /// The peak of the process's memory while it trains.
  [[nodiscard]] virtual MemoryEstimate memory() const = 0;

  /// Facts about data and model for the event file and for --check.
  [[nodiscard]] virtual Json summary() const = 0;

  /// The metric by which "best" is chosen.
  [[nodiscard]] virtual std::string mainMetric() const = 0;

  /// What the model as it is now writes, for people to read: as the settings ask for. Empty when
  /// `pulse` gave it up.
  [[nodiscard]] virtual std::optional<std::vector<TextSample>> samples(const Pulse& /*pulse*/) {
    return std::vector<TextSample>();
  }

  /// Writes the model as it is now, as a folder that other tools load. `evaluation`: its values on
  /// the main evaluation set, for files that tell how it was judged; none: no such files.
  virtual void writeModel(const std::filesystem::path& folder,
                          const std::map<std::string, double>& evaluation) const = 0;

  void writeModel(const std::filesystem::path& folder) const { writeModel(folder, {}); }
};

}  // namespace retort::train
