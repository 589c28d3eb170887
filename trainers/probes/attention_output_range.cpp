#include "trainers/probes/attention_output_range.h"

#include "trainers/probes/token_groups.h"
#include "trainers/train_error.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace retort::train {

namespace {

constexpr const char* kSource = "Kim et al. 2022 (arXiv 2211.11014), figure 5";

/// What is measured: attention outputs of both models, and the tokens that belong together.
struct Subject {
  std::vector<at::Tensor> student;
  std::vector<at::Tensor> teacher;  ///< empty when there is none
  at::Tensor groups;                ///< [B, G, N] bool
  std::vector<std::string> names;   ///< of the groups
};

Subject batchSubject(const ProbeInput& input) {
  Subject subject{.student = input.student->output, .names = tokenGroupNames()};
  if (input.teacher != nullptr) {
    subject.teacher = input.teacher->output;
  }
  subject.groups = tokenGroups(input.batch, groupedTokens(*input.training.tokenizer));
  return subject;
}

/// One training row alone, without padding: each token is a group.
Subject rowSubject(const ProbeInput& input, std::int64_t row) {
  const ProbedTraining& training = input.training;
  if (row >= training.rows) {
    throw TrainError(ExitCode::kBadSpec,
                     fmt::format("probe.attention_output_range.row is {}, but there are only {} "
                                 "training rows, counted from 0",
                                 row,
                                 training.rows));
  }
  const at::NoGradGuard no_grad;
  const TokenBatch batch = training.batch(std::vector<std::int64_t>{row});
  const auto length = batch.lengths.item<std::int64_t>();
  const auto cut = [length](const at::Tensor& ids) {
    return ids.narrow(1, 0, length);
  };
  const TokenBatch sentence{.input_ids = cut(batch.input_ids),
                            .attention_mask = cut(batch.attention_mask),
                            .segment_ids = cut(batch.segment_ids),
                            .lengths = batch.lengths};
  const ForwardOptions options{.is_training = input.is_published, .trace = TracePart::kOutput};
  Subject subject{.student = training.student->forward(sentence, options).output};
  if (training.teacher != nullptr) {
    subject.teacher = teacherTrace(training, sentence, options).output;
  }
  subject.groups = at::eye(length, batch.attention_mask.options()).to(at::kBool).unsqueeze(0);
  for (std::int64_t position = 0; position < length; ++position) {
    subject.names.push_back(fmt::format("{:03}", position));
  }
  return subject;
}

void addRange(const std::string& prefix,
              const std::vector<at::Tensor>& layers,
              const Subject& subject,
              std::vector<MetricPoint>& points) {
  for (std::size_t layer = 0; layer < layers.size(); ++layer) {
    const OutputRange range = outputRange(layers[layer], subject.groups);
    const auto add = [&](const std::string& metric, const at::Tensor& values) {
      const at::Tensor host = values.cpu();
      const auto value = host.accessor<double, 1>();
      for (std::size_t group = 0; group < subject.names.size(); ++group) {
        const double x = value[static_cast<std::int64_t>(group)];
        if (!std::isinf(x)) {
          points.push_back({.series = {.metric = prefix + metric,
                                       .layer = static_cast<int>(layer),
                                       .component = subject.names[group]},
                            .value = x});
        }
      }
    };
    add("attention_output_min", range.minimum);
    add("attention_output_max", range.maximum);
  }
}

void measure(const ProbeInput& input, std::vector<MetricPoint>& points) {
  const std::int64_t row = optionsOf(outputRangeSettings(), input).row;
  const Subject subject = row < 0 ? batchSubject(input) : rowSubject(input, row);
  addRange("", subject.student, subject, points);
  addRange("teacher.", subject.teacher, subject, points);
}

MetricSpec metric(const std::string& prefix, const std::string& bound) {
  return {.name = prefix + "attention_output_" + bound,
          .dimensions = {"layer", "component"},
          .documentation = bound + "imum over the hidden dimensions of the " +
                           (prefix.empty() ? "student's" : "teacher's") +
                           " attention output (after projection, residual and LayerNorm), by group "
                           "of tokens (cls, sep, punctuation, other, all) of the batch or by "
                           "position in one row, without dropout",
          .formula = "\\" + bound + "_{t,d} Y_{td}",
          .source = kSource,
          .combine = bound == "max" ? Combination::kMaximum : Combination::kMinimum};
}

}  // namespace

const SettingGroup<OutputRangeSettings>& outputRangeSettings() {
  static const auto kGroup = SettingGroup<OutputRangeSettings>().add(
      &OutputRangeSettings::row,
      {.key = "probe.attention_output_range.row",
       .documentation = "training row (from 0) whose tokens are measured one by one, as in the "
                        "paper's figure; -1: the step's batch, by groups of tokens",
       .minimum = -1});
  return kGroup;
}

OutputRange outputRange(const at::Tensor& output, const at::Tensor& groups) {
  TORCH_CHECK(output.dim() == 3 && groups.dim() == 3 && groups.size(0) == output.size(0) &&
                  groups.size(2) == output.size(1),
              "outputRange: groups ",
              groups.sizes(),
              " do not fit the attention output ",
              output.sizes());
  const at::NoGradGuard no_grad;
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const at::Tensor values = output.to(at::kDouble);
  const auto within = [&](const at::Tensor& of_tokens, double absent) {
    return of_tokens.unsqueeze(1).expand(groups.sizes()).masked_fill(~groups, absent);
  };
  return {.minimum = within(values.amin(2), kInfinity).amin({0, 2}),
          .maximum = within(values.amax(2), -kInfinity).amax({0, 2})};
}

const ProbeDefinition& attentionOutputRangeProbe() {
  static const ProbeDefinition kDefinition = {
      .spec = {.kind = "probe",
               .name = "attention_output_range",
               .documentation = "least and largest element of the attention output, by tokens",
               .formula = "\\min_{t,d} Y_{td},\\quad \\max_{t,d} Y_{td}",
               .source = kSource},
      .metrics = {metric("", "min"),
                  metric("", "max"),
                  metric("teacher.", "min"),
                  metric("teacher.", "max")},
      .needs = TracePart::kOutput,
      .is_of_encoders = true,
      .pass = ProbePass::kEvaluation,
      .published =
          PublishedVariant{.documentation = "dropout is active in both models (Exp3 notebook)",
                           .pass = ProbePass::kDropout},
      .settings = outputRangeSettings().specs(),
      .measure = measure};
  return kDefinition;
}

}  // namespace retort::train
