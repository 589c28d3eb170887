#include "core/tables/render.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "tests/core/tables/hostile_names.h"
#include "tests/core/tables/table_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <limits>

namespace retort {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

ComparisonTable lossTable() {
  return *buildComparison(lossRequest(), lossRuns());
}

/// One row a hostile name, as row label, run name, factor and experiment.
ComparisonTable hostileTable() {
  ComparisonRequest request;
  request.experiment = hostileNames().front();
  request.metrics = {{"eval.accuracy", "max", "<unit>"}, {"a&b_c", "min", ""}};
  std::vector<ComparedRun> runs;
  for (const std::string& name : hostileNames()) {
    ComparedRun run;
    run.run_id = "0123456789abcdef";
    run.name = name;
    run.seed = 1;
    for (const std::string& factor : hostileNames()) {
      if (request.factors.size() < 3) {
        request.factors.push_back(factor);
      }
    }
    run.labels = {
        {request.factors[0], name}, {request.factors[1], "b"}, {request.factors[2], name}};
    run.state = runs.size() % 3 == 0 ? RunState::kFailed : RunState::kFinished;
    run.metrics["eval.accuracy"] = {0.5, 0.5};
    runs.push_back(run);
  }
  request.rows = {request.factors[0], request.factors[2]};
  request.columns = {request.factors[1]};
  request.baseline = {{request.factors[0], hostileNames().front()}};
  return *buildComparison(request, runs);
}

TEST(RenderText, AlignsColumnsAndStarsTheBest) {
  const std::string expected =
      "loss      n     eval.accuracy                 Δ [95 % CI]      p\n"
      "──────  ───  ────────────────  ──────────────────────────  ─────\n"
      "score     2  0.9100 ± 0.0141                     baseline\n"
      "map       2  0.9450 ± 0.0071*  +0.0350 [-0.0285, +0.0985]  0.090\n"
      "output  1/2       0.5000 ± –                  -0.4000 [–]      –\n";

  EXPECT_THAT(renderText(lossTable(), {}), testing::StartsWith(expected));
}

TEST(RenderText, IsBoldOnATerminalInsteadOfStarred) {
  const std::string text = renderText(lossTable(), {true, 0, 0});

  EXPECT_THAT(text, HasSubstr("\x1b[1m0.9450 ± 0.0071\x1b[0m"));
  EXPECT_THAT(text, Not(HasSubstr("*")));
}

TEST(RenderText, PutsTheMetricAboveItsColumns) {
  ComparisonRequest request = lossRequest();
  request.metrics.push_back({"eval.loss", "min", ""});
  std::vector<ComparedRun> runs = lossRuns();
  runs.resize(4);

  const std::string text = renderText(*buildComparison(request, runs), {});

  EXPECT_THAT(text,
              testing::StartsWith(
                  "          eval.accuracy                                        eval.loss\n"
                  "loss   n         mean ± sd                 Δ [95 % CI]      p"));
}

TEST(RenderText, WrapsTheCaptionForATerminal) {
  const auto lines = splitString(renderText(lossTable(), {false, 0, 60}), '\n');

  EXPECT_EQ(lines[6], "losses: last eval.accuracy, mean ± sample standard deviation");
  EXPECT_EQ(lines[7], "over n runs (one per seed).");
}

TEST(RenderText, ElidesLongLabels) {
  std::vector<ComparedRun> runs = lossRuns();
  runs[0].labels["loss"] = std::string(300, 'x');
  ComparisonRequest request = lossRequest();
  request.baseline.clear();

  const std::string text = renderText(*buildComparison(request, runs), {false, 12, 0});

  EXPECT_THAT(text, HasSubstr("\nxxxxxxxxxxx…    1"));
}

TEST(RenderText, ShowsHostileNamesWithoutControlCharacters) {
  const std::string text = renderText(hostileTable(), {});

  for (const char c : text) {
    EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
  }
  EXPECT_TRUE(isValidUtf8(text));
}

TEST(RenderMarkdown, IsATableWithTheBestInBold) {
  const std::string expected =
      "| loss | n | eval.accuracy | Δ \\[95 % CI\\] | p |\n"
      "| --- | ---: | ---: | ---: | ---: |\n"
      "| score | 2 | 0.9100 ± 0.0141 | baseline |  |\n"
      "| map | 2 | **0.9450 ± 0.0071** | +0.0350 \\[-0.0285, +0.0985\\] | 0.090 |\n"
      "| output | 1/2 | 0.5000 ± – | -0.4000 \\[–\\] | – |\n"
      "\n"
      "losses: last eval.accuracy, mean ± sample standard deviation over n runs (one per seed).\n";

  EXPECT_THAT(renderMarkdown(lossTable()), testing::StartsWith(expected));
}

TEST(RenderMarkdown, KeepsOneLinePerRowForHostileNames) {
  const ComparisonTable table = hostileTable();

  const auto lines = splitString(renderMarkdown(table), '\n');

  for (std::size_t i = 0; i < table.rows.size() + 2; ++i) {
    EXPECT_EQ(lines[i].front(), '|') << lines[i];
    EXPECT_EQ(lines[i].back(), '|') << lines[i];
  }
}

TEST(RenderLatex, IsABooktabsTable) {
  const std::string latex = renderLatex(lossTable());

  EXPECT_THAT(latex,
              HasSubstr("\\begin{tabular}{lrrrr}\n\\toprule\nloss & n & eval.accuracy & "
                        "$\\Delta$ [95 \\% CI] & p \\\\\n\\midrule\n"));
  EXPECT_THAT(latex,
              HasSubstr("{}map & 2 & \\textbf{0.9450 $\\pm$ 0.0071} & $+$0.0350 "
                        "[$-$0.0285, $+$0.0985] & 0.090 \\\\\n"));
  EXPECT_THAT(latex, HasSubstr("{}output & 1/2 & 0.5000 $\\pm$ -- & $-$0.4000 [--] & -- \\\\\n"));
  EXPECT_THAT(latex, HasSubstr("\\bottomrule"));
}

class LatexCompiler : public ::testing::Test {
 protected:
  void SetUp() override {
    if (std::system("command -v pdflatex >/dev/null 2>&1") != 0) {
      GTEST_SKIP() << "pdflatex is not installed";
    }
    folder_ = std::filesystem::temp_directory_path() / ("retort-latex-" + std::to_string(getpid()));
    std::filesystem::create_directories(folder_);
  }

  void TearDown() override { std::filesystem::remove_all(folder_); }

  bool compiles(const std::string& document) const {
    EXPECT_TRUE(writeFileAtomically(folder_ / "main.tex", document).has_value());
    const std::string command = "cd '" + folder_.string() +
                                "' && timeout 60 pdflatex -no-shell-escape -halt-on-error "
                                "-interaction=nonstopmode main.tex >output.txt 2>&1 </dev/null";
    return std::system(command.c_str()) == 0 && std::filesystem::exists(folder_ / "main.pdf");
  }

  std::filesystem::path folder_;
};

TEST_F(LatexCompiler, AcceptsATableByItself) {
  EXPECT_TRUE(compiles(renderLatex(lossTable())));
}

TEST_F(LatexCompiler, AcceptsHostileNames) {
  ComparisonTable table = hostileTable();
  table.rows.resize(20);

  EXPECT_TRUE(compiles(renderLatex(table)));
}

TEST_F(LatexCompiler, AcceptsATableInADocument) {
  ASSERT_TRUE(writeFileAtomically(folder_ / "table.tex", renderLatex(lossTable())).has_value());

  EXPECT_TRUE(compiles(
      "\\documentclass{article}\\usepackage[T1]{fontenc}\\usepackage{textcomp}"
      "\\usepackage{booktabs}\\begin{document}Before.\\input{table}After.\\end{document}"));
}

TEST(RenderCsv, HasOneLineACellWithExactNumbers) {
  std::vector<ComparedRun> runs = lossRuns();
  runs[0].metrics["eval.accuracy"] = {0.1, 0.1};
  runs[1].metrics["eval.accuracy"] = {0.30000000000000004, 0};

  const auto lines = splitString(renderCsv(*buildComparison(lossRequest(), runs)), '\n');

  EXPECT_EQ(lines[0],
            "loss,metric,at,n,expected,mean,standard_deviation,best,compared_with,pairs,difference,"
            "low,high,p,absent\r");
  EXPECT_THAT(lines[1],
              testing::StartsWith("score,eval.accuracy,last,2,2,0.2,0.14142135623730953,0,"
                                  "baseline,,,,,,"));
  EXPECT_EQ(lines[3],
            "output,eval.accuracy,last,1,2,0.5,,0,loss=score,1,0.4,,,,failed 0000000000000005\r");
  EXPECT_EQ(lines.size(), 5U);
}

TEST(RenderCsv, WritesExtremeNumbersSoThatTheyReadBack) {
  std::vector<ComparedRun> runs = lossRuns();
  runs.resize(1);
  ComparisonRequest request = lossRequest();
  request.baseline.clear();
  for (const double value : {-0.0, 1e-320, 0.1234567890123456789, 1.7976931348623157e308}) {
    runs[0].metrics["eval.accuracy"] = {value, value};
    const std::string line = splitString(renderCsv(*buildComparison(request, runs)), '\n')[1];
    EXPECT_EQ(parseDouble(splitString(line, ',')[5]), value) << line;
  }
}

TEST(RenderJson, HoldsEverythingWithNullForUndefined) {
  const auto json = parseJson(renderJson(lossTable()));

  ASSERT_TRUE(json.has_value());
  EXPECT_EQ((*json)["experiment"], "losses");
  EXPECT_EQ((*json)["baseline"], Json({{"loss", "score"}}));
  const Json& map = (*json)["rows"][1]["cells"][0];
  EXPECT_EQ(map["n"], 2);
  EXPECT_EQ(map["is_best"], true);
  EXPECT_EQ(map["values"][1]["value"], 0.95);
  EXPECT_EQ(map["difference"]["pairs"], 2);
  const Json& output = (*json)["rows"][2]["cells"][0];
  EXPECT_TRUE(output["standard_deviation"].is_null());
  EXPECT_TRUE(output["difference"]["p"].is_null());
  EXPECT_EQ(output["absent"][0]["reason"], "failed");
}

TEST(RenderJson, IsValidForHostileNames) {
  EXPECT_TRUE(parseJson(renderJson(hostileTable())).has_value());
}

TEST(RenderHtml, IsAPageWithTheTable) {
  const std::string html = renderHtml(lossTable());

  EXPECT_THAT(html, testing::StartsWith("<!DOCTYPE html>"));
  EXPECT_THAT(html,
              HasSubstr("<td>map</td><td class=\"n\">2</td><td class=\"n\"><strong>0.9450 ± "
                        "0.0071</strong></td>"));
}

TEST(RenderHtml, ShowsHostileNamesAsText) {
  const std::string html = renderHtml(hostileTable());

  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;"));
  EXPECT_THAT(html, Not(HasSubstr("onmouseover=\"")));
}

TEST(RenderTable, KnowsItsFormatsByName) {
  EXPECT_EQ(tableFormatFromName("latex"), TableFormat::kLatex);
  EXPECT_EQ(tableFormatFromName("pdf"), std::nullopt);
  EXPECT_EQ(renderTable(lossTable(), TableFormat::kCsv), renderCsv(lossTable()));
  EXPECT_EQ(renderTable(lossTable(), TableFormat::kText), renderText(lossTable(), {}));
}

}  // namespace
}  // namespace retort
