#include "trainers/training/model_phase.h"

#include "core/base/text.h"
#include "trainers/data/data_settings.h"
#include "trainers/data/text_settings.h"
#include "trainers/freezing/freezing.h"
#include "trainers/io/model_folder.h"
#include "trainers/optimizers/fused_adam.h"
#include "trainers/optimizers/registry.h"
#include "trainers/settings/loop_settings.h"
#include "trainers/train_error.h"
#include "trainers/training/probe_schedule.h"
#include "trainers/training/resource_estimate.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <utility>

#include <fmt/format.h>

namespace retort::train {

namespace {

std::vector<std::string> namesOf(const NamedTensors& tensors) {
  std::vector<std::string> names;
  names.reserve(tensors.size());
  for (const NamedTensor& tensor : tensors) {
    names.push_back(tensor.name);
  }
  return names;
}

bool isFinite(const at::Tensor& values) {
  return at::isfinite(values).all().item<bool>();
}

/// Index of the first tensor that holds something else than numbers; empty when all are sound.
std::optional<std::size_t> firstBad(const std::vector<at::Tensor>& layers) {
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (!isFinite(layers[i])) {
      return i;
    }
  }
  return std::nullopt;
}

/// As train.weights_dtype says.
NamedTensors heldParameters(NamedTensors parameters, const std::string& weights_dtype) {
  for (NamedTensor& parameter : parameters) {
    if (weights_dtype == "bfloat16" && parameter.tensor.dim() == 2) {
      parameter.tensor = parameter.tensor.to(at::kBFloat16);
    }
  }
  return parameters;
}

}  // namespace

const SettingGroup<StepMemorySettings>& stepMemorySettings() {
  static const auto kGroup =
      SettingGroup<StepMemorySettings>()
          .add(&StepMemorySettings::gradient_checkpointing,
               {.key = "train.gradient_checkpointing",
                .documentation = "keep only the input of each layer for the backward pass, which "
                                 "computes the layer again: less memory, about a third more time, "
                                 "the same numbers",
                .when = {taskIsForLanguageModels()}})
          .add(&StepMemorySettings::logit_rows,
               {.key = "train.logit_rows",
                .documentation = "compute logits, and losses on them, for so many judged tokens at "
                                 "once, so that they are never all there: less memory, the same "
                                 "numbers to rounding; 0: all at once",
                .unit = "tokens",
                .minimum = 0,
                .maximum = 1e9,
                .when = {taskIsForLanguageModels()}})
          .add(&StepMemorySettings::weights_dtype,
               {.key = "train.weights_dtype",
                .documentation = "how the trained model's matrices, and their gradients, are held: "
                                 "full: as dtype says; bfloat16: in 16 bits, while passes compute "
                                 "in dtype, and an update computes in float32 and is rounded to "
                                 "the nearest",
                .choices = {"full", "bfloat16"},
                .when = {taskIsForLanguageModels()}});
  return kGroup;
}

ModelPhase::ModelPhase(const PhaseInput& input)
    : input_(input),
      run_(runSettings().read(input.settings)),
      step_memory_(stepMemorySettings().read(input.settings)) {}

StepOutcome ModelPhase::step(const StepRequest& request, const Pulse& pulse) {
  const TokenBatch whole = task_->batch(request.rows);
  for (const NamedTensor& parameter : parameters()) {
    parameter.tensor.mutable_grad().reset();
  }
  StepOutcome outcome;
  for (const BatchPart& part : splitBatch(whole, loopSettings().read(input_.settings).batch)) {
    outcome.student = {};
    outcome.teacher.reset();
    LossTerms terms = forward(part, request, pulse, outcome);
    pulse();
    terms.total.backward();
    outcome.loss += terms.total.item<double>();
    addComponents(outcome.losses, terms.components);
    outcome.batch = part.batch;
  }
  outcome.tokens = whole.lengths.sum().item<double>();
  return outcome;
}

void ModelPhase::checkStepMemory(const Model& model) const {
  const at::NoGradGuard no_grad;
  const auto refuse = [](const char* key) {
    throw TrainError(ExitCode::kBadSpec,
                     fmt::format("{} is set, but encoders cannot do it; leave it out", key));
  };
  if (step_memory_.gradient_checkpointing && !model.canRecomputeLayers()) {
    refuse("train.gradient_checkpointing");
  }
  if (step_memory_.logit_rows > 0 && !model.headWeight().defined()) {
    refuse("train.logit_rows");
  }
}

ForwardOptions ModelPhase::trainingPass(TraceSet trace) const {
  return {.is_training = true,
          .trace = trace,
          .recomputes_layers = step_memory_.gradient_checkpointing,
          .stops_before_head = step_memory_.logit_rows > 0};
}

at::ScalarType ModelPhase::dtype() const {
  return run_.dtype == "float64" ? at::kDouble : at::kFloat;
}

void ModelPhase::readTask(const std::filesystem::path& model) {
  task_ = makeTask({.settings = input_.settings,
                    .model = model,
                    .dtype = dtype(),
                    .device = input_.device,
                    .warn = input_.warn});
}

ModelRequest ModelPhase::modelRequest() const {
  return {.labels = task_->outputs(), .dtype = dtype(), .device = input_.device};
}

NamedTensors ModelPhase::parameters() const {
  NamedTensors parameters = model_->parameters();
  const NamedTensors quantizers = model_->quantizerParameters();
  parameters.insert(parameters.end(), quantizers.begin(), quantizers.end());
  return parameters;
}

void ModelPhase::takeModel(const ModelSource& source, const ModelQuantization& quantization) {
  for (const std::string& warning : source.warnings) {
    input_.warn(warning);
  }
  blueprint_ = source.blueprint;
  model_ = blueprint_->build(heldParameters(source.parameters, step_memory_.weights_dtype),
                             quantization,
                             modelSettings().read(input_.settings));
  checkStepMemory(*model_);
  const std::vector<std::string> names = namesOf(parameters());
  const FreezeSettings freeze = freezeSettings().read(input_.settings);
  const std::set<std::string> frozen = frozenParameters(freeze.selectors, names);
  model_->setTrainable(frozen);
  frozen_ = describeFrozen(frozen, names);
}

ProbedTraining ModelPhase::probed(std::int64_t step, std::int64_t total_steps) const {
  return {.student = model_.get(),
          .tokenizer = task_->wordPieces(),
          .rows = trainingRows(),
          .batch = [this](std::span<const std::int64_t> rows) { return task_->batch(rows); },
          .evaluation_rows = task_->evaluationRows(),
          .evaluation_batch =
              [this](std::int64_t first, std::int64_t count) {
                return task_->evaluationBatch(first, count);
              },
          .objective =
              [this, step, total_steps](const Model& model, const TokenBatch& batch) {
                return objective(model, batch, step, total_steps);
              }};
}

std::optional<std::vector<MetricPoint>> ModelPhase::evaluate(std::int64_t /*step*/,
                                                             std::int64_t /*total_steps*/,
                                                             const Pulse& pulse) {
  return task_->evaluate(*model_, "", pulse);
}

std::string ModelPhase::firstNonFinite(std::span<const std::int64_t> rows) {
  const at::NoGradGuard no_grad;
  for (const NamedTensor& parameter : parameters()) {
    if (!isFinite(parameter.tensor)) {
      return "weight " + parameter.name;
    }
  }
  const TraceSet parts = TraceSet(TracePart::kScore) | TracePart::kOutput | TracePart::kHidden;
  const ModelTrace trace = model_->forward(task_->batch(rows), {.trace = parts});
  const auto hidden = firstBad(trace.hidden);
  const auto score = firstBad(trace.score);
  const auto output = firstBad(trace.output);
  if (hidden && *hidden == 0) {
    return "the embeddings' output";
  }
  // Within layer l come the scores, the attention output and the hidden state l + 1.
  if (score && (!output || *score <= *output) && (!hidden || *score < *hidden)) {
    return fmt::format("attention scores of layer {}", *score);
  }
  if (output && (!hidden || *output < *hidden)) {
    return fmt::format("attention output of layer {}", *output);
  }
  if (hidden) {
    return fmt::format("output of layer {}", *hidden - 1);
  }
  return isFinite(trace.logits) ? "" : "the logits";
}

std::optional<std::vector<TextSample>> ModelPhase::samples(const Pulse& pulse) {
  const auto forward = [this](const TokenBatch& batch) {
    return model_->forward(batch, {}).logits;
  };
  return task_->samples(
      {.forward = forward, .teacher = {}, .prefix = "", .positions = model_->shape().positions},
      pulse);
}

void ModelPhase::writeModel(const std::filesystem::path& folder,
                            const std::map<std::string, double>& evaluation) const {
  ModelFiles files;
  files.config = blueprint_->configJson(run_.dtype);
  files.tensors = blueprint_->fileTensors(model_->parameters());
  for (const NamedTensor& parameter : model_->quantizerParameters()) {
    files.quantizers[parameter.name] = parameter.tensor.detach();
  }
  task_->addTokenizer(files);
  files.results = task_->resultFiles(evaluation);
  writeModelFolder(folder, files);
}

Json ModelPhase::summary() const {
  std::int64_t parameters = 0;
  std::int64_t trainable = 0;
  for (const NamedTensor& parameter : model_->parameters()) {
    parameters += parameter.tensor.numel();
    trainable += parameter.tensor.requires_grad() ? parameter.tensor.numel() : 0;
  }
  const ModelShape& shape = model_->shape();
  return {{"data", task_->summary()},
          {"parameters", parameters},
          {"trainable", trainable},
          {"freeze", frozen_},
          {"layers", shape.layers},
          {"hidden_size", shape.hidden_size},
          {"heads", shape.heads}};
}

MemoryEstimate ModelPhase::memory() const {
  return blueprint_->memory(stepShape(),
                            {.latent = totalBytes(parameters()),
                             .trainable = totalBytes(trainableParameters()),
                             .moments = momentBytes(trainableParameters())});
}

std::uint64_t ModelPhase::momentBytes(const NamedTensors& trainable) const {
  const OptimizerSettings settings = optimizerSettings().read(input_.settings);
  const std::optional<double> bytes = findOptimizer(settings.optimizer).moment_bytes;
  double sum = 0;
  for (const NamedTensor& entry : trainable) {
    const auto own = 2.0 * static_cast<double>(c10::elementSize(momentType(entry.tensor)));
    sum += static_cast<double>(entry.tensor.numel()) * bytes.value_or(own);
  }
  return static_cast<std::uint64_t>(sum);
}

StepShape ModelPhase::stepShape() const {
  StepShape shape = {.rows = loopSettings().read(input_.settings).batch,
                     .length = dataSettings().read(input_.settings).max_length,
                     .element_bytes = dtype() == at::kDouble ? 8 : 4,
                     .traces = ProbeSchedule(input_.settings, hasTeacher()).needs(1),
                     .has_document_mask = textSettings().read(input_.settings).document_mask,
                     .recomputes_layers = step_memory_.gradient_checkpointing,
                     .logit_rows = step_memory_.logit_rows};
  for (const NamedTensor& parameter : model_->parameters()) {
    if (!parameter.tensor.requires_grad()) {
      shape.frozen.insert(parameter.name);
    }
  }
  return shape;
}

}  // namespace retort::train
