#pragma once

#include "core/run/workspace_layout.h"
#include "core/settings/resolve.h"
#include "trainers/data/batch_order.h"
#include "trainers/freezing/signal_freezing.h"
#include "trainers/io/checkpoint_folder.h"
#include "trainers/settings/loop_settings.h"
#include "trainers/train_error.h"
#include "trainers/training/loop_state.h"
#include "trainers/training/probe_schedule.h"
#include "trainers/training/run_log.h"
#include "trainers/training/training_phase.h"
#include "trainers/training/updater.h"

#include <functional>
#include <memory>
#include <string>

namespace retort::train {

/// How a run ended when nothing failed.
struct LoopEnd {
  ExitCode exit_code = ExitCode::kFinished;
  std::string message;
};

/// Trains one phase from its start, or from a checkpoint, to its end: batches, updates,
/// evaluations, probes, checkpoints, results. Step k is the k-th update; its points describe the
/// batch and the weights before it. An evaluation at step k is of the weights after k updates.
/// Same settings, machine and threads: the same numbers, whether or not the run was interrupted.
class TrainingLoop {
 public:
  struct Surroundings {
    RunPaths paths;
    at::Device device = at::kCPU;
    std::function<bool()> is_stop_requested;
  };

  /// References must outlive the loop.
  TrainingLoop(const SettingValues& settings,
               Surroundings surroundings,
               TrainingPhase& phase,
               RunLog& log);

  /// Takes up a checkpoint. Throws TrainError (kBadData) when it is of another model or spec.
  void resume(const Checkpoint& checkpoint);

  /// Trains until the end, a stop, or divergence.
  LoopEnd run();

  [[nodiscard]] std::int64_t totalSteps() const { return total_steps_; }

  [[nodiscard]] const LoopState& state() const { return state_; }

  /// Everything that a checkpoint holds of the present moment; the tensors are shared.
  [[nodiscard]] Checkpoint checkpoint() const;

 private:
  /// Both return false when a stop was requested before they were done.
  bool evaluateTeacherOnce();
  bool evaluateIfDue();
  void keepIfBest(const EvaluationValues& values);

  /// One step; false when the run has diverged.
  bool trainStep();
  bool skipStep(std::span<const std::int64_t> rows, double loss, const std::vector<double>& norms);
  void logLoss(double loss);
  void measureProbes(const StepOutcome& outcome, const std::vector<double>& norms);

  /// The update, and what signal_freeze makes of it.
  void update(const std::vector<double>& norms);

  void handOverSecondMoments();
  void saveCheckpoint();
  void reportResult();

  [[nodiscard]] bool isEvaluationDue() const;
  [[nodiscard]] Pulse pulse() const;

  LoopSettings settings_;
  CheckpointSettings keeping_;
  Surroundings surroundings_;
  TrainingPhase& phase_;
  RunLog& log_;
  CheckpointFolder checkpoints_;
  ProbeSchedule probes_;
  BatchOrder order_;
  std::int64_t total_steps_;
  Updater updater_;
  std::unique_ptr<SignalFreezing> freezing_;  // null: no rule
  LoopState state_;
  bool is_resumed_ = false;
  std::string divergence_;
  double step_seconds_ = 0;
  double step_tokens_ = 0;
  double all_steps_seconds_ = 0;
};

}  // namespace retort::train
