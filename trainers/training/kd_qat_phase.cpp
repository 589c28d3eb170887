#include "trainers/training/kd_qat_phase.h"

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

}  // namespace

KdQatPhase::KdQatPhase(const PhaseInput& input) : EncoderPhase(input) {
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
  distillation_ = Distillation::fromSettings({.settings = input.settings,
                                              .layers = student.config.num_hidden_layers,
                                              .dtype = dtype(),
                                              .device = input.device});
  teacher_ = std::make_unique<BertModel>(teacher.config, teacher.parameters);
  setModel(std::make_unique<BertModel>(
      withDropout(student.config, settings),
      student.parameters,
      makeBertQuantization(quantizationSettings().read(input.settings))));
}

StepOutcome KdQatPhase::step(const StepRequest& request, const Pulse& pulse) {
  const EncoderBatch batch = task().batch(request.rows);
  const TraceSet needs = distillation_.needs() | request.trace;
  trainedModel().clearGradients();
  StepOutcome outcome;
  {
    const at::NoGradGuard no_grad;
    outcome.teacher = teacher_->forward(batch, {.trace = needs});
  }
  pulse();
  outcome.student = model().forward(batch, {.is_training = true, .trace = needs});
  LossTerms terms = distillation_.evaluate({.student = outcome.student,
                                            .teacher = *outcome.teacher,
                                            .batch = batch,
                                            .step = request.step,
                                            .total_steps = request.total_steps});
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
  shape.quantizes_activations = settings.activation_bits > 0;
  shape.has_teacher = true;
  shape.traces = distillation_.needs();
  return estimateMemory(model().config(),
                        shape,
                        {.latent = totalBytes(parameters()),
                         .trainable = totalBytes(trainableParameters()),
                         .teacher = totalBytes(teacher_->parameters())});
}

}  // namespace retort::train
