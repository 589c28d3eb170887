#include "trainers/training/training_loop.h"

#include "trainers/catalog.h"
#include "trainers/data/data_settings.h"
#include "trainers/settings/run_settings.h"
#include "trainers/training/generator_state.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <system_error>
#include <utility>

#include <fmt/format.h>

namespace retort::train {

namespace {

constexpr const char* kModelPrefix = "model/";
constexpr const char* kOptimizerPrefix = "optimizer/";
constexpr const char* kGeneratorPrefix = "generator/";
constexpr const char* kProbePrefix = "probe/";
constexpr const char* kFreezingPrefix = "freezing/";

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

BatchOrder makeOrder(const SettingValues& settings, const TrainingPhase& phase) {
  return BatchOrder({.rows = phase.trainingRows(),
                     .batch = loopSettings().read(settings).updateRows(),
                     .shuffle = dataSettings().read(settings).shuffle,
                     .seed = static_cast<std::uint64_t>(runSettings().read(settings).seed)});
}

bool isLargerBetter(const std::string& metric) {
  const MetricSpec* spec = trainerCatalogue().findMetric(metric);
  return spec == nullptr || spec->better != "min";
}

/// The values of the main evaluation set (points of others carry a component).
EvaluationValues mainValues(const std::vector<MetricPoint>& points) {
  EvaluationValues values;
  for (const MetricPoint& point : points) {
    if (point.series.component.empty()) {
      values[point.series.metric] = point.value;
    }
  }
  return values;
}

void addTensors(const char* prefix, const NamedTensors& tensors, TensorMap& target) {
  for (const NamedTensor& tensor : tensors) {
    target[prefix + tensor.name] = tensor.tensor.detach();
  }
}

void addTensors(const char* prefix, const TensorMap& tensors, TensorMap& target) {
  for (const auto& [name, tensor] : tensors) {
    target[prefix + name] = tensor;
  }
}

TensorMap mapWithPrefix(const char* prefix, const TensorMap& tensors) {
  TensorMap found;
  for (const auto& [name, tensor] : tensors) {
    if (name.starts_with(prefix)) {
      found[name.substr(std::string(prefix).size())] = tensor;
    }
  }
  return found;
}

NamedTensors withPrefix(const char* prefix, const TensorMap& tensors) {
  NamedTensors found;
  for (const auto& [name, tensor] : mapWithPrefix(prefix, tensors)) {
    found.push_back({name, tensor});
  }
  return found;
}

bool areFinite(const std::vector<double>& norms) {
  return std::all_of(norms.begin(), norms.end(), [](double norm) { return std::isfinite(norm); });
}

}  // namespace

TrainingLoop::TrainingLoop(const SettingValues& settings,
                           Surroundings surroundings,
                           TrainingPhase& phase,
                           RunLog& log)
    : settings_(loopSettings().read(settings)),
      keeping_(checkpointSettings().read(settings)),
      surroundings_(std::move(surroundings)),
      phase_(phase),
      log_(log),
      checkpoints_(surroundings_.paths.checkpoints(), keeping_.keep),
      probes_(settings, phase.hasTeacher()),
      order_(makeOrder(settings, phase)),
      total_steps_(plannedSteps(settings_, order_.batchesPerEpoch())),
      updater_(settings, phase.trainableParameters(), total_steps_),
      freezing_(makeSignalFreezing(settings, updater_.parameters())) {
  if (settings_.eval_every == 0) {
    settings_.eval_every = order_.batchesPerEpoch();
  }
}

Pulse TrainingLoop::pulse() const {
  return [this] {
    log_.tick();
    return !surroundings_.is_stop_requested();
  };
}

Checkpoint TrainingLoop::checkpoint() const {
  LoopState state = state_;
  state.position = order_.position();
  Checkpoint checkpoint{.step = state.step, .state = toJson(state)};
  addTensors(kModelPrefix, phase_.parameters(), checkpoint.tensors);
  addTensors(kOptimizerPrefix, updater_.state(), checkpoint.tensors);
  addTensors(kGeneratorPrefix, generatorStates(surroundings_.device), checkpoint.tensors);
  addTensors(kProbePrefix, probes_.memory(), checkpoint.tensors);
  if (freezing_) {
    addTensors(kFreezingPrefix, freezing_->state(), checkpoint.tensors);
  }
  return checkpoint;
}

void TrainingLoop::resume(const Checkpoint& checkpoint) {
  const at::NoGradGuard no_grad;
  const NamedTensors saved = withPrefix(kModelPrefix, checkpoint.tensors);
  for (const NamedTensor& parameter : phase_.parameters()) {
    const at::Tensor* tensor = findTensor(saved, parameter.name);
    if (tensor == nullptr || tensor->sizes() != parameter.tensor.sizes() ||
        tensor->scalar_type() != parameter.tensor.scalar_type()) {
      throw TrainError(ExitCode::kBadData,
                       fmt::format("the checkpoint of step {} does not fit the model: {}",
                                   checkpoint.step,
                                   parameter.name));
    }
    parameter.tensor.copy_(*tensor);
  }
  updater_.setState(withPrefix(kOptimizerPrefix, checkpoint.tensors));
  handOverSecondMoments();
  setGeneratorStates(withPrefix(kGeneratorPrefix, checkpoint.tensors), surroundings_.device);
  probes_.setMemory(mapWithPrefix(kProbePrefix, checkpoint.tensors));
  if (freezing_) {
    freezing_->setState(mapWithPrefix(kFreezingPrefix, checkpoint.tensors));
  }
  state_ = loopStateFromJson(checkpoint.state);
  order_.seek(state_.position);
  is_resumed_ = true;
}

LoopEnd TrainingLoop::run() {
  if (!phase_.open(pulse()) || (!is_resumed_ && !phase_.prepare(pulse()))) {
    return {ExitCode::kStopped, fmt::format("stopped on request before step {}", state_.step + 1)};
  }
  bool goes_on = evaluateTeacherOnce() && evaluateIfDue();
  while (goes_on && state_.step < total_steps_) {
    if (!trainStep()) {
      reportResult();
      return {ExitCode::kDiverged, divergence_};
    }
    goes_on = evaluateIfDue();
    const bool is_over = state_.step == total_steps_;
    goes_on = goes_on && (is_over || !surroundings_.is_stop_requested());
    if (goes_on && !is_over && keeping_.every > 0 && state_.step % keeping_.every == 0) {
      saveCheckpoint();
    }
  }
  if (!goes_on) {
    saveCheckpoint();
    return {ExitCode::kStopped,
            fmt::format("stopped on request after step {} of {}", state_.step, total_steps_)};
  }
  phase_.writeModel(surroundings_.paths.model(), state_.last);
  reportResult();
  return {ExitCode::kFinished, fmt::format("finished {} steps", total_steps_)};
}

bool TrainingLoop::evaluateTeacherOnce() {
  if (state_.is_teacher_evaluated) {
    return true;
  }
  const auto points = phase_.evaluateTeacher(pulse());
  if (!points) {
    return false;
  }
  log_.metrics(state_.step, *points);
  state_.teacher = mainValues(*points);
  state_.is_teacher_evaluated = true;
  return true;
}

bool TrainingLoop::isEvaluationDue() const {
  const bool is_last = state_.step == total_steps_;
  return (is_last || state_.step % settings_.eval_every == 0) &&
         state_.evaluated_step != state_.step;
}

bool TrainingLoop::evaluateIfDue() {
  if (!isEvaluationDue()) {
    return true;
  }
  const auto points = phase_.evaluate(state_.step, total_steps_, pulse());
  const auto samples = points ? phase_.samples(pulse()) : std::nullopt;
  if (!points || !samples) {
    return false;
  }
  log_.metrics(state_.step, *points);
  for (const TextSample& sample : *samples) {
    log_.event("sample", state_.step, {{"prompt", sample.prompt}, {"text", sample.text}});
  }
  state_.last = mainValues(*points);
  state_.evaluated_step = state_.step;
  keepIfBest(state_.last);
  return true;
}

void TrainingLoop::keepIfBest(const EvaluationValues& values) {
  const std::string metric = phase_.mainMetric();
  const auto value = values.find(metric);
  if (value == values.end() || std::isnan(value->second)) {
    return;
  }
  const auto best = state_.best.find(metric);
  const bool is_first = best == state_.best.end();
  const bool is_better = !is_first && (isLargerBetter(metric) ? value->second > best->second
                                                              : value->second < best->second);
  if (is_first || is_better) {
    state_.best = values;
    state_.best_step = state_.step;
    if (keeping_.best) {
      phase_.writeModel(surroundings_.paths.bestModel(), values);
    }
  }
}

bool TrainingLoop::trainStep() {
  const auto start = Clock::now();
  const std::vector<std::int64_t> rows = order_.next();
  const StepOutcome outcome = phase_.step({.rows = rows,
                                           .step = state_.step,
                                           .total_steps = total_steps_,
                                           .trace = probes_.needs(state_.step + 1)},
                                          pulse());
  const std::vector<double> norms = updater_.clip();
  if (!std::isfinite(outcome.loss) || !areFinite(norms)) {
    return skipStep(rows, outcome.loss, norms);
  }
  double seconds = secondsSince(start);
  measureProbes(outcome, norms);
  const auto update_start = Clock::now();
  update(norms);
  seconds += secondsSince(update_start);
  step_seconds_ = seconds;
  all_steps_seconds_ += seconds;
  step_tokens_ = outcome.tokens;
  ++state_.step;
  logLoss(outcome.loss);
  log_.tick();
  return true;
}

void TrainingLoop::update(const std::vector<double>& norms) {
  if (freezing_) {
    freezing_->beforeUpdate(norms);
  }
  updater_.update(state_.step);
  handOverSecondMoments();
  if (!freezing_) {
    return;
  }
  freezing_->afterUpdate(phase_.probed(state_.step, total_steps_).student);
  const std::int64_t step = state_.step + 1;
  for (const std::string& news : freezing_->takeNews()) {
    log_.warn("signal_freeze: " + news, step);
  }
  if (step % settings_.log_every == 0 || step == total_steps_) {
    log_.metrics(step, freezing_->points());
  }
}

void TrainingLoop::measureProbes(const StepOutcome& outcome, const std::vector<double>& norms) {
  const ProbeInput input{
      .batch = outcome.batch,
      .student = &outcome.student,
      .teacher = outcome.teacher ? &*outcome.teacher : nullptr,
      .parameters = &updater_.parameters(),
      .gradient_norms = &norms,
      .losses = &outcome.losses,
      .learning_rate = updater_.rate(state_.step),
      .quantizer_learning_rate = updater_.quantizersLearn()
                                     ? std::optional(updater_.quantizerRate(state_.step))
                                     : std::nullopt,
      .step_seconds = step_seconds_,
      .step_tokens = step_tokens_,
      .device = surroundings_.device,
      .training = phase_.probed(state_.step, total_steps_),
      .pulse = pulse(),
      .warn = [this](const std::string& message) {
        log_.warn(message, state_.step + 1);
      }};
  log_.metrics(state_.step + 1, probes_.measure(state_.step + 1, input));
}

bool TrainingLoop::skipStep(std::span<const std::int64_t> rows,
                            double loss,
                            const std::vector<double>& norms) {
  ++state_.step;
  ++state_.bad_steps;
  log_.metrics(state_.step, {{.series = {.metric = "train.loss"}, .value = loss}});
  std::string message = fmt::format("step {}: the loss is {}", state_.step, loss);
  const std::string place = phase_.firstNonFinite(rows);
  if (!place.empty()) {
    message += "; first value that is not finite: " + place;
  }
  const std::string gradients = describeBadGradients(updater_.parameters(), norms);
  if (!gradients.empty()) {
    message += "; " + gradients;
  }
  if (state_.bad_steps < settings_.bad_steps) {
    log_.warn(message + "; the step is skipped", state_.step);
    return true;
  }
  divergence_ = message;
  return false;
}

void TrainingLoop::logLoss(double loss) {
  state_.loss_sum += loss;
  ++state_.loss_count;
  if (state_.step % settings_.log_every == 0 || state_.step == total_steps_) {
    const double mean = state_.loss_sum / static_cast<double>(state_.loss_count);
    log_.metrics(state_.step, {{.series = {.metric = "train.loss"}, .value = mean}});
    state_.loss_sum = 0;
    state_.loss_count = 0;
  }
}

void TrainingLoop::handOverSecondMoments() {
  if (phase_.usesSecondMoments()) {
    phase_.takeSecondMoments(updater_.secondMoments());
  }
}

void TrainingLoop::saveCheckpoint() {
  // Events first: the points up to the checkpoint's step will not come again.
  log_.flush(/*sync=*/true);
  try {
    const auto path = checkpoints_.save(checkpoint());
    const auto relative = path.lexically_relative(surroundings_.paths.folder);
    log_.event("checkpoint", state_.step, {{"path", relative.string()}});
  } catch (const std::system_error& error) {
    log_.warn(fmt::format("checkpoint failed: {}; the one before is still there", error.what()),
              state_.step);
  }
  log_.flush();
}

void TrainingLoop::reportResult() {
  Json metrics = Json::object();
  for (const auto& [name, value] : state_.last) {
    metrics[name] = numberToJson(value);
  }
  for (const auto& [name, value] : state_.best) {
    metrics[name + "_best"] = numberToJson(value);
  }
  for (const auto& [name, value] : state_.teacher) {
    metrics[name] = numberToJson(value);
  }
  const Json timing = {{"steps_s", all_steps_seconds_}, {"events_s", log_.secondsSpent()}};
  log_.event("result",
             state_.step,
             {{"metrics", metrics}, {"best_step", state_.best_step}, {"timing", timing}});
}

}  // namespace retort::train
