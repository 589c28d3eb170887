#include "trainers/training/generate_phase.h"

#include "core/base/file.h"
#include "trainers/data/split_mix.h"
#include "trainers/data/token_files.h"
#include "trainers/evaluation/token_sampler.h"
#include "trainers/io/or_throw.h"
#include "trainers/io/output_file.h"
#include "trainers/settings/loop_settings.h"
#include "trainers/train_error.h"
#include "trainers/training/resource_estimate.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace retort::train {

namespace {

constexpr std::int32_t kNotWritten = -1;

/// The loop visits rows epoch after epoch: one epoch of all steps writes each text once.
void checkBudget(const LoopSettings& loop) {
  if (loop.epochs != 1 || loop.steps != 0 || loop.spent_steps != 0) {
    throw TrainError(ExitCode::kBadSpec,
                     "phase: generate writes every text once: leave train.epochs at 1, train.steps "
                     "and train.spent_steps at 0, and say how many with generate.texts");
  }
}

void checkLengths(const GenerateSettings& settings, const ModelShape& teacher) {
  if (settings.greedy_from > settings.greedy_to || settings.greedy_to > settings.length) {
    throw TrainError(ExitCode::kBadSpec,
                     fmt::format("generate.greedy_from {}, generate.greedy_to {} and "
                                 "generate.length {} must not fall",
                                 settings.greedy_from,
                                 settings.greedy_to,
                                 settings.length));
  }
  if (settings.length > teacher.positions) {
    throw TrainError(ExitCode::kBadSpec,
                     fmt::format("generate.length is {}, but model.teacher reads {} tokens",
                                 settings.length,
                                 teacher.positions));
  }
}

}  // namespace

const SettingGroup<GenerateSettings>& generateSettings() {
  static const std::vector<SettingCondition> kWhen = {{.key = "phase", .any_of = {"generate"}}};
  static const auto kGroup =
      SettingGroup<GenerateSettings>()
          .add(&GenerateSettings::texts,
               {.key = "generate.texts",
                .documentation = "texts to write",
                .unit = "texts",
                .minimum = 1,
                .maximum = 1e8,
                .when = kWhen})
          .add(&GenerateSettings::length,
               {.key = "generate.length",
                .documentation = "the most tokens of a text; LLM-QAT: 2048",
                .unit = "tokens",
                .minimum = 2,
                .maximum = 1e6,
                .when = kWhen})
          .add(&GenerateSettings::start,
               {.key = "generate.start",
                .documentation = "the first token of a text: any of the vocabulary, drawn, or each "
                                 "in turn as in LLM-QAT's code",
                .choices = {"uniform", "enumerated"},
                .when = kWhen})
          .add(&GenerateSettings::greedy_from,
               {.key = "generate.greedy_from",
                .documentation = "of some texts so many tokens are not drawn: the first and the "
                                 "teacher's likeliest after it",
                .unit = "tokens",
                .minimum = 1,
                .when = kWhen})
          .add(&GenerateSettings::greedy_to,
               {.key = "generate.greedy_to",
                .documentation = "of others up to so many, by the text's number",
                .unit = "tokens",
                .minimum = 1,
                .when = kWhen})
          .add(&GenerateSettings::temperature,
               {.key = "generate.temperature",
                .documentation = "by which the logits are divided; 0: always the likeliest token",
                .minimum = 0,
                .maximum = 100,
                .when = kWhen})
          .add(&GenerateSettings::top_p,
               {.key = "generate.top_p",
                .documentation = "draw from the likeliest tokens that have this share of the "
                                 "probability together",
                .minimum = 0,
                .maximum = 1,
                .is_minimum_exclusive = true,
                .when = kWhen});
  return kGroup;
}

std::int32_t startToken(const GenerateSettings& settings,
                        std::uint64_t seed,
                        std::int64_t row,
                        std::int64_t vocabulary) {
  if (settings.start == "enumerated") {
    return static_cast<std::int32_t>(row % vocabulary);
  }
  const double uniform = uniformAt(seed, static_cast<std::uint64_t>(row), 0);
  return static_cast<std::int32_t>(uniform * static_cast<double>(vocabulary));
}

std::int64_t greedyTokens(const GenerateSettings& settings, std::int64_t row) {
  return settings.greedy_from + row % (settings.greedy_to - settings.greedy_from + 1);
}

GeneratePhase::GeneratePhase(const PhaseInput& input)
    : settings_(generateSettings().read(input.settings)),
      seed_(static_cast<std::uint64_t>(runSettings().read(input.settings).seed)),
      device_(input.device) {
  const LoopSettings loop = loopSettings().read(input.settings);
  checkBudget(loop);
  batch_ = loop.batch;
  const std::filesystem::path folder = modelSettings().read(input.settings).teacher;
  const bool is_double = runSettings().read(input.settings).dtype == "float64";
  const ModelSource source = readModel(
      folder,
      {.labels = std::nullopt, .dtype = is_double ? at::kDouble : at::kFloat, .device = device_});
  for (const std::string& warning : source.warnings) {
    input.warn(warning);
  }
  checkLengths(settings_, source.blueprint->shape());
  tokenizer_ = readTokenizer(folder);
  checkVocabularyFits(*tokenizer_, source.blueprint->shape().vocabulary);
  vocabulary_ = tokenizer_->vocabularySize();
  teacher_ = source.blueprint->build(source.parameters, {}, {});
  texts_ = at::full({settings_.texts, settings_.length}, kNotWritten, at::kInt);
}

StepOutcome GeneratePhase::step(const StepRequest& request, const Pulse& pulse) {
  std::vector<std::vector<std::int32_t>> starts;
  for (const std::int64_t row : request.rows) {
    starts.push_back({startToken(settings_, seed_, row, vocabulary_)});
  }
  double nats = 0;
  double drawn = 0;
  const auto choose = [&](std::size_t text, std::int64_t place, const at::Tensor& logits) {
    const std::int64_t row = request.rows[text];
    const at::Tensor known = logits.narrow(0, 0, vocabulary_).to(at::kCPU, at::kDouble);
    const bool is_drawn = place >= greedyTokens(settings_, row);
    const std::int64_t id = drawToken(
        known,
        {.temperature = is_drawn ? settings_.temperature : 0, .top_p = settings_.top_p},
        uniformAt(seed_, static_cast<std::uint64_t>(row), static_cast<std::uint64_t>(place)));
    if (is_drawn) {
      nats -= known.log_softmax(0)[id].item<double>();
      drawn += 1;
    }
    return id;
  };
  const std::optional<std::int32_t> eos = tokenizer_->specialIds().eos;
  const auto forward = [this](const TokenBatch& batch) {
    return teacher_->forward(batch, {}).logits;
  };
  const auto goOn = [&pulse] {
    pulse();
    return true;
  };
  const auto texts = continueTexts(
      forward, starts, {.new_tokens = settings_.length - 1, .eos = eos}, choose, device_, goOn);
  StepOutcome outcome;
  for (std::size_t i = 0; i < request.rows.size(); ++i) {
    const std::vector<std::int32_t>& text = texts->at(i);
    at::Tensor row = texts_[request.rows[i]];
    row.fill_(eos.value_or(0));
    row.narrow(0, 0, static_cast<std::int64_t>(text.size())).copy_(at::tensor(text, at::kInt));
    outcome.tokens += static_cast<double>(text.size());
  }
  outcome.loss = drawn > 0 ? nats / drawn : 0;
  return outcome;
}

std::optional<std::vector<MetricPoint>> GeneratePhase::evaluate(std::int64_t /*step*/,
                                                                std::int64_t /*total_steps*/,
                                                                const Pulse& /*pulse*/) {
  const at::Tensor written = texts_.select(1, 0).ne(kNotWritten);
  const auto count = static_cast<double>(written.sum().item<std::int64_t>());
  if (count == 0) {
    return std::vector<MetricPoint>();
  }
  const std::int64_t eos = tokenizer_->specialIds().eos.value_or(kNotWritten);
  const at::Tensor after = texts_.narrow(1, 1, settings_.length - 1);
  const at::Tensor ended = after.eq(eos).any(1).logical_and(written);
  // What comes before the first eos, and that eos itself.
  const at::Tensor open = after.eq(eos).cumsum(1).sub(after.eq(eos).to(at::kLong)).eq(0);
  const at::Tensor kept = open.logical_and(written.unsqueeze(1));
  const double tokens = count + static_cast<double>(kept.sum().item<std::int64_t>());
  return std::vector<MetricPoint>{
      {.series = {.metric = "generate.tokens"}, .value = tokens},
      {.series = {.metric = "generate.ended"},
       .value = static_cast<double>(ended.sum().item<std::int64_t>()) / count}};
}

MemoryEstimate GeneratePhase::memory() const {
  const ModelShape& shape = teacher_->shape();
  const std::int64_t layer = 6 * shape.hidden_size + 4 * shape.intermediate_size;
  const std::int64_t numbers = batch_ * (settings_.length * layer + 3 * shape.outputs);
  MemoryEstimate estimate = estimateMemory(static_cast<std::uint64_t>(8 * numbers),
                                           {.teacher = totalBytes(teacher_->parameters())});
  estimate.latent = texts_.nbytes();
  return estimate;
}

Json GeneratePhase::summary() const {
  const ModelShape& shape = teacher_->shape();
  return {{"texts", settings_.texts},
          {"length", settings_.length},
          {"vocabulary", vocabulary_},
          {"layers", shape.layers},
          {"hidden_size", shape.hidden_size},
          {"heads", shape.heads}};
}

void GeneratePhase::writeModel(const std::filesystem::path& folder,
                               const std::map<std::string, double>& /*evaluation*/) const {
  const std::filesystem::path prepared = makeTemporaryFolder(folder);
  const Json facts = {{"generated", 1},
                      {"texts", settings_.texts},
                      {"length", settings_.length},
                      {"seed", seed_},
                      {"start", settings_.start},
                      {"greedy_from", settings_.greedy_from},
                      {"greedy_to", settings_.greedy_to},
                      {"temperature", settings_.temperature},
                      {"top_p", settings_.top_p},
                      {"vocabulary", vocabulary_},
                      {"tokenizer", tokenizer_->fingerprint()}};
  const at::Tensor rows = texts_.contiguous();
  const std::span<const std::int32_t> ids(rows.const_data_ptr<std::int32_t>(),
                                          static_cast<std::size_t>(rows.numel()));
  writeOrThrow(writeFileAtomically(prepared / "train.npy", formatTokenRows(ids, settings_.length)));
  writeOrThrow(writeFileAtomically(prepared / "generated.json", facts.dump(2) + "\n"));
  for (const auto& [name, contents] : tokenizer_->files()) {
    writeOrThrow(writeFileAtomically(prepared / name, contents));
  }
  publishFolder(prepared, folder);
}

std::vector<MetricSpec> generateMetrics() {
  return {{.name = "generate.tokens",
           .unit = "tokens",
           .documentation = "tokens of the texts that a teacher has written",
           .formula = "\\sum_i n_i",
           .source = "LLM-QAT, arXiv 2305.17888, section 2.1"},
          {.name = "generate.ended",
           .documentation = "share of these texts that end with eos before their full length",
           .formula = "\\frac{1}{N} \\sum_i [x_{i, n_i} = \\mathrm{eos}]",
           .source = "LLM-QAT, arXiv 2305.17888, section 2.1"}};
}

}  // namespace retort::train
