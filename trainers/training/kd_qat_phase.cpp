#include "trainers/training/kd_qat_phase.h"

#include "trainers/models/calibration.h"
#include "trainers/quantizers/quantization_settings.h"
#include "trainers/train_error.h"
#include "trainers/training/encoder_source.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

namespace retort::train {

namespace {

/// Losses compare layer by layer and element by element.
void checkSameShape(const BertConfig& student, const BertConfig& teacher) {
  if (student.num_hidden_layers != teacher.num_hidden_layers ||
      student.hidden_size != teacher.hidden_size ||
      student.num_attention_heads != teacher.num_attention_heads) {
    throw TrainError(
        ExitCode::kBadData,
        fmt::format("the student (model.student: {} layers, {} wide, {} heads) must have the shape "
                    "of the teacher (model.teacher: {} layers, {} wide, {} heads)",
                    student.num_hidden_layers,
                    student.hidden_size,
                    student.num_attention_heads,
                    teacher.num_hidden_layers,
                    teacher.hidden_size,
                    teacher.num_attention_heads));
  }
}

}  // namespace

KdQatPhase::KdQatPhase(const PhaseInput& input)
    : EncoderPhase(input),
      distillation_(Distillation::fromSettings(input.settings)) {
  const ModelSettings settings = modelSettings().read(input.settings);
  TaskData data = readTask();
  const EncoderRequest request{
      .labels = data.task.outputs(), .dtype = dtype(), .device = input.device};
  std::optional<WordPieceTokenizer> tokenizer = data.tokenizer;
  if (!tokenizer) {
    tokenizer = WordPieceTokenizer::fromFolder(settings.teacher);
  }
  setTask(std::make_unique<EncoderTask>(std::move(data), tokenizer, input.settings, taskOptions()));
  const EncoderSource teacher = readEncoder(settings.teacher, request);
  task().checkFits(teacher.config, settings.teacher);
  EncoderSource student = teacher;
  if (settings.student == "teacher") {
    student.parameters = cloneTensors(teacher.parameters);
  } else {
    student = readEncoder(settings.student, request);
    checkSameShape(student.config, teacher.config);
    task().checkFits(student.config, settings.student);
  }
  teacher_ = std::make_unique<BertModel>(teacher.config, teacher.parameters);
  setModel(std::make_unique<BertModel>(withDropout(student.config, settings),
                                       student.parameters,
                                       makeBertQuantization(input.settings)));
  if (settings.student != "teacher") {
    takeQuantizers(student, settings.student);
  }
}

void KdQatPhase::takeQuantizers(const EncoderSource& source, const std::string& folder) {
  const at::NoGradGuard no_grad;
  const NamedTensors own = model().quantizerParameters();
  std::size_t taken = 0;
  for (const NamedTensor& parameter : own) {
    const at::Tensor* saved = findTensor(source.quantizers, parameter.name);
    if (saved != nullptr && saved->sizes() == parameter.tensor.sizes()) {
      parameter.tensor.copy_(*saved);
      ++taken;
    }
  }
  if (taken < own.size() && !source.quantizers.empty()) {
    input().warn(
        fmt::format("model.student: {} of {} numbers of quantizers are taken from {}; the "
                    "others are of another scheme, bits or place and start anew",
                    taken,
                    own.size(),
                    folder));
  }
}

bool KdQatPhase::prepare(const Pulse& pulse) {
  if (!model().activations().needRanges()) {
    return true;
  }
  const std::int64_t batch = stepShape().rows;
  const std::int64_t wanted = calibrationSettings().read(input().settings).batches * batch;
  const std::int64_t rows = std::min(wanted, trainingRows());
  std::vector<EncoderBatch> batches;
  for (std::int64_t first = 0; first < rows; first += batch) {
    std::vector<std::int64_t> chosen(static_cast<std::size_t>(std::min(batch, rows - first)));
    std::iota(chosen.begin(), chosen.end(), first);
    batches.push_back(task().batch(chosen));
  }
  return calibrateActivations(trainedModel(), batches, pulse);
}

StepOutcome KdQatPhase::step(std::span<const std::int64_t> rows,
                             TraceSet trace,
                             const Pulse& pulse) {
  const EncoderBatch batch = task().batch(rows);
  const TraceSet needs = distillation_.needs() | trace;
  trainedModel().clearGradients();
  StepOutcome outcome;
  {
    const at::NoGradGuard no_grad;
    outcome.teacher = teacher_->forward(batch, {.trace = needs});
  }
  pulse();
  outcome.student = model().forward(batch, {.is_training = true, .trace = needs});
  LossTerms terms = distillation_.evaluate(
      {.student = outcome.student, .teacher = *outcome.teacher, .batch = batch});
  pulse();
  terms.total.backward();
  outcome.loss = terms.total.item<double>();
  outcome.losses = std::move(terms.components);
  outcome.mask = batch.attention_mask;
  outcome.tokens = batch.lengths.sum().item<double>();
  return outcome;
}

std::optional<std::vector<MetricPoint>> KdQatPhase::evaluateTeacher(const Pulse& pulse) {
  return task().evaluate(*teacher_, "teacher.", pulse);
}

MemoryEstimate KdQatPhase::memory() const {
  const QuantizationSettings settings = quantizationSettings().read(input().settings);
  StepShape shape = stepShape();
  shape.quantizes_weights = settings.weight_scheme != "none";
  shape.quantizes_activations = model().quantization().quantizesActivations();
  shape.has_teacher = true;
  shape.traces = distillation_.needs();
  return estimateMemory(model().config(),
                        shape,
                        {.latent = totalBytes(parameters()),
                         .trainable = totalBytes(trainableParameters()),
                         .teacher = totalBytes(teacher_->parameters())});
}

}  // namespace retort::train
