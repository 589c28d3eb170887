#include "trainers/training/run_session.h"

#include "core/base/text.h"
#include "trainers/settings/run_settings.h"
#include "trainers/training/compute_environment.h"
#include "trainers/training/device.h"
#include "trainers/training/generator_state.h"
#include "trainers/training/phase_registry.h"
#include "trainers/training/resource_estimate.h"
#include "trainers/training/run_settings_resolver.h"
#include "trainers/training/stop_signals.h"

#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

namespace retort::train {

namespace {

RunPaths existingFolder(const std::filesystem::path& folder) {
  if (!std::filesystem::is_directory(folder)) {
    throw TrainError(ExitCode::kMissingInput,
                     fmt::format("{}: there is no such run directory", folder.string()));
  }
  return RunPaths{std::filesystem::canonical(folder)};
}

int attemptNumber(const std::filesystem::path& events) {
  if (const char* given = std::getenv("RETORT_ATTEMPT")) {
    const auto attempt = parseInteger(given);
    if (attempt && *attempt >= 1 && *attempt <= 1'000'000) {
      return static_cast<int>(*attempt);
    }
  }
  const auto next = EventWriter::nextAttempt(events);
  return next ? *next : 1;
}

/// All that is needed to train, in the order in which it must be made.
struct Preparation {
  Preparation(const RunSpec& spec,
              const RunPaths& paths,
              const std::function<void(const std::string&)>& warn)
      : settings(resolveRunSettings(spec, paths)),
        run(runSettings().read(settings)),
        environment(run, warn),
        device(selectDevice(run.device, warn)) {
    verifyInputs(spec, paths);
    seedGenerators(run.seed, device);
    phase = makePhase({.settings = settings, .device = device, .warn = warn});
    checkpointing = checkpointSettings().read(settings);
    disk_bytes = diskBytes(totalBytes(phase->parameters()), checkpointing);
    checkDiskRoom(paths.folder, disk_bytes);
  }

  SettingValues settings;
  RunSettings run;
  ComputeEnvironment environment;
  at::Device device;
  std::unique_ptr<TrainingPhase> phase;
  CheckpointSettings checkpointing;
  std::uint64_t disk_bytes = 0;
};

}  // namespace

RunSession::RunSession(const std::filesystem::path& folder)
    : paths_(existingFolder(folder)),
      lock_(paths_.lock()) {}

LoopEnd RunSession::run() {
  const Opening opening = open();
  const LoopEnd result = train(opening);
  const char* status = result.exit_code == ExitCode::kFinished   ? "finished"
                       : result.exit_code == ExitCode::kDiverged ? "diverged"
                                                                 : "stopped";
  end(status, static_cast<int>(result.exit_code), result.message);
  return result;
}

RunSession::Opening RunSession::open() {
  Opening opening;
  std::vector<std::string> warnings;
  std::exception_ptr problem;
  std::int64_t from_step = -1;
  std::string run_id = paths_.folder.filename().string();
  const CheckpointFolder checkpoints(paths_.checkpoints(), 1);
  const std::vector<std::int64_t> steps = checkpoints.steps();
  if (!steps.empty()) {
    from_step = steps.back();
  }
  try {
    opening.spec = readRunSpec(paths_);
    run_id = opening.spec.run_id;
    opening.checkpoint = checkpoints.loadNewest(warnings);
    from_step = opening.checkpoint ? opening.checkpoint->step : -1;
  } catch (const TrainError&) {
    problem = std::current_exception();
  }
  const int attempt = attemptNumber(paths_.events());
  auto events = EventWriter::open(paths_.events(), run_id, attempt, from_step);
  if (!events) {
    throw std::runtime_error(events.error().message);
  }
  log_ = std::make_unique<RunLog>(*std::move(events));
  if (problem) {
    std::rethrow_exception(problem);
  }
  for (const std::string& warning : warnings) {
    log_->warn(warning);
  }
  return opening;
}

LoopEnd RunSession::train(const Opening& opening) {
  log_->event("phase", std::nullopt, {{"name", "prepare"}});
  log_->flush();
  const Preparation ready(
      opening.spec, paths_, [this](const std::string& message) { log_->warn(message); });
  TrainingLoop loop(
      ready.settings,
      {.paths = paths_, .device = ready.device, .is_stop_requested = &StopSignals::isStopRequested},
      *ready.phase,
      *log_);
  if (opening.checkpoint) {
    loop.resume(*opening.checkpoint);
  }
  Json facts = ComputeEnvironment::describe(ready.device, ready.run);
  facts.update(ready.phase->summary());
  log_->event("environment", std::nullopt, {{"facts", facts}});
  log_->event(
      "phase", loop.state().step, {{"name", ready.run.phase}, {"total_steps", loop.totalSteps()}});
  log_->flush();
  return loop.run();
}

void RunSession::end(const char* status, int exit_code, const std::string& message) {
  log_->event(
      "end", std::nullopt, {{"status", status}, {"exit_code", exit_code}, {"message", message}});
  log_->flush(/*sync=*/true);
}

void RunSession::reportFailure(const Failure& failure) {
  if (log_) {
    end("failed", failure.exit_code, failure.message);
  }
}

Json checkRun(const std::filesystem::path& folder) {
  const RunPaths paths = existingFolder(folder);
  Json warnings = Json::array();
  const RunSpec spec = readRunSpec(paths);
  const Preparation ready(
      spec, paths, [&](const std::string& message) { warnings.push_back(message); });
  const LoopSettings loop = loopSettings().read(ready.settings);
  const BatchOrder order({.rows = ready.phase->trainingRows(), .batch = loop.updateRows()});
  const std::int64_t total = plannedSteps(loop, order.batchesPerEpoch());
  const MemoryEstimate memory = ready.phase->memory();
  std::vector<std::string> damage;
  const auto checkpoint = CheckpointFolder(paths.checkpoints(), 1).loadNewest(damage);
  for (const std::string& message : damage) {
    warnings.push_back(message);
  }
  Json report = {{"ok", true},
                 {"run", spec.run_id},
                 {"phase", ready.run.phase},
                 {"total_steps", total},
                 {"from_step", checkpoint ? checkpoint->step : -1},
                 {"disk_bytes", ready.disk_bytes},
                 {"memory_bytes", memory.total()},
                 {"memory", memory.toJson()},
                 {"settings", nestSettings(ready.settings)},
                 {"warnings", warnings}};
  report.update(ComputeEnvironment::describe(ready.device, ready.run));
  report.update(ready.phase->summary());
  return report;
}

}  // namespace retort::train
