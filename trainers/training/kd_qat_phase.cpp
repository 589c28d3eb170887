#include "trainers/training/kd_qat_phase.h"

#include "core/base/text.h"
#include "trainers/data/cache_folder.h"
#include "trainers/models/calibration.h"
#include "trainers/models/computed_type.h"
#include "trainers/models/output_error.h"
#include "trainers/models/parameter_place.h"
#include "trainers/settings/run_settings.h"
#include "trainers/train_error.h"
#include "trainers/training/logit_parts.h"
#include "trainers/training/teacher_model.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <iterator>
#include <numeric>

#include <fmt/format.h>

namespace retort::train {

namespace {

/// Losses compare element by element; layerMap checks the depths.
void checkSameShape(const ModelShape& student, const ModelShape& teacher) {
  if (student.hidden_size != teacher.hidden_size || student.heads != teacher.heads ||
      student.outputs != teacher.outputs) {
    throw TrainError(
        ExitCode::kBadData,
        fmt::format("the student (model.student: {} layers, {} wide, {} heads) must have the width "
                    "of the teacher (model.teacher: {} layers, {} wide, {} heads)",
                    student.layers,
                    student.hidden_size,
                    student.heads,
                    teacher.layers,
                    teacher.hidden_size,
                    teacher.heads));
  }
}

void append(NamedTensors& target, const NamedTensors& added) {
  target.insert(target.end(), added.begin(), added.end());
}

/// What is trained leaves the teacher's memory; what is frozen stays in it.
void separateTrained(const Model& student, const Model& teacher) {
  const at::NoGradGuard no_grad;
  for (const NamedTensor& parameter : student.parameters()) {
    const at::Tensor& other = *findTensor(teacher.parameters(), parameter.name);
    if (parameter.tensor.requires_grad() && parameter.tensor.is_alias_of(other)) {
      parameter.tensor.set_data(parameter.tensor.detach().clone());
    }
  }
}

/// Bytes of `tensors` that are not in the memory of `others`.
std::uint64_t bytesBeside(const NamedTensors& tensors, const NamedTensors& others) {
  NamedTensors own;
  for (const NamedTensor& entry : tensors) {
    const at::Tensor* other = findTensor(others, entry.name);
    if (other == nullptr || !other->is_alias_of(entry.tensor)) {
      own.push_back(entry);
    }
  }
  return totalBytes(own);
}

/// Bytes of the quantized copies that a step keeps: the linear layers' (of embedding tables it
/// keeps the rows that occur). What is held in fewer bits is copied in any case.
std::uint64_t quantizedCopyBytes(const Model& model) {
  const at::ScalarType computed = computedType(model.parameters());
  std::uint64_t bytes = 0;
  for (const NamedTensor& parameter : model.parameters()) {
    const bool is_table = parameterPlace(parameter.name).projection == "embeddings";
    const bool is_copied = parameter.tensor.scalar_type() != computed ||
                           !model.quantization().forParameter(parameter.name).isIdentity();
    if (!is_table && is_copied) {
      bytes += static_cast<std::uint64_t>(parameter.tensor.numel()) * c10::elementSize(computed);
    }
  }
  return bytes;
}

TrainingTask::Forward logitsOf(const Model& model) {
  return [&model](const TokenBatch& batch) {
    return model.forward(batch, {}).logits;
  };
}

}  // namespace

const SettingGroup<LayerMapSettings>& layerMapSettings() {
  static const auto kGroup = SettingGroup<LayerMapSettings>().add(
      &LayerMapSettings::layer_map,
      {.key = "distill.layer_map",
       .documentation =
           "the teacher's layer for each layer of a student with fewer: uniform (every "
           "T/S-th, TinyBERT), first, last, or a number from \"0\" for each",
       .when = {{.key = "phase", .any_of = {"kd_qat"}}}});
  return kGroup;
}

KdQatPhase::KdQatPhase(const PhaseInput& input)
    : ModelPhase(input),
      intervention_(interventionSettings().read(input.settings)) {
  const ModelSettings settings = modelSettings().read(input.settings);
  readTask(settings.teacher);
  const ModelSource teacher = readModel(settings.teacher, modelRequest());
  const ModelShape teacher_shape = teacher.blueprint->shape();
  task().checkFits(teacher_shape, settings.teacher);
  ModelSource student = teacher;
  const bool is_copy = settings.student == "teacher";
  if (!is_copy) {
    student = readModel(settings.student, modelRequest());
    checkSameShape(student.blueprint->shape(), teacher_shape);
    task().checkFits(student.blueprint->shape(), settings.student);
  }
  const std::int64_t layers = student.blueprint->shape().layers;
  layer_map_ = layerMap(layerMapSettings().read(input.settings).layer_map,
                        static_cast<std::size_t>(layers),
                        static_cast<std::size_t>(teacher_shape.layers),
                        "distill.layer_map");
  distillation_ = Distillation::fromSettings(
      {.settings = input.settings, .layers = layers, .dtype = dtype(), .device = input.device});
  checkLogitParts();
  teacher_ = makeTeacher(teacher,
                         {.settings = teacherSettings().read(input.settings),
                          .dtype = dtype(),
                          .device = input.device,
                          .warn = input.warn});
  teacher_config_ = teacher.blueprint->configJson("");
  checkTeacherLogits();
  checkStepMemory(*teacher_);
  const ModelQuantization quantization = makeModelQuantization(input.settings);
  quantization.weights.check(student.blueprint->weightShapes());
  takeModel(student, quantization);
  if (is_copy) {
    separateTrained(model(), *teacher_);
  } else {
    takeQuantizers(student, settings.student);
  }
}

void KdQatPhase::takeQuantizers(const ModelSource& source, const std::string& folder) {
  const at::NoGradGuard no_grad;
  const NamedTensors own = model().quantizerParameters();
  for (const NamedTensor& parameter : own) {
    const at::Tensor* saved = findTensor(source.quantizers, parameter.name);
    if (saved != nullptr && saved->sizes() == parameter.tensor.sizes()) {
      parameter.tensor.copy_(*saved);
      taken_quantizers_.insert(parameter.name);
    }
  }
  const std::size_t taken = taken_quantizers_.size();
  if (taken < own.size() && !source.quantizers.empty()) {
    input().warn(
        fmt::format("model.student: {} of {} numbers of quantizers are taken from {}; the "
                    "others are of another scheme, bits or place and start anew",
                    taken,
                    own.size(),
                    folder));
  }
}

bool KdQatPhase::needsTeacherPass(Intervention intervention) const {
  return distillation_.needsTeacher() || intervention != Intervention::kNone;
}

void KdQatPhase::checkTeacherLogits() const {
  if (!distillation_.topLogits()) {
    return;
  }
  std::vector<std::string> others;
  for (const WeightedLoss& entry : distillation_.losses()) {
    if (entry.loss.needs_teacher) {
      others.push_back("distill." + entry.name);
    }
  }
  if (interventionOf(0, 1) != Intervention::kNone) {
    others.emplace_back("intervention");
  }
  if (!others.empty()) {
    input().warn(
        fmt::format("distill.kl.cache_teacher spares no pass of the teacher, because {} "
                    "needs it in every step",
                    joinStrings(others, ", ")));
  }
}

bool KdQatPhase::open(const Pulse& pulse) {
  const auto top = distillation_.topLogits();
  if (!top) {
    return true;
  }
  const auto folder = cacheFolder("logits");
  if (!folder) {
    throw TrainError(ExitCode::kMissingInput,
                     "distill.kl.cache_teacher has no place for its file: set HOME or "
                     "XDG_CACHE_HOME to an absolute path");
  }
  const Json facts = {{"config", teacher_config_},
                      {"numerics", runSettings().read(input().settings).numerics},
                      {"threads", at::get_num_threads()}};
  teacher_logits_ = TeacherLogits::open({.teacher = *teacher_,
                                         .task = task(),
                                         .length = stepShape().length,
                                         .dtype = dtype(),
                                         .top = *top,
                                         .facts = facts,
                                         .folder = *folder},
                                        pulse);
  return teacher_logits_.has_value();
}

std::vector<TokenBatch> KdQatPhase::calibrationBatches() const {
  const std::int64_t batch = stepShape().rows;
  const std::int64_t wanted = calibrationSettings().read(input().settings).batches * batch;
  const std::int64_t rows = std::min(wanted, trainingRows());
  std::vector<TokenBatch> batches;
  for (std::int64_t first = 0; first < rows; first += batch) {
    std::vector<std::int64_t> chosen(static_cast<std::size_t>(std::min(batch, rows - first)));
    std::iota(chosen.begin(), chosen.end(), first);
    batches.push_back(task().batch(chosen));
  }
  return batches;
}

std::vector<std::string> KdQatPhase::weightsToSearch() const {
  std::vector<std::string> weights = outputErrorWeights(model());
  std::erase_if(weights, [this](const std::string& weight) {
    const std::string prefix = fmt::format("quantizers.{}.", weight);
    const auto first = taken_quantizers_.lower_bound(prefix);
    return first != taken_quantizers_.end() && first->starts_with(prefix);
  });
  return weights;
}

std::unique_ptr<Model> KdQatPhase::fullPrecision() const {
  return blueprint().build(model().parameters(), {}, {.hidden_dropout = 0, .attention_dropout = 0});
}

bool KdQatPhase::prepare(const Pulse& pulse) {
  const std::vector<std::string> searched = weightsToSearch();
  if (searched.empty() && !model().activations().needRanges()) {
    return true;
  }
  const std::vector<TokenBatch> batches = calibrationBatches();
  if (!searched.empty() &&
      !searchOutputError(trainedModel(), *fullPrecision(), searched, batches, pulse)) {
    return false;
  }
  return !model().activations().needRanges() ||
         calibrateActivations(trainedModel(), batches, pulse);
}

NamedTensors KdQatPhase::parameters() const {
  NamedTensors parameters = ModelPhase::parameters();
  append(parameters, distillation_.parameters());
  return parameters;
}

NamedTensors KdQatPhase::trainableParameters() const {
  NamedTensors parameters = ModelPhase::trainableParameters();
  append(parameters, distillation_.parameters());
  return parameters;
}

Intervention KdQatPhase::interventionOf(std::int64_t step, std::int64_t total_steps) const {
  const auto seed = static_cast<std::uint64_t>(runSettings().read(input().settings).seed);
  return interventionAt(intervention_, seed, step, total_steps);
}

ModelTrace KdQatPhase::teacherTrace(const TokenBatch& batch, const ForwardOptions& options) const {
  const at::NoGradGuard no_grad;
  return alignTrace(teacher_->forward(batch, options), layer_map_);
}

LossTerms KdQatPhase::forward(const BatchPart& part,
                              const StepRequest& request,
                              const Pulse& pulse,
                              StepOutcome& outcome) {
  const TraceSet needs = distillation_.needs() | request.trace;
  const Intervention intervention = interventionOf(request.step, request.total_steps);
  ForwardOptions options = trainingPass(needs);
  std::optional<TopLogits> top;
  if (teacher_logits_) {
    const auto first = static_cast<std::size_t>(part.first_row);
    const auto count = static_cast<std::size_t>(part.batch.input_ids.size(0));
    top = teacher_logits_->at(request.rows.subspan(first, count), input().device);
  }
  if (!top || request.trace != TraceSet() || needsTeacherPass(intervention)) {
    outcome.teacher = teacherTrace(part.batch,
                                   {.trace = needs | interventionNeeds(intervention),
                                    .stops_before_head = options.stops_before_head});
    pulse();
  }
  options.intervention = intervention;
  options.variant = interventionVariant(intervention_);
  options.teacher = outcome.teacher ? &*outcome.teacher : nullptr;
  outcome.student = model().forward(part.batch, options);
  const ModelTrace nothing;
  const LossInput input = {.student = outcome.student,
                           .teacher = outcome.teacher ? *outcome.teacher : nothing,
                           .batch = part.batch,
                           .step = request.step,
                           .total_steps = request.total_steps,
                           .share = part.share,
                           .teacher_top = top ? &*top : nullptr};
  return options.stops_before_head ? inParts(part, input) : distillation_.evaluate(input);
}

LossTerms KdQatPhase::inParts(const BatchPart& part, const LossInput& whole) const {
  const Distillation on_logits = distillation_.onLogits();
  const Distillation others = distillation_.onTraces();
  const PartedLogits logits = {.student = {whole.student.logits, model().headWeight()},
                               .teacher = {whole.teacher.logits, teacher_->headWeight()},
                               .teacher_top = whole.teacher_top,
                               .rows = stepMemory().logit_rows};
  LossTerms terms;
  if (!on_logits.losses().empty()) {
    terms = inLogitParts(logits, part, [&](const LogitPart& now) {
      return on_logits.evaluate({.student = now.student,
                                 .teacher = now.teacher,
                                 .batch = now.batch,
                                 .step = whole.step,
                                 .total_steps = whole.total_steps,
                                 .share = now.share,
                                 .teacher_top = now.teacher_top ? &*now.teacher_top : nullptr});
    });
  }
  if (!others.losses().empty()) {
    LossTerms more = others.evaluate(whole);
    terms.total = terms.total.defined() ? terms.total + more.total : more.total;
    std::move(more.components.begin(), more.components.end(), std::back_inserter(terms.components));
  }
  return terms;
}

void KdQatPhase::checkLogitParts() const {
  for (const WeightedLoss& entry : distillation_.losses()) {
    if (stepMemory().logit_rows > 0 && entry.loss.couples_tokens) {
      throw TrainError(ExitCode::kBadSpec,
                       fmt::format("train.logit_rows is {}, but distill.{} weighs a token by what "
                                   "others are (tsld, or cakld without a confidence of its own); "
                                   "set it to 0",
                                   stepMemory().logit_rows,
                                   entry.name));
    }
  }
}

std::optional<std::vector<MetricPoint>> KdQatPhase::evaluate(std::int64_t step,
                                                             std::int64_t total_steps,
                                                             const Pulse& pulse) {
  auto points = task().evaluate({.forward = logitsOf(model()),
                                 .teacher = logitsOf(*teacher_),
                                 .prefix = "",
                                 .positions = model().shape().positions},
                                pulse);
  const std::int64_t last_update = std::max<std::int64_t>(step - 1, 0);
  const Intervention intervention = interventionOf(last_update, total_steps);
  if (!points || !intervention_.evaluate || intervention == Intervention::kNone) {
    return points;
  }
  const auto with_help = [&](const TokenBatch& batch) {
    const ModelTrace teacher = teacherTrace(batch, {.trace = interventionNeeds(intervention)});
    return model()
        .forward(batch,
                 {.intervention = intervention,
                  .variant = interventionVariant(intervention_),
                  .teacher = &teacher})
        .logits;
  };
  const auto helped =
      task().evaluate({.forward = with_help, .teacher = {}, .prefix = "intervention."}, pulse);
  if (!helped) {
    return std::nullopt;
  }
  points->insert(points->end(), helped->begin(), helped->end());
  return points;
}

ProbedTraining KdQatPhase::probed(std::int64_t step, std::int64_t total_steps) const {
  ProbedTraining probed = ModelPhase::probed(step, total_steps);
  probed.teacher = teacher_.get();
  probed.layer_map = layer_map_;
  probed.full_precision = [this] {
    return fullPrecision();
  };
  return probed;
}

LossTerms KdQatPhase::objective(const Model& model,
                                const TokenBatch& batch,
                                std::int64_t step,
                                std::int64_t total_steps) const {
  const TraceSet needs = distillation_.needs();
  const ModelTrace teacher = teacherTrace(batch, {.trace = needs});
  const ModelTrace student = model.forward(batch, {.trace = needs});
  return distillation_.evaluate({.student = student,
                                 .teacher = teacher,
                                 .batch = batch,
                                 .step = step,
                                 .total_steps = total_steps});
}

std::optional<std::vector<MetricPoint>> KdQatPhase::evaluateTeacher(const Pulse& pulse) {
  return task().evaluate(*teacher_, "teacher.", pulse);
}

Json KdQatPhase::summary() const {
  Json facts = ModelPhase::summary();
  facts["precision"] = model().quantization().weights.summary(blueprint().weightShapes());
  return facts;
}

MemoryEstimate KdQatPhase::memory() const {
  StepShape shape = stepShape();
  shape.quantizes_activations = model().quantization().quantizesActivations();
  // Without a pass of the teacher there is no trace of it to compare with.
  const Intervention intervention = interventionOf(0, 1);
  shape.has_teacher =
      !distillation_.topLogits() || needsTeacherPass(intervention) || shape.traces != TraceSet();
  shape.logit_losses = static_cast<std::int64_t>(distillation_.onLogits().losses().size());
  shape.traces |= distillation_.needs() | interventionNeeds(intervention);
  // On another device it takes none of this one's.
  const bool is_near = teacher_->parameters().front().tensor.device() == input().device;
  return blueprint().memory(shape,
                            {.latent = bytesBeside(parameters(), teacher_->parameters()),
                             .trainable = totalBytes(trainableParameters()),
                             .teacher = is_near ? totalBytes(teacher_->parameters()) : 0,
                             .quantized = quantizedCopyBytes(model()),
                             .moments = momentBytes(trainableParameters())});
}

}  // namespace retort::train
