#include "trainers/probes/attention_norms.h"

#include "trainers/probes/attention_points.h"
#include "trainers/probes/token_groups.h"

#include <array>
#include <cmath>

#include <fmt/format.h>

namespace retort::train {

namespace {

constexpr const char* kSource =
    "Kobayashi et al. 2020 (arXiv 2004.10102); Kim et al. 2022 (arXiv 2211.11014), figure 6";
constexpr std::array<const char*, 3> kMetrics = {
    "attention_norm_alpha", "attention_norm_f", "attention_norm_alpha_f"};
constexpr std::array<const char*, 3> kFormulas = {
    "\\frac{1}{Hn} \\sum_{h,i} \\alpha_{hij}",
    "\\frac{1}{H} \\sum_h \\lVert f_h(x_j) \\rVert",
    "\\frac{1}{n} \\sum_i \\lVert \\sum_h \\alpha_{hij} f_h(x_j) \\rVert"};
constexpr std::array<const char*, 3> kTexts = {
    "attention that a token receives",
    "norm of a token's transformed vector, mean over heads",
    "norm of what a token contributes to a query, over all heads"};

/// A model with a trace of it.
struct Subject {
  const Model* model = nullptr;
  const ModelTrace* trace = nullptr;
  LayerMap layers;  ///< the model's layer for each of the trace's; empty: the same
  bool uses_latent_weights = false;

  [[nodiscard]] at::Tensor outputWeight(std::size_t layer) const {
    const std::string name = fmt::format("bert.encoder.layer.{}.attention.output.dense.weight",
                                         layers.empty() ? layer : layers.at(layer));
    return uses_latent_weights ? findTensor(model->parameters(), name)->detach()
                               : model->weightInUse(name);
  }
};

/// [B, 3, G] of one layer; NaN for sentences without tokens of a group.
at::Tensor layerMeans(const Subject& subject,
                      std::size_t layer,
                      const std::vector<std::int64_t>& lengths,
                      const at::Tensor& groups) {
  const at::Tensor weight = subject.outputWeight(layer);
  std::vector<at::Tensor> sentences;
  for (std::size_t b = 0; b < lengths.size(); ++b) {
    const auto index = static_cast<std::int64_t>(b);
    const std::int64_t n = lengths[b];
    const at::Tensor map = subject.trace->prob[layer][index].narrow(1, 0, n).narrow(2, 0, n);
    const at::Tensor value = subject.trace->value[layer][index].narrow(1, 0, n);
    sentences.push_back(groupMeans(tokenNorms(map, value, weight), groups[index].narrow(1, 0, n)));
  }
  return at::stack(sentences).cpu();
}

/// Adds the mean over sentences of [B, 3, G].
void addMeans(const std::string& prefix,
              const std::string& suffix,
              const at::Tensor& sentences,
              std::size_t layer,
              bool has_trivial,
              std::vector<MetricPoint>& points) {
  const at::Tensor means = sentences.nanmean(0).contiguous();
  const auto mean = means.accessor<double, 2>();
  const std::vector<std::string>& groups = tokenGroupNames();
  for (std::size_t quantity = 0; quantity < kMetrics.size(); ++quantity) {
    for (std::size_t group = 0; group < groups.size(); ++group) {
      const double value =
          mean[static_cast<std::int64_t>(quantity)][static_cast<std::int64_t>(group)];
      // Rows of a map sum to 1: over all tokens, alpha is 1 / n whatever the map.
      const bool is_trivial = quantity == 0 && groups[group] == "all";
      if (!std::isnan(value) && (has_trivial || !is_trivial)) {
        points.push_back({.series = {.metric = prefix + kMetrics[quantity] + suffix,
                                     .layer = static_cast<int>(layer),
                                     .component = groups[group]},
                          .value = value});
      }
    }
  }
}

void addAll(const Subject& student,
            const Subject& teacher,
            const TokenBatch& batch,
            const ProbeInput& input,
            std::vector<MetricPoint>& points) {
  const at::NoGradGuard no_grad;
  const std::vector<std::int64_t> lengths = sentenceLengths(batch.attention_mask);
  if (lengths.empty()) {
    return;
  }
  const at::Tensor groups = tokenGroups(batch, groupedTokens(*input.training.tokenizer));
  for (std::size_t layer = 0; layer < student.trace->prob.size(); ++layer) {
    const at::Tensor of_student = layerMeans(student, layer, lengths, groups);
    addMeans("", "", of_student, layer, input.is_published, points);
    if (teacher.trace != nullptr) {
      const at::Tensor of_teacher = layerMeans(teacher, layer, lengths, groups);
      addMeans("teacher.", "", of_teacher, layer, input.is_published, points);
      addMeans("", "_gap", (of_teacher - of_student).abs(), layer, input.is_published, points);
    }
  }
}

void measurePublished(const ProbeInput& input, std::vector<MetricPoint>& points) {
  const ProbedTraining& training = input.training;
  const TokenBatch batch = publishedNormBatch(input.batch, groupedTokens(*training.tokenizer).sep);
  const ForwardOptions options{.is_training = true,
                               .trace = TraceSet(TracePart::kProb) | TracePart::kValue};
  const at::NoGradGuard no_grad;
  const ModelTrace student = training.student->forward(batch, options);
  const Subject latent{.model = training.student, .trace = &student, .uses_latent_weights = true};
  if (training.teacher == nullptr) {
    addAll(latent, {}, batch, input, points);
    return;
  }
  const ModelTrace teacher = teacherTrace(training, batch, options);
  addAll(latent,
         {.model = training.teacher, .trace = &teacher, .layers = training.layer_map},
         batch,
         input,
         points);
}

void measure(const ProbeInput& input, std::vector<MetricPoint>& points) {
  if (input.is_published) {
    measurePublished(input, points);
    return;
  }
  addAll(
      {.model = input.training.student, .trace = input.student},
      {.model = input.training.teacher, .trace = input.teacher, .layers = input.training.layer_map},
      input.batch,
      input,
      points);
}

std::vector<MetricSpec> metrics() {
  std::vector<MetricSpec> all;
  for (std::size_t i = 0; i < kMetrics.size(); ++i) {
    const MetricSpec metric{
        .name = kMetrics[i],
        .dimensions = {"layer", "component"},
        .documentation = std::string(kTexts[i]) +
                         ", mean over the tokens of a group (cls, sep, punctuation, other, all) of "
                         "a sentence, then over the sentences of the batch, without dropout",
        .formula = kFormulas[i],
        .source = kSource};
    const std::vector<MetricSpec> both = mapMetrics(metric);
    all.insert(all.end(), both.begin(), both.end());
    all.push_back({.name = metric.name + "_gap",
                   .dimensions = metric.dimensions,
                   .better = "min",
                   .documentation = "absolute difference of student and teacher, sentence by "
                                    "sentence: " +
                                    metric.documentation,
                   .formula = metric.formula,
                   .source = metric.source});
  }
  return all;
}

}  // namespace

at::Tensor tokenNorms(const at::Tensor& map,
                      const at::Tensor& value,
                      const at::Tensor& output_weight) {
  const std::int64_t heads = map.size(0);
  TORCH_CHECK(map.dim() == 3 && value.dim() == 3 && value.size(0) == heads &&
                  value.size(1) == map.size(2) && output_weight.dim() == 2 &&
                  output_weight.size(1) == heads * value.size(2),
              "tokenNorms: map ",
              map.sizes(),
              ", value ",
              value.sizes(),
              " and output weight ",
              output_weight.sizes(),
              " do not fit");
  const at::NoGradGuard no_grad;
  const at::Tensor alpha = map.to(at::kDouble);
  // W_O,h: [H, d, D].
  const at::Tensor weights =
      output_weight.to(at::kDouble).unflatten(1, {heads, value.size(2)}).permute({1, 2, 0});
  const at::Tensor transformed =
      value.to(at::kDouble).matmul(weights).transpose(0, 1);                // [n, H, D]
  const at::Tensor gram = transformed.matmul(transformed.transpose(1, 2));  // [n, H, H]
  const at::Tensor by_key = alpha.permute({2, 1, 0});                       // [j, i, H]
  const at::Tensor squares = (by_key.matmul(gram) * by_key).sum(2);         // [j, i]
  return at::stack({alpha.mean(at::IntArrayRef{0, 1}),
                    gram.diagonal(0, 1, 2).clamp_min(0).sqrt().mean(1),
                    squares.clamp_min(0).sqrt().mean(1)});
}

at::Tensor groupMeans(const at::Tensor& norms, const at::Tensor& groups) {
  const at::Tensor members = groups.to(at::kDouble).t();
  return norms.matmul(members) / members.sum(0);
}

TokenBatch publishedNormBatch(const TokenBatch& batch, const std::vector<std::int64_t>& sep) {
  const std::int64_t length = sentenceLengths(batch.attention_mask).at(0);
  const at::Tensor cut = batch.input_ids.narrow(1, 0, length);
  at::Tensor keeps = at::zeros({cut.size(0)}, cut.options().dtype(at::kBool));
  for (const std::int64_t id : sep) {
    keeps = keeps | (cut == id).any(1);
  }
  const at::Tensor ids = cut.index({keeps});
  return {.input_ids = ids,
          .attention_mask = at::ones_like(ids),
          .segment_ids = at::zeros_like(ids),
          .lengths = at::full({ids.size(0)}, length, ids.options())};
}

const ProbeDefinition& attentionNormsProbe() {
  static const ProbeDefinition kDefinition = {
      .spec = {.kind = "probe",
               .name = "attention_norms",
               .documentation = "norms of what attention generates (SA-GEN) and propagates "
                                "(SA-PROP), by group of tokens, and their distance from the "
                                "teacher's",
               .formula = "Y_i = \\sum_j \\sum_h \\alpha_{hij} f_h(x_j),\\quad f_h(x) = V_h(x) "
                          "W_{O,h}",
               .source = kSource},
      .metrics = metrics(),
      .needs = TraceSet(TracePart::kProb) | TracePart::kValue,
      .is_of_encoders = true,
      .pass = ProbePass::kEvaluation,
      .published =
          PublishedVariant{
              .documentation =
                  "dropout is active in both models, all sentences have the length of the batch's "
                  "first and no mask, f uses the latent weight of W_O instead of the quantized "
                  "one, and alpha over all tokens (always 1/n) is reported (Exp3 notebook)",
              .pass = ProbePass::kTraining},
      .measure = measure};
  return kDefinition;
}

}  // namespace retort::train
