#include "trainers/training/run_analysis.h"

#include "core/base/file.h"
#include "core/base/text.h"
#include "trainers/analysis/point_means.h"
#include "trainers/analysis/tensor_list.h"
#include "trainers/evaluation/choice_evaluation.h"
#include "trainers/io/checkpoint_folder.h"
#include "trainers/io/model_folder.h"
#include "trainers/io/or_throw.h"
#include "trainers/probes/registry.h"
#include "trainers/settings/loop_settings.h"
#include "trainers/training/compute_environment.h"
#include "trainers/training/device.h"
#include "trainers/training/generator_state.h"
#include "trainers/training/phase_registry.h"
#include "trainers/training/probe_schedule.h"
#include "trainers/training/run_settings_resolver.h"
#include "trainers/training/stop_signals.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace retort::train {

namespace fs = std::filesystem;

namespace {

constexpr int kVersion = 1;

void warn(const std::string& message) {
  std::fprintf(stderr, "retort-train: %s\n", escapeForTerminal(message, true).c_str());
}

RunPaths existingFolder(const fs::path& folder) {
  if (!fs::is_directory(folder)) {
    throw TrainError(ExitCode::kMissingInput,
                     fmt::format("{}: there is no such run directory", folder.string()));
  }
  return RunPaths{fs::canonical(folder)};
}

[[noreturn]] void refuseWithoutModel(const RunPaths& paths, const fs::path& model) {
  const auto steps = CheckpointFolder(paths.checkpoints(), 1).steps();
  const std::string instead =
      steps.empty() ? "it has no checkpoints either"
                    : fmt::format("it has checkpoints to analyze instead: --checkpoint {}",
                                  fmt::join(steps, ", "));
  throw TrainError(ExitCode::kMissingInput,
                   fmt::format("{}: there is no such model: the run has not finished, or its model "
                               "was removed; {}",
                               model.string(),
                               instead));
}

/// Copies what is named alike into the phase's tensors.
void copyInto(const NamedTensors& targets,
              const TensorMap& source,
              const std::string& prefix,
              const std::string& where) {
  const at::NoGradGuard no_grad;
  for (const NamedTensor& target : targets) {
    const auto found = source.find(prefix + target.name);
    if (found == source.end() || found->second.sizes() != target.tensor.sizes()) {
      throw TrainError(ExitCode::kBadData,
                       fmt::format("{} does not fit the run's settings: {}", where, target.name));
    }
    target.tensor.copy_(found->second);
  }
}

/// Weights, and what quantizers learned or were calibrated to.
void loadModel(const RunPaths& paths,
               const fs::path& model,
               const NamedTensors& parameters,
               const NamedTensors& quantizers) {
  if (!fs::is_directory(model)) {
    refuseWithoutModel(paths, model);
  }
  const ModelFolder files(model);
  std::vector<ExpectedTensor> expected;
  for (const NamedTensor& parameter : parameters) {
    expected.push_back({.name = parameter.name, .shape = parameter.tensor.sizes().vec()});
  }
  copyInto(parameters, files.load(expected).tensors, "", model.string());
  copyInto(quantizers, files.quantizers(), "", model.string());
}

/// The word of a file name: "last", "best", "step-000120".
std::string checkpointName(const std::string& checkpoint) {
  const auto step = parseInteger(checkpoint);
  if (step) {
    return fmt::format("step-{:06}", *step);
  }
  if (checkpoint != "last" && checkpoint != "best") {
    throw TrainError(ExitCode::kBadSpec,
                     fmt::format("--checkpoint {}: expected last, best or a step", checkpoint));
  }
  return checkpoint;
}

/// A run's model, teacher and rows, with the weights that are to be looked at.
class Analysis {
 public:
  Analysis(const fs::path& folder, const AnalysisRequest& request)
      : request_(request),
        paths_(existingFolder(folder)),
        spec_(specOf(paths_, request)),
        settings_(resolveRunSettings(spec_, paths_)),
        run_(runSettings().read(settings_)),
        environment_(run_, warn),
        device_(selectDevice(run_.device, warn)),
        name_(checkpointName(request.checkpoint)) {
    verifyInputs(spec_, paths_);
    seedGenerators(run_.seed, device_);
    phase_ = makePhase({.settings = settings_, .device = device_, .warn = warn});
    loadWeights();
    const LoopSettings loop = loopSettings().read(settings_);
    const std::int64_t rows = loop.updateRows();
    const std::int64_t total = plannedSteps(loop, (phase_->trainingRows() + rows - 1) / rows);
    total_steps_ = total;
    probed_ = phase_->probed(std::max<std::int64_t>(total - 1, 0), total);
    batch_ =
        request.batch > 0 ? request.batch : (loop.eval_batch > 0 ? loop.eval_batch : loop.batch);
    rows_ = request.rows > 0 ? std::min(request.rows, probed_.evaluation_rows)
                             : probed_.evaluation_rows;
    if (rows_ == 0) {
      throw TrainError(ExitCode::kBadData, "the run has no evaluation rows to look at");
    }
    checkTeacher();
    if (asksQuestions(request_) && !settings_.contains("eval.tasks")) {
      throw TrainError(ExitCode::kBadSpec,
                       "--set eval.tasks: questions are put to language models, and the run's is "
                       "none");
    }
  }

  /// Measures, writes and describes.
  Json run() {
    std::map<const ProbeDefinition*, PointMeans> means;
    if (!probes().empty()) {
      measureAll(means);
    }
    std::optional<std::vector<MetricPoint>> evaluation;
    if (asksQuestions(request_)) {
      evaluation = phase_->evaluate(total_steps_, total_steps_, goesOn);
      refuseIfStopped();
    }
    Json analyses = Json::array();
    for (const ProbeDefinition* probe : probes()) {
      analyses.push_back(write(*probe, means[probe]));
    }
    if (evaluation) {
      analyses.push_back(writeEvaluation(*evaluation));
    }
    Json result = facts();
    result["analyses"] = std::move(analyses);
    return result;
  }

 private:
  static RunSpec specOf(const RunPaths& paths, const AnalysisRequest& request) {
    RunSpec spec = readRunSpec(paths);
    const SettingValues given = std::exchange(spec.settings, {});
    spec.settings = analysisSettings(given, request);
    // Inputs that this analysis has not, or has from elsewhere.
    std::erase_if(spec.inputs, [&](const RunInput& input) {
      const auto before = given.find(input.key);
      const auto now = spec.settings.find(input.key);
      return before != given.end() && (now == spec.settings.end() || now->second != before->second);
    });
    return spec;
  }

  static bool goesOn() { return !StopSignals::isStopRequested(); }

  /// What was given up on the way is not the whole.
  static void refuseIfStopped() {
    if (!goesOn()) {
      throw TrainError(ExitCode::kStopped, "stopped on request; nothing was written");
    }
  }

  void measureAll(std::map<const ProbeDefinition*, PointMeans>& means) {
    ProbeSchedule schedule(settings_, probed_.teacher != nullptr, probes());
    for (std::int64_t first = 0; first < rows_; first += batch_) {
      measure(first, std::min(batch_, rows_ - first), schedule, means);
      refuseIfStopped();
    }
  }

  void loadWeights() {
    const ProbedTraining probed = phase_->probed(0, 1);
    if (probed.student == nullptr) {
      throw TrainError(ExitCode::kBadData, "the run has no model to look at");
    }
    if (name_ == "last" || name_ == "best") {
      loadModel(paths_,
                name_ == "last" ? paths_.model() : paths_.bestModel(),
                probed.student->parameters(),
                probed.student->quantizerParameters());
    } else {
      const std::int64_t step = *parseInteger(request_.checkpoint);
      const Checkpoint checkpoint = CheckpointFolder(paths_.checkpoints(), 1).load(step);
      copyInto(phase_->parameters(), checkpoint.tensors, "model/", "the checkpoint");
      step_ = step;
    }
  }

  void checkTeacher() const {
    for (const ProbeDefinition* probe : probes()) {
      if (probe->needs_teacher && probed_.teacher == nullptr) {
        throw TrainError(
            ExitCode::kBadSpec,
            fmt::format("probe '{}' compares with a teacher, and a run of phase {} has "
                        "none",
                        probe->spec.name,
                        run_.phase));
      }
    }
  }

  /// Those that are asked for, in the registry's order.
  [[nodiscard]] std::vector<const ProbeDefinition*> probes() const {
    std::vector<const ProbeDefinition*> wanted;
    for (const ProbeDefinition* probe : probeRegistry()) {
      if (std::find(request_.probes.begin(), request_.probes.end(), probe->spec.name) !=
          request_.probes.end()) {
        wanted.push_back(probe);
      }
    }
    return wanted;
  }

  void measure(std::int64_t first,
               std::int64_t count,
               ProbeSchedule& schedule,
               std::map<const ProbeDefinition*, PointMeans>& means) {
    const TokenBatch batch = probed_.evaluation_batch(first, count);
    const ForwardOptions options{.trace = schedule.needs(1)};
    ModelTrace student;
    ModelTrace teacher;
    {
      const at::NoGradGuard no_grad;
      student = probed_.student->forward(batch, options);
      if (probed_.teacher != nullptr) {
        teacher = teacherTrace(probed_, batch, options);
      }
    }
    const NamedTensors parameters = phase_->trainableParameters();
    LossTerms terms = probed_.objective(*probed_.student, batch);
    if (step_ < 0) {
      for (LossComponent& loss : terms.components) {
        loss.learned = nullptr;  // a model folder does not hold it
      }
    }
    std::vector<double> norms;
    for (const at::Tensor& gradient : gradientOf(terms.total, tensorsOf(parameters))) {
      norms.push_back(norm({gradient}));
    }
    const ProbeInput input{.batch = batch,
                           .student = &student,
                           .teacher = probed_.teacher != nullptr ? &teacher : nullptr,
                           .parameters = &parameters,
                           .gradient_norms = &norms,
                           .losses = &terms.components,
                           .device = device_,
                           .training = probed_,
                           .pulse = goesOn};
    for (const MetricPoint& point : schedule.measure(1, input)) {
      means[probeOf(point.series.metric)].add({point}, static_cast<double>(count));
    }
  }

  [[nodiscard]] const ProbeDefinition* probeOf(const std::string& metric) const {
    for (const ProbeDefinition* probe : probes()) {
      for (const MetricSpec& spec : probe->metrics) {
        if (spec.name == metric) {
          return probe;
        }
      }
    }
    throw std::logic_error("a probe measured '" + metric + "', which no probe declares");
  }

  [[nodiscard]] Json facts() const {
    return {{"retort_analysis", kVersion},
            {"run", spec_.run_id},
            {"release", spec_.release},
            {"checkpoint", name_},
            {"step", step_ >= 0 ? Json(step_) : Json(nullptr)},
            {"rows", rows_},
            {"batch", batch_},
            {"device", deviceName(device_)}};
  }

  [[nodiscard]] Json write(const ProbeDefinition& probe, const PointMeans& measured) const {
    std::vector<MetricPoint> means = measured.means();
    if (probe.correct_means != nullptr) {
      probe.correct_means(means);
    }
    std::vector<std::string> keys = probeSettingKeys(probe);
    std::erase(keys, probeIntervalKey(probe));
    Json json = writeDocument(probe.spec.name, settingsOf(keys), measured.toJson(means));
    if (probe.csv != nullptr) {
      json["csv"] = writeText(probe.spec.name, "csv", probe.csv(means));
    }
    return json;
  }

  /// Of all that was evaluated, and of the questions alone as other programs read it.
  [[nodiscard]] Json writeEvaluation(const std::vector<MetricPoint>& points) const {
    PointMeans means;
    means.add(points, 1);
    std::vector<std::string> keys;
    for (const SettingSpec& spec : choiceEvaluationSettings().specs()) {
      keys.push_back(spec.key);
    }
    Json json = writeDocument("evaluation", settingsOf(keys), means.toJson(means.means()));
    std::map<std::string, double> values;
    for (const MetricPoint& point : points) {
      values.insert({point.series.metric, point.value});
    }
    const ChoiceEvaluationSettings asked = choiceEvaluationSettings().read(settings_);
    const Json results = ChoiceEvaluation::harnessResults(
        readChoiceSets(asked),
        {.add_bos = asked.add_bos, .limit = asked.limit, .device = device_},
        values);
    json["results"] = writeText("lm_eval_results", "json", results.dump(2) + "\n");
    return json;
  }

  [[nodiscard]] Json settingsOf(const std::vector<std::string>& keys) const {
    Json settings = Json::object();
    for (const std::string& key : keys) {
      if (const auto value = settings_.find(key); value != settings_.end()) {
        settings[key] = value->second;
      }
    }
    return settings;
  }

  [[nodiscard]] Json writeDocument(const std::string& name, Json settings, Json points) const {
    Json json = {{"probe", name}, {"settings", std::move(settings)}, {"points", std::move(points)}};
    Json document = facts();
    document["created_ms"] = wallClockMs();
    document.update(json);
    json["file"] = writeText(name, "json", document.dump(1) + "\n");
    return json;
  }

  /// The file, NAME-CHECKPOINT.EXTENSION.
  [[nodiscard]] std::string writeText(const std::string& name,
                                      const std::string& extension,
                                      const std::string& text) const {
    fs::create_directories(paths_.analyses());
    const fs::path file = paths_.analyses() / fmt::format("{}-{}.{}", name, name_, extension);
    writeOrThrow(writeFileAtomically(file, text));
    return file.string();
  }

  AnalysisRequest request_;
  RunPaths paths_;
  RunSpec spec_;
  SettingValues settings_;
  RunSettings run_;
  ComputeEnvironment environment_;
  at::Device device_;
  std::string name_;
  std::unique_ptr<TrainingPhase> phase_;
  ProbedTraining probed_;
  std::int64_t step_ = -1;
  std::int64_t total_steps_ = 1;
  std::int64_t batch_ = 0;
  std::int64_t rows_ = 0;
};

}  // namespace

Json analyzeRun(const fs::path& folder, const AnalysisRequest& request) {
  return Analysis(folder, request).run();
}

}  // namespace retort::train
