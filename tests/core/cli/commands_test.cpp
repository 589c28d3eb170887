#include "core/base/file.h"
#include "core/base/text.h"
#include "core/events/event.h"
#include "tests/core/cli/program_fixture.h"

#include <gmock/gmock.h>

#include <cstdlib>

namespace retort::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// A workspace with a finished grid of four runs.
class Commands : public RetortProgram {
 protected:
  void SetUp() override {
    RetortProgram::SetUp();
    const ProgramOutput output = retort({"run", writeSmallGrid()});
    ASSERT_EQ(output.exit_code, 0) << output.errors;
  }
};

TEST_F(Commands, ListRunsByExperimentAndState) {
  const ProgramOutput all = retort({"ls"});
  EXPECT_THAT(all.output, HasSubstr("lengths: 4 of 4 finished"));
  EXPECT_THAT(all.output, HasSubstr("fake.steps=long seed=2"));

  EXPECT_EQ(listRuns().size(), 4U);
  EXPECT_EQ(retort({"ls", "--state", "failed"}).output, "no runs\n");
  EXPECT_EQ(retort({"ls", "--state", "broken"}).exit_code, 64);
  EXPECT_EQ(retort({"ls", "nothing"}).exit_code, 66);
}

TEST_F(Commands, ShowARunWithSettingsAndResults) {
  const ProgramOutput shown = retort({"show", "lengths:2"});

  EXPECT_EQ(shown.exit_code, 0);
  EXPECT_THAT(shown.output, HasSubstr("fake.steps                       10"));
  EXPECT_THAT(shown.output, HasSubstr("eval.accuracy"));
  EXPECT_THAT(shown.output, HasSubstr("exit code 0"));

  const auto json = parseJson(retort({"show", "lengths:2", "--json"}).output);
  ASSERT_TRUE(json.has_value());
  EXPECT_EQ((*json)["state"], "finished");
  EXPECT_EQ((*json)["spec"]["settings"]["fake"]["steps"], 10);
  EXPECT_EQ(retort({"show", "nothing"}).exit_code, 66);
}

// What a model writes is shown as it is, but for what a terminal would obey.
TEST_F(Commands, ShowWhatALanguageModelWrites) {
  const auto id = listRuns().at(0).at("run").get<std::string>();
  const std::filesystem::path events = workspace() / "runs" / id / "events.jsonl";
  std::string text = readFile(events, 1 << 24).value();
  const std::size_t last_line = text.rfind('\n', text.size() - 2) + 1;
  const auto sample = [](int step, const std::string& prompt, const std::string& written) {
    return formatEvent({.kind = "sample",
                        .step = step,
                        .fields = {{"prompt", prompt}, {"text", written}}}) +
           "\n";
  };
  text.insert(last_line,
              sample(4, "An earlier one", "words") + sample(8, "The cat", " sat\n\x1b[31mred") +
                  sample(8, "A dog", " ran"));
  ASSERT_TRUE(writeFileAtomically(events, text));
  (void)retort({"agent", "--shutdown"});
  std::filesystem::remove(workspace() / "workspace.db");
  ProgramOutput rebuilt = retort({"reindex"});
  for (int attempt = 0; attempt < 50 && rebuilt.exit_code == 64; ++attempt) {
    usleep(100'000);  // the agent is still ending
    rebuilt = retort({"reindex"});
  }
  ASSERT_EQ(rebuilt.exit_code, 0) << rebuilt.errors;

  const ProgramOutput shown = retort({"show", id});
  const auto json = parseJson(retort({"show", id, "--json"}).output);

  EXPECT_THAT(shown.output, HasSubstr("samples of step 8\n  prompt  The cat\n  text     sat"));
  EXPECT_THAT(shown.output, HasSubstr("  prompt  A dog\n  text     ran\n"));
  EXPECT_THAT(shown.output, Not(HasSubstr("An earlier one")));
  EXPECT_EQ(shown.output.find('\x1b'), std::string::npos);
  ASSERT_TRUE(json.has_value());
  EXPECT_EQ((*json)["samples"].size(), 2U);
  EXPECT_EQ((*json)["samples"][0]["text"], " sat\n\x1b[31mred");
}

TEST_F(Commands, CompareInEveryFormat) {
  for (const char* format : {"text", "markdown", "latex", "csv", "json", "html"}) {
    const ProgramOutput table = retort({"compare", "lengths", "--format", format});
    EXPECT_EQ(table.exit_code, 0) << table.errors;
    EXPECT_THAT(table.output, HasSubstr("eval.accuracy")) << format;
    EXPECT_THAT(table.output, HasSubstr("long")) << format;
  }
  EXPECT_TRUE(parseJson(retort({"compare", "lengths", "--json"}).output).has_value());
}

TEST_F(Commands, CompareToAFileAndAskBeforeReplacingIt) {
  const std::string file = (folder_.path() / "table.tex").string();

  EXPECT_EQ(retort({"compare", "lengths", "-f", "latex", "-o", file}).exit_code, 0);
  EXPECT_EQ(retort({"compare", "lengths", "-f", "latex", "-o", file}).exit_code, 73);
  EXPECT_EQ(retort({"compare", "lengths", "-f", "latex", "-o", file, "--force"}).exit_code, 0);
  EXPECT_THAT(readFile(file, 1 << 20).value_or(""), HasSubstr("\\toprule"));
}

TEST_F(Commands, CompareByOptions) {
  EXPECT_EQ(retort({"compare", "lengths", "--by", "nothing"}).exit_code, 64);
  EXPECT_THAT(retort({"compare", "lengths", "--metric", "train.loss", "--at", "best"}).output,
              HasSubstr("lengths: best train.loss"));
  EXPECT_THAT(retort({"compare", "lengths", "--no-baseline"}).output, Not(HasSubstr("Δ")));
  EXPECT_EQ(retort({"compare", "nothing"}).exit_code, 66);
}

TEST_F(Commands, ExportPointsThatReadBack) {
  const ProgramOutput csv = retort({"export", "lengths:0", "--metric", "train.loss"});

  const auto lines = splitString(csv.output, '\n');
  EXPECT_EQ(lines.size(), 7U);  // header, five steps, the end
  EXPECT_THAT(lines[1], HasSubstr(",train.loss,,,,,1,"));

  const auto json = parseJson(retort({"export", "lengths", "--format", "json"}).output);
  ASSERT_TRUE(json.has_value());
  EXPECT_EQ(json->size(), 3U * (5 + 5 + 10 + 10));  // a loss and two norms a step
}

TEST_F(Commands, ExportTheTableOfRuns) {
  const auto lines = splitString(retort({"export", "lengths", "--runs"}).output, '\n');

  EXPECT_EQ(lines.size(), 6U);
  EXPECT_THAT(lines[0], HasSubstr("label.fake.steps,result.eval.accuracy"));
  const auto json = parseJson(retort({"export", "--runs", "--format", "json"}).output);
  EXPECT_EQ(json.value_or(Json()).size(), 4U);
}

TEST_F(Commands, RebuildTheDatabaseFromTheRunFolders) {
  const std::string before = retort({"compare", "lengths", "--format", "csv"}).output;
  (void)retort({"agent", "--shutdown"});
  std::filesystem::remove(workspace() / "workspace.db");
  EXPECT_NE(retort({"ls"}).exit_code, 0);

  ProgramOutput rebuilt = retort({"reindex"});
  for (int attempt = 0; attempt < 50 && rebuilt.exit_code == 64; ++attempt) {
    usleep(100'000);  // the agent is still ending
    rebuilt = retort({"reindex"});
  }

  EXPECT_EQ(rebuilt.exit_code, 0) << rebuilt.errors;
  EXPECT_THAT(rebuilt.output, HasSubstr("indexed 1 experiment and 4 runs"));
  EXPECT_EQ(retort({"compare", "lengths", "--format", "csv"}).output, before);
}

TEST_F(Commands, PutNotesTagsAndPrioritiesOnRuns) {
  EXPECT_EQ(retort({"note", "lengths:0", "a \x1b[31mred note"}).exit_code, 0);
  EXPECT_EQ(retort({"tag", "lengths", "--add", "paper,table2"}).exit_code, 0);
  EXPECT_EQ(retort({"tag", "lengths:0", "--remove", "paper"}).exit_code, 0);
  EXPECT_EQ(retort({"priority", "7", "lengths:0"}).exit_code, 0);

  const Json run = listRuns()[0];
  EXPECT_EQ(run["note"], "a \x1b[31mred note");
  EXPECT_EQ(run["tags"], Json::array({"table2"}));
  EXPECT_EQ(run["priority"], 7);
  EXPECT_EQ(retort({"ls"}).output.find('\x1b'), std::string::npos);
  EXPECT_EQ(retort({"show", "lengths:0"}).output.find('\x1b'), std::string::npos);
  EXPECT_EQ(retort({"tag", "lengths"}).exit_code, 64);
  EXPECT_EQ(retort({"priority", "high", "lengths"}).exit_code, 64);
}

TEST_F(Commands, ReportWhatTheyDidForScripts) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"note", "lengths:0", "x", "--json"},
        std::vector<std::string>{"tag", "lengths:0", "--add", "a", "--json"},
        std::vector<std::string>{"priority", "1", "lengths:0", "--json"},
        std::vector<std::string>{"stop", "lengths:0", "--json"},
        std::vector<std::string>{"pause", "lengths:0", "--json"},
        std::vector<std::string>{"rm", "lengths:0", "--yes", "--json"}}) {
    const ProgramOutput output = retort(words);
    const auto json = parseJson(output.output);
    ASSERT_TRUE(json.has_value()) << words[0] << output.output << output.errors;
    ASSERT_EQ(json->size(), 1U) << words[0];
    EXPECT_EQ((*json)[0]["name"], "fake.steps=short seed=1") << words[0];
  }
  const auto events = parseJson(retort({"logs", "lengths:1", "--events", "--json"}).output);
  ASSERT_TRUE(events.has_value());
  ASSERT_FALSE(events->empty());
  EXPECT_EQ(events->back()["kind"], "end");
  EXPECT_EQ(
      parseJson(retort({"check", writeSmallGrid(), "--json"}).output).value_or(Json())["runs"], 4);
}

TEST_F(Commands, RefuseToResumeAndRetryFinishedRuns) {
  EXPECT_EQ(retort({"retry", "lengths:0"}).exit_code, 64);
  EXPECT_EQ(listRuns()[0]["state"], "finished");
}

TEST_F(Commands, ExportToAFileThatAppearsWhole) {
  const std::string file = (folder_.path() / "points.csv").string();

  EXPECT_EQ(retort({"export", "lengths", "-o", file}).exit_code, 0);
  EXPECT_EQ(readFile(file, 1 << 20).value_or(""), retort({"export", "lengths"}).output);
  EXPECT_EQ(retort({"export", "lengths", "-o", file}).exit_code, 73);
  EXPECT_EQ(retort({"export", "lengths", "-o", "/nonexistent/points.csv"}).exit_code, 66);
  EXPECT_EQ(retort({"export", "lengths", "--format", "xml"}).exit_code, 64);
}

TEST_F(Commands, ReadAWorkspaceThatMayNotBeWritten) {
  (void)retort({"agent", "--shutdown"});
  std::filesystem::permissions(
      workspace(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);

  EXPECT_EQ(retort({"ls"}).exit_code, 0);
  EXPECT_EQ(retort({"compare", "lengths"}).exit_code, 0);

  std::filesystem::permissions(workspace(), std::filesystem::perms::owner_all);
}

TEST_F(Commands, RemoveRunsOnlyWhenConfirmed) {
  EXPECT_EQ(retort({"rm", "lengths:0"}).exit_code, 64);
  EXPECT_EQ(listRuns().size(), 4U);

  EXPECT_EQ(retort({"rm", "lengths:0", "--yes"}).exit_code, 0);

  EXPECT_EQ(listRuns().size(), 3U);
  EXPECT_FALSE(std::filesystem::is_empty(workspace() / "trash"));
  EXPECT_THAT(retort({"compare", "lengths"}).output,
              HasSubstr("Not counted (1): fake.steps=short seed=1 (removed"));
}

TEST_F(Commands, ShowLogsAndEvents) {
  EXPECT_THAT(retort({"logs", "lengths:0", "--events"}).output, HasSubstr("checkpoint"));
  EXPECT_EQ(retort({"logs", "lengths:0"}).exit_code, 0);
  EXPECT_EQ(retort({"logs", "lengths:0", "-f"}).exit_code, 0);  // ended: does not wait
}

TEST_F(Commands, FollowALogUntilTheRunEnds) {
  const std::string file =
      writeGrid("base: {fake.behaviour: print_environment, fake.steps: 100}\n");
  ASSERT_EQ(retort({"run", file, "--detach"}).exit_code, 0);

  const ProgramOutput log = retort({"logs", "lengths:0", "--follow"});

  EXPECT_EQ(log.exit_code, 0);
  EXPECT_THAT(log.output, HasSubstr("RETORT_ATTEMPT=1"));
}

TEST_F(Commands, WatchPrintsASnapshotWithoutATerminal) {
  const ProgramOutput snapshot = retort({"watch"});

  EXPECT_EQ(snapshot.exit_code, 0);
  EXPECT_THAT(snapshot.output, HasSubstr("lengths: 4 of 4 finished"));
  EXPECT_THAT(snapshot.output, HasSubstr("train.loss"));
  EXPECT_EQ(snapshot.output.find('\x1b'), std::string::npos);
  EXPECT_EQ(parseJson(retort({"watch", "--json"}).output).value_or(Json())["runs"].size(), 4U);
  EXPECT_EQ(retort({"watch", "nothing"}).exit_code, 66);
}

TEST_F(Commands, ExamineTheInstallation) {
  const ProgramOutput report = retort({"doctor"});
  EXPECT_THAT(report.output, HasSubstr("OK    trainer fake"));
  EXPECT_THAT(report.output, HasSubstr("4 runs: 4 finished"));
  EXPECT_TRUE(parseJson(retort({"doctor", "--json"}).output).has_value());

  ASSERT_EQ(retort({"trainers", "add", "gone", "/nonexistent/x", "--unchecked"}).exit_code, 0);
  const ProgramOutput broken = retort({"doctor"});
  EXPECT_EQ(broken.exit_code, 1);
  EXPECT_THAT(broken.output, HasSubstr("FAIL  trainer gone"));
  EXPECT_THAT(broken.output, HasSubstr("'retort trainers remove gone'"));
}

TEST_F(Commands, ExamineADamagedDatabase) {
  (void)retort({"agent", "--shutdown"});
  std::filesystem::remove(workspace() / "workspace.db-wal");
  std::filesystem::remove(workspace() / "workspace.db-shm");
  ASSERT_TRUE(
      writeFileAtomically(workspace() / "workspace.db", std::string(8192, 'x')).has_value());

  const ProgramOutput report = retort({"doctor"});

  EXPECT_EQ(report.exit_code, 1);
  EXPECT_THAT(report.output, HasSubstr("'retort reindex'"));
  EXPECT_EQ(retort({"ls"}).exit_code, 70);
}

TEST_F(Commands, ManageTrainers) {
  EXPECT_THAT(retort({"trainers"}).output, HasSubstr("fake_trainer"));
  EXPECT_EQ(retort({"trainers", "add", "bad", "/bin/false"}).exit_code, 71);
  EXPECT_EQ(retort({"trainers", "add", "../x", "/bin/true"}).exit_code, 64);
  EXPECT_EQ(retort({"trainers", "add", "x"}).exit_code, 64);
  EXPECT_EQ(retort({"trainers", "remove", "fake"}).exit_code, 0);
  EXPECT_EQ(retort({"trainers", "remove", "fake"}).exit_code, 66);
  EXPECT_EQ(retort({"trainers", "sing"}).exit_code, 64);
  EXPECT_TRUE(parseJson(retort({"trainers", "list", "--json"}).output).has_value());
}

TEST_F(Commands, ShowTheCatalogueOfATrainer) {
  EXPECT_THAT(retort({"catalog", "--trainer", "fake"}).output, HasSubstr("fake.steps"));
  EXPECT_THAT(retort({"catalog", "behaviour", "-t", "fake"}).output, Not(HasSubstr("fake.steps")));
  EXPECT_THAT(retort({"catalog", "-t", "fake", "-f", "markdown"}).output, HasSubstr("## Metrics"));
  EXPECT_TRUE(parseJson(retort({"catalog", "-t", "fake", "--json"}).output).has_value());
  EXPECT_EQ(retort({"catalog", "-t", "nobody"}).exit_code, 66);
}

}  // namespace
}  // namespace retort::cli
