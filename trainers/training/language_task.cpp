#include "trainers/training/language_task.h"

#include "trainers/data/cache_folder.h"
#include "trainers/data/data_settings.h"
#include "trainers/data/grammar.h"
#include "trainers/data/text_corpora.h"
#include "trainers/data/text_settings.h"
#include "trainers/io/model_folder.h"
#include "trainers/settings/loop_settings.h"
#include "trainers/train_error.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include <fmt/format.h>

namespace retort::train {

namespace {

std::int64_t firstRows(const TokenRows& rows, std::int64_t limit) {
  return limit > 0 ? std::min(limit, rows.size()) : rows.size();
}

Json describe(const TokenRows& rows) {
  return {{"rows", rows.size()},
          {"tokens", rows.corpus().size()},
          {"judged", rows.judged()},
          {"documents", rows.corpus().documents()}};
}

struct Corpora {
  TokenCorpus train;
  TokenCorpus validation;
  std::unique_ptr<Tokenizer> tokenizer;
  std::optional<double> least_loss;
};

Corpora grammarCorpora(const SettingValues& settings) {
  Corpora corpora{.tokenizer = grammarTokenizer()};
  GrammarCorpora made =
      generateGrammarCorpora(grammarSettings().read(settings), *corpora.tokenizer);
  corpora.least_loss = made.lowestLoss();
  corpora.train = std::move(made.train);
  corpora.validation = std::move(made.validation);
  return corpora;
}

/// Tokens of texts are kept for other trainers.
std::optional<TokenCache> tokenCache() {
  const auto folder = cacheFolder("tokens");
  return folder ? std::optional<TokenCache>(*folder) : std::nullopt;
}

Corpora textCorpora(const TaskRequest& request) {
  const TextSettings settings = textSettings().read(request.settings);
  if (request.model.empty()) {
    throw TrainError(ExitCode::kBadSpec,
                     "data.task: text needs a tokenizer; name a folder that has one with "
                     "model.tokenizer, or a model with model.init");
  }
  Corpora corpora{.tokenizer = readTokenizer(request.model)};
  const std::filesystem::path path = dataSettings().read(request.settings).path;
  TextCorpora read = loadTextCorpora(settings, path, *corpora.tokenizer, tokenCache());
  corpora.train = std::move(read.train);
  corpora.validation = std::move(read.validation);
  return corpora;
}

}  // namespace

const SettingGroup<LanguageEvaluationSettings>& languageEvaluationSettings() {
  static const auto kGroup = SettingGroup<LanguageEvaluationSettings>().add(
      &LanguageEvaluationSettings::stride,
      {.key = "data.eval_stride",
       .documentation = "tokens by which the evaluation's window of data.max_length moves on: only "
                        "the last ones are judged, with all before them as context; 0: windows "
                        "side by side",
       .unit = "tokens",
       .minimum = 0,
       .when = {taskIsForLanguageModels()}});
  return kGroup;
}

LanguageTask::LanguageTask(TokenRows training,
                           TokenRows validation,
                           std::unique_ptr<Tokenizer> tokenizer,
                           ChoiceEvaluation choices,
                           Options options)
    : training_(std::move(training)),
      validation_(std::move(validation)),
      tokenizer_(std::move(tokenizer)),
      choices_(std::move(choices)),
      options_(std::move(options)) {}

std::int64_t LanguageTask::trainingRows() const {
  return firstRows(training_, options_.train_rows);
}

TokenBatch LanguageTask::batchOf(const TokenRowBatch& rows) const {
  const auto matrix = [&](const std::vector<std::int64_t>& values) {
    return at::tensor(values).reshape({rows.rows, rows.width});
  };
  TokenBatch batch{.input_ids = matrix(rows.input_ids),
                   .attention_mask = matrix(rows.attention_mask),
                   .lengths = at::tensor(rows.lengths),
                   .labels = matrix(rows.labels)};
  if (options_.has_document_mask) {
    batch.segment_ids = matrix(rows.segment_ids);
  }
  return batch.to(options_.device);
}

TokenBatch LanguageTask::batch(std::span<const std::int64_t> rows) const {
  return batchOf(training_.batch(rows));
}

std::int64_t LanguageTask::evaluationRows() const {
  return firstRows(validation_, options_.eval_rows);
}

TokenBatch LanguageTask::evaluationBatch(std::int64_t first, std::int64_t count) const {
  const std::int64_t end = std::min(first + count, evaluationRows());
  std::vector<std::int64_t> rows(static_cast<std::size_t>(std::max<std::int64_t>(end - first, 0)));
  std::iota(rows.begin(), rows.end(), first);
  return batchOf(validation_.batch(rows));
}

void LanguageTask::checkFits(const ModelShape& shape,
                             const std::filesystem::path& /*model*/) const {
  checkVocabularyFits(*tokenizer_, shape.vocabulary);
}

std::optional<std::vector<MetricPoint>> LanguageTask::evaluate(const Judged& judged,
                                                               const Pulse& pulse) const {
  const at::NoGradGuard no_grad;
  LanguageSums sums;
  for (std::int64_t row = 0; row < evaluationRows(); row += options_.eval_batch) {
    if (!pulse()) {
      return std::nullopt;
    }
    const TokenBatch batch = evaluationBatch(row, options_.eval_batch);
    const at::Tensor teacher = judged.teacher ? judged.teacher(batch) : at::Tensor();
    addLanguageSums(sums, judged.forward(batch), batch.targets(), teacher);
  }
  TextSize text;
  if (evaluationRows() == validation_.size()) {
    const TokenCorpus::TextCounts& counts = validation_.corpus().textCounts();
    text = {.bytes = counts.bytes, .words = counts.words};
  }
  std::map<std::string, double> values = languageMetrics(sums, text);
  auto answers = choices_.evaluate(judged.forward, judged.positions, pulse);
  if (!answers) {
    return std::nullopt;
  }
  values.merge(*answers);
  std::vector<MetricPoint> points;
  for (const auto& [name, value] : values) {
    points.push_back({.series = {.metric = judged.prefix + name}, .value = value});
  }
  return points;
}

std::vector<std::vector<std::int32_t>> LanguageTask::prompts() const {
  std::vector<std::vector<std::int32_t>> prompts;
  for (const std::string& prompt : options_.samples.prompts) {
    prompts.push_back(encodePrompt(*tokenizer_, prompt));
  }
  const TokenCorpus& corpus = validation_.corpus();
  const std::int64_t documents = std::min(options_.samples.count, corpus.documents());
  for (std::int64_t document = 0; document < documents; ++document) {
    const std::int64_t begin = corpus.documentStart(document);
    const std::int64_t length = corpus.documentStart(document + 1) - begin;
    // Of a short document something is left to be written.
    const std::int64_t given =
        std::clamp<std::int64_t>(length - 1, 1, options_.samples.prompt_tokens);
    std::vector<std::int32_t>& prompt = prompts.emplace_back();
    for (std::int64_t token = begin; token < begin + given; ++token) {
      prompt.push_back(corpus.id(token));
    }
  }
  return prompts;
}

std::optional<std::vector<TextSample>> LanguageTask::samples(const Judged& judged,
                                                             const Pulse& pulse) const {
  if (!options_.samples.wantsAny()) {
    return std::vector<TextSample>();
  }
  return writeSamples(judged.forward,
                      *tokenizer_,
                      prompts(),
                      options_.samples,
                      judged.positions,
                      options_.device,
                      pulse);
}

std::map<std::string, std::string> LanguageTask::resultFiles(
    const std::map<std::string, double>& evaluation) const {
  if (choices_.sets().empty() || evaluation.empty()) {
    return {};
  }
  return {{"lm_eval_results.json", choices_.harnessResults(evaluation).dump(2) + "\n"}};
}

Json LanguageTask::summary() const {
  Json summary = {{"task", options_.name},
                  {"vocabulary", tokenizer_->vocabularySize()},
                  {"train", describe(training_)},
                  {"validation", describe(validation_)}};
  if (options_.least_loss) {
    summary["least_loss"] = *options_.least_loss;
  }
  for (const ChoiceSet& set : choices_.sets()) {
    summary["questions"][set.task.name] = set.questions.size();
  }
  return summary;
}

void LanguageTask::addTokenizer(ModelFiles& files) const {
  files.tokenizer = tokenizer_->files();
}

std::unique_ptr<TrainingTask> makeLanguageTask(const TaskRequest& request) {
  const DataSettings data = dataSettings().read(request.settings);
  const LoopSettings loop = loopSettings().read(request.settings);
  Corpora corpora =
      data.task == "grammar" ? grammarCorpora(request.settings) : textCorpora(request);
  const TextSettings text = textSettings().read(request.settings);
  const bool is_packed = text.packing == "packed";
  const std::int32_t pad = corpora.tokenizer->specialIds().pad.value_or(0);
  const TokenRows::Options training{.length = data.max_length,
                                    .is_packed = is_packed,
                                    .is_dynamic = data.padding == "dynamic",
                                    .pad_id = pad};
  TokenRows::Options validation = training;
  if (is_packed) {
    validation.stride = languageEvaluationSettings().read(request.settings).stride;
  }
  const std::int64_t eval_batch = loop.eval_batch > 0 ? loop.eval_batch : loop.batch;
  const ChoiceEvaluationSettings questions = choiceEvaluationSettings().read(request.settings);
  ChoiceEvaluation choices(readChoiceSets(questions),
                           *corpora.tokenizer,
                           {.batch_tokens = eval_batch * data.max_length,
                            .pad_id = pad,
                            .add_bos = questions.add_bos,
                            .limit = questions.limit,
                            .device = request.device});
  LanguageTask::Options options{.name = data.task,
                                .eval_batch = eval_batch,
                                .train_rows = data.train_rows,
                                .eval_rows = data.eval_rows,
                                .has_document_mask = text.document_mask,
                                .least_loss = corpora.least_loss,
                                .samples = sampleSettings().read(request.settings),
                                .device = request.device};
  return std::make_unique<LanguageTask>(TokenRows(std::move(corpora.train), training),
                                        TokenRows(std::move(corpora.validation), validation),
                                        std::move(corpora.tokenizer),
                                        std::move(choices),
                                        std::move(options));
}

std::vector<MetricSpec> languageTaskMetrics() {
  std::vector<MetricSpec> metrics = languageMetricSpecs();
  const std::vector<MetricSpec> answers = choiceMetricSpecs();
  metrics.insert(metrics.end(), answers.begin(), answers.end());
  const std::size_t count = metrics.size();
  for (std::size_t i = 0; i < count; ++i) {
    const bool compares = metrics[i].name == "eval.kl" || metrics[i].name == "eval.top1_agreement";
    if (!compares) {
      MetricSpec other = metrics[i];
      other.name = "teacher." + other.name;
      other.documentation = "of the teacher: " + other.documentation;
      metrics.push_back(std::move(other));
    }
  }
  return metrics;
}

}  // namespace retort::train
