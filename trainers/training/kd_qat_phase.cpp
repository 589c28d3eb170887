#include "trainers/training/kd_qat_phase.h"

#include "trainers/models/parameter_place.h"
#include "trainers/quantizers/quantization_settings.h"
#include "trainers/train_error.h"
#include "trainers/training/encoder_source.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

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

/// Bytes of the quantized copies that a step keeps: the linear layers' (of embedding tables it
/// keeps the rows that occur).
std::uint64_t quantizedCopyBytes(const BertModel& model) {
  NamedTensors quantized;
  for (const NamedTensor& parameter : model.parameters()) {
    const bool is_table = parameterPlace(parameter.name).projection == "embeddings";
    if (!is_table && !model.quantization().forParameter(parameter.name).isIdentity()) {
      quantized.push_back(parameter);
    }
  }
  return totalBytes(quantized);
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
  const BertQuantization quantization = makeBertQuantization(input.settings);
  quantization.weights.check(bertParameterShapes(student.config));
  setModel(std::make_unique<BertModel>(
      withDropout(student.config, settings), student.parameters, quantization));
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

Json KdQatPhase::summary() const {
  Json facts = EncoderPhase::summary();
  facts["precision"] =
      model().quantization().weights.summary(bertParameterShapes(model().config()));
  return facts;
}

MemoryEstimate KdQatPhase::memory() const {
  const QuantizationSettings settings = quantizationSettings().read(input().settings);
  StepShape shape = stepShape();
  shape.quantizes_activations = settings.activation_bits > 0;
  shape.has_teacher = true;
  shape.traces = distillation_.needs();
  return estimateMemory(model().config(),
                        shape,
                        {.latent = totalBytes(parameters()),
                         .trainable = totalBytes(trainableParameters()),
                         .teacher = totalBytes(teacher_->parameters()),
                         .quantized = quantizedCopyBytes(model())});
}

}  // namespace retort::train
