#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "tests/trainers/end_to_end/run_directory.h"
#include "tests/trainers/training/tiny_language_settings.h"
#include "tests/trainers/training/tiny_settings.h"
#include "trainers/io/safetensors.h"

#include <ATen/ATen.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>

namespace retort::train {

namespace {

TensorMap tensorsOf(const std::filesystem::path& model) {
  return SafetensorsFile(model / "model.safetensors").readAll();
}

/// The steps of an undisturbed run, with all probes often.
SettingValues probed(SettingValues settings) {
  for (const char* probe : {"activation", "gradient_norm", "losses", "learning_rate"}) {
    settings["probe." + std::string(probe) + ".every"] = 3;
  }
  return settings;
}

TEST(TrainingEndToEnd, FinetunesAndThenDistills) {
  const RunDirectory finetune(tinyFinetuneGiven());
  const ProgramEnd first = finetune.run();
  ASSERT_EQ(first.exit_code, 0) << first.errors;
  const RunDirectory kd_qat(probed(tinyKdQatGiven(finetune.paths().model())));

  const ProgramEnd second = kd_qat.run();

  ASSERT_EQ(second.exit_code, 0) << second.errors;
  EXPECT_EQ(kd_qat.events().front().kind, "open");
  EXPECT_EQ(kd_qat.events().back().kind, "end");
  EXPECT_EQ(kd_qat.last("end").fields.at("status"), "finished");
  EXPECT_EQ(kd_qat.last("phase").fields.at("total_steps"), 12);
  const Json result = kd_qat.last("result").fields.at("metrics");
  const Json teacher = finetune.last("result").fields.at("metrics");
  EXPECT_EQ(result.at("teacher.eval.accuracy"), teacher.at("eval.accuracy"));
  EXPECT_TRUE(result.contains("eval.accuracy_best"));
  for (const std::int64_t step : {0, 4, 8, 12}) {
    EXPECT_TRUE(kd_qat.points().contains({{.metric = "eval.accuracy"}, step})) << step;
  }
  EXPECT_TRUE(
      kd_qat.points().contains({{.metric = "grad_norm", .layer = 1, .projection = "ffn2"}, 3}));
  for (const char* file :
       {"config.json", "model.safetensors", "vocab.txt", "tokenizer_config.json"}) {
    EXPECT_TRUE(std::filesystem::exists(kd_qat.paths().model() / file)) << file;
    EXPECT_TRUE(std::filesystem::exists(kd_qat.paths().bestModel() / file)) << file;
  }
}

// Every probe that is not of encoders alone measures decoders, too.
TEST(TrainingEndToEnd, PretrainsADecoderAndThenDistillsIt) {
  const RunDirectory pretrain(tinyPretrainGiven());
  const ProgramEnd first = pretrain.run();
  ASSERT_EQ(first.exit_code, 0) << first.errors;
  SettingValues given = tinyLanguageKdQatGiven(pretrain.paths().model());
  for (const char* probe : {"activation",
                            "attention_distance",
                            "attention_entropy",
                            "attention_map_kl",
                            "attention_output",
                            "cover_length_ratio",
                            "full_precision_gradient",
                            "gradient_cosine",
                            "gradient_energy",
                            "gradient_noise_scale",
                            "gradient_norm",
                            "hidden_state",
                            "projection_signal",
                            "ranking_loss"}) {
    given["probe." + std::string(probe) + ".every"] = 6;
  }
  given["freeze"] = Json{"o", "v"};
  const RunDirectory kd_qat(given);

  const ProgramEnd second = kd_qat.run();

  ASSERT_EQ(second.exit_code, 0) << second.errors;
  EXPECT_EQ(kd_qat.last("end").fields.at("status"), "finished");
  const Json result = kd_qat.last("result").fields.at("metrics");
  const Json teacher = pretrain.last("result").fields.at("metrics");
  EXPECT_EQ(result.at("teacher.eval.perplexity"), teacher.at("eval.perplexity"));
  EXPECT_TRUE(result.contains("eval.kl"));
  const auto points = kd_qat.points();
  for (const char* metric : {"projection_sqnr", "grad_norm_squared", "grad_norm_ratio"}) {
    EXPECT_TRUE(points.contains({{.metric = metric, .layer = 1, .projection = "down"}, 6}))
        << metric;
  }
  EXPECT_TRUE(points.contains({{.metric = "projection_sqnr", .layer = 1, .projection = "v"}, 6}));
  EXPECT_FALSE(points.contains({{.metric = "grad_norm", .layer = 1, .projection = "v"}, 6}));
  EXPECT_TRUE(std::filesystem::exists(kd_qat.paths().model() / "tokenizer.json"));
}

// LLM-QAT's scheme: the student learns from texts that its teacher has written.
TEST(TrainingEndToEnd, ATeacherWritesWhatItsStudentLearnsFrom) {
  const RunDirectory pretrain(tinyPretrainGiven());
  ASSERT_EQ(pretrain.run().exit_code, 0);
  const std::string teacher = pretrain.paths().model().string();
  const RunDirectory generate({{"phase", "generate"},
                               {"model.teacher", teacher},
                               {"generate.texts", 60},
                               {"generate.length", 32},
                               {"train.batch", 16},
                               {"threads", 1},
                               {"device", "cpu"}});
  const ProgramEnd written = generate.run();
  ASSERT_EQ(written.exit_code, 0) << written.errors;
  EXPECT_EQ(generate.last("phase").fields.at("total_steps"), 4);
  const Json result = generate.last("result").fields.at("metrics");
  EXPECT_GT(result.at("generate.tokens"), 60 * 5);
  SettingValues given = tinyLanguageKdQatGiven(pretrain.paths().model());
  std::erase_if(given, [](const auto& entry) { return entry.first.starts_with("data.grammar"); });
  given["data.task"] = "text";
  given["data.path"] = generate.paths().model().string();
  given["data.text.train"] = "train.npy";
  given["data.text.validation_share"] = 0.2;
  given["train.batch"] = 2;
  const RunDirectory kd_qat(given);

  const ProgramEnd end = kd_qat.run();

  ASSERT_EQ(end.exit_code, 0) << end.errors;
  const Json facts = kd_qat.last("environment").fields.at("facts").at("data");
  EXPECT_EQ(facts.at("train").at("documents").get<int>() +
                facts.at("validation").at("documents").get<int>(),
            60);
  EXPECT_EQ(facts.at("train").at("tokens").get<double>() +
                facts.at("validation").at("tokens").get<double>(),
            result.at("generate.tokens").get<double>());
}

// Questions and samples: in the events, in the result, and in a file beside the model.
TEST(TrainingEndToEnd, JudgesQuestionsAndKeepsSamples) {
  const TemporaryFolder questions;
  std::ofstream(questions.path() / "boolq.jsonl")
      << R"({"passage": "the", "question": "say", "label": 1})"
      << "\n";
  SettingValues given = tinyPretrainGiven();
  given["eval.tasks"] = Json::array({"boolq"});
  given["eval.path"] = questions.path().string();
  given["eval.samples.count"] = 2;
  given["eval.samples.new_tokens"] = 5;
  const RunDirectory pretrain(given);

  const ProgramEnd end = pretrain.run();

  ASSERT_EQ(end.exit_code, 0) << end.errors;
  const Json result = pretrain.last("result").fields.at("metrics");
  const auto file = readFile(pretrain.paths().model() / "lm_eval_results.json", 1 << 20);
  ASSERT_TRUE(file.has_value());
  const Json results = parseJson(*file).value().at("results");
  EXPECT_EQ(results.at("boolq").at("acc,none"), result.at("eval.boolq.acc"));
  std::map<std::int64_t, int> samples;
  for (const Event& event : pretrain.events()) {
    if (event.kind == "sample") {
      ++samples[event.step.value()];
      EXPECT_FALSE(event.fields.at("prompt").get<std::string>().empty());
    }
  }
  EXPECT_EQ(samples, (std::map<std::int64_t, int>{{0, 2}, {4, 2}, {8, 2}, {12, 2}}));
}

/// Teacher Intervention in two runs of one budget of 12 updates: 4 with it, then the rest from the
/// last model of the first.
TEST(TrainingEndToEnd, IntervenesInAFirstRunAndGoesOnInASecond) {
  const RunDirectory finetune(tinyFinetuneGiven());
  ASSERT_EQ(finetune.run().exit_code, 0);
  SettingValues first = tinyKdQatGiven(finetune.paths().model());
  first["distill.attention_score"] = 1;
  first["distill.attention_output"] = 1;
  SettingValues second = first;
  first["intervention.mode"] = "gradual";
  first["train.steps"] = 4;
  const RunDirectory step_1(first);
  const ProgramEnd first_end = step_1.run();
  ASSERT_EQ(first_end.exit_code, 0) << first_end.errors;
  second["model.student"] = step_1.paths().model().string();
  second["train.steps"] = 0;
  second["train.epochs"] = 1;
  second["train.spent_steps"] = 4;
  const RunDirectory step_2(second);

  const ProgramEnd second_end = step_2.run();

  ASSERT_EQ(second_end.exit_code, 0) << second_end.errors;
  EXPECT_TRUE(step_1.points().contains({{.metric = "intervention.eval.accuracy"}, 4}));
  EXPECT_FALSE(step_2.points().contains({{.metric = "intervention.eval.accuracy"}, 0}));
  EXPECT_EQ(step_2.points().at({{.metric = "eval.loss"}, 0}),
            step_1.points().at({{.metric = "eval.loss"}, 4}));
  EXPECT_EQ(step_2.last("phase").fields.at("total_steps"), 12 - 4);
}

TEST(TrainingEndToEnd, SameSpecGivesTheSameNumbersBitForBit) {
  const RunDirectory first(tinyFinetuneGiven());
  const RunDirectory second(tinyFinetuneGiven());

  ASSERT_EQ(first.run().exit_code, 0);
  ASSERT_EQ(second.run().exit_code, 0);

  EXPECT_EQ(first.points(), second.points());
  EXPECT_EQ(hashOf(first.paths().model()), hashOf(second.paths().model()));
}

TEST(TrainingEndToEnd, DifferentSeedsGiveDifferentNumbers) {
  SettingValues other = tinyFinetuneGiven();
  other["seed"] = 43;
  const RunDirectory first(tinyFinetuneGiven());
  const RunDirectory second(other);

  ASSERT_EQ(first.run().exit_code, 0);
  ASSERT_EQ(second.run().exit_code, 0);

  EXPECT_NE(hashOf(first.paths().model()), hashOf(second.paths().model()));
}

TEST(TrainingEndToEnd, ProbesDoNotChangeTheNumbers) {
  const RunDirectory teacher(tinyFinetuneGiven());
  ASSERT_EQ(teacher.run().exit_code, 0);
  SettingValues none = tinyKdQatGiven(teacher.paths().model());
  SettingValues all = none;
  for (const SettingSpec& setting : trainerCatalogue().settings) {
    if (setting.key.starts_with("probe.") && setting.key.ends_with(".every")) {
      none[setting.key] = 0;
      all[setting.key] = 1;
    }
  }
  const RunDirectory without(none);
  const RunDirectory with(all);

  ASSERT_EQ(without.run().exit_code, 0);
  ASSERT_EQ(with.run().exit_code, 0);

  EXPECT_EQ(hashOf(without.paths().model()), hashOf(with.paths().model()));
}

TEST(TrainingEndToEnd, FrozenProjectionsKeepTheTeachersWeights) {
  const RunDirectory finetune(tinyFinetuneGiven());
  ASSERT_EQ(finetune.run().exit_code, 0);
  SettingValues frozen = tinyKdQatGiven(finetune.paths().model());
  frozen["freeze"] = "ov";
  const RunDirectory kd_qat(frozen);

  ASSERT_EQ(kd_qat.run().exit_code, 0);

  const TensorMap before = tensorsOf(finetune.paths().model());
  for (const auto& [name, tensor] : tensorsOf(kd_qat.paths().model())) {
    const bool is_frozen = name.find("self.value.") != std::string::npos ||
                           name.find("attention.output.dense.") != std::string::npos;
    const bool is_projection = name.find("self.query.weight") != std::string::npos;
    if (is_frozen || is_projection) {
      EXPECT_EQ(at::equal(tensor, before.at(name)), is_frozen) << name;
    }
  }
}

TEST(TrainingEndToEnd, ChecksWithoutTraining) {
  const RunDirectory run(tinyFinetuneGiven());

  const ProgramEnd end = run.run("--check");

  ASSERT_EQ(end.exit_code, 0) << end.errors;
  const Json report = parseJson(end.output).value();
  EXPECT_EQ(report.at("ok"), true);
  EXPECT_EQ(report.at("total_steps"), 12);
  EXPECT_EQ(report.at("data").at("train").at("rows"), 96);
  EXPECT_GT(report.at("memory_bytes").get<std::int64_t>(), 0);
  EXPECT_FALSE(std::filesystem::exists(run.paths().events()));
  EXPECT_FALSE(std::filesystem::exists(run.paths().lock()));
}

TEST(TrainingEndToEnd, PrintsTheCatalogue) {
  const TemporaryFolder folder;

  const ProgramEnd end = TrainerProgram({"--catalog"}, folder.path()).wait();

  ASSERT_EQ(end.exit_code, 0);
  EXPECT_EQ(catalogueFromJson(parseJson(end.output).value()).value(), trainerCatalogue());
}

TEST(TrainingEndToEnd, ExplainsItsUsage) {
  const TemporaryFolder folder;

  EXPECT_EQ(TrainerProgram({"--help"}, folder.path()).wait().exit_code, 0);
  EXPECT_EQ(TrainerProgram({"--version"}, folder.path()).wait().output,
            "retort-train " + trainerCatalogue().release + "\n");
  EXPECT_EQ(TrainerProgram({"--run"}, folder.path()).wait().exit_code, 64);
  EXPECT_EQ(TrainerProgram({}, folder.path()).wait().exit_code, 64);
}

TEST(TrainingEndToEnd, TrainsARealEncoderOnRealData) {
  const std::filesystem::path shared = SHARED_DATA_DIR;
  if (!std::filesystem::exists(shared / "data/models/minilm-l6-base") ||
      !std::filesystem::exists(shared / "data/glue/SST-2")) {
    GTEST_SKIP() << "no shared data at " << shared;
  }
  const RunDirectory run({{"phase", "finetune"},
                          {"model.init", (shared / "data/models/minilm-l6-base").string()},
                          {"data.task", "sst2"},
                          {"data.path", (shared / "data/glue/SST-2").string()},
                          {"data.train_rows", 64},
                          {"data.eval_rows", 16},
                          {"data.max_length", 32},
                          {"data.padding", "dynamic"},
                          {"train.batch", 8},
                          {"train.steps", 3},
                          {"device", "cpu"}});

  const ProgramEnd end = run.run();

  ASSERT_EQ(end.exit_code, 0) << end.errors;
  EXPECT_THAT(run.last("warning").fields.at("message").get<std::string>(),
              testing::HasSubstr("classifier"));
  EXPECT_TRUE(run.points().contains({{.metric = "eval.accuracy"}, 3}));
}

}  // namespace

}  // namespace retort::train
