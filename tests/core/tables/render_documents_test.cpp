// Whole documents, as readers get them: one table in every format.
#include "core/base/json.h"
#include "core/base/text.h"
#include "core/tables/render.h"
#include "tests/core/tables/table_fixture.h"

#include <gtest/gtest.h>

namespace retort {
namespace {

/// Two losses, two metrics, two seeds, no baseline.
ComparisonTable twoMetrics() {
  ComparisonRequest request = lossRequest();
  request.baseline.clear();
  request.metrics.push_back({"eval.loss", "min", "nats"});
  std::vector<ComparedRun> runs = lossRuns();
  runs.resize(4);
  return *buildComparison(request, runs);
}

/// Loss down, freeze across; score with ov is not in the grid.
ComparisonTable pivoted() {
  ComparisonRequest request = lossRequest();
  request.factors = {"loss", "freeze"};
  request.columns = {"freeze"};
  request.baseline = {{"loss", "score"}, {"freeze", "none"}};
  std::vector<ComparedRun> runs = lossRuns();
  runs.resize(4);
  for (ComparedRun& run : runs) {
    run.labels["freeze"] = "none";
  }
  for (int seed = 1; seed <= 2; ++seed) {
    ComparedRun run = runs[1 + static_cast<std::size_t>(seed)];
    run.run_id = "ffffffffffffff0" + std::to_string(seed);
    run.labels["freeze"] = "ov";
    run.metrics["eval.accuracy"] = {0.96, 0.97};
    runs.push_back(run);
  }
  return *buildComparison(request, runs);
}

TEST(TextDocument, WithABaseline) {
  EXPECT_EQ(renderText(*buildComparison(lossRequest(), lossRuns()), {}),
            "loss      n     eval.accuracy                 Δ [95 % CI]      p\n"
            "──────  ───  ────────────────  ──────────────────────────  ─────\n"
            "score     2  0.9100 ± 0.0141                     baseline\n"
            "map       2  0.9450 ± 0.0071*  +0.0350 [-0.0285, +0.0985]  0.090\n"
            "output  1/2       0.5000 ± –                  -0.4000 [–]      –\n"
            "\n"
            "losses: last eval.accuracy, mean ± sample standard deviation over n runs (one per "
            "seed).\n"
            "Δ: mean difference to loss=score, paired by seed, with its 95 % confidence interval "
            "and the two-sided p of the paired t test.\n"
            "The best mean among complete cells is marked.\n"
            "Not counted (1): loss=output seed=2 (failed, 0000000000000005).\n");
}

TEST(TextDocument, WithTwoMetrics) {
  EXPECT_EQ(renderText(twoMetrics(), {}),
            "          eval.accuracy     eval.loss (nats)\n"
            "loss   n         mean ± sd           mean ± sd\n"
            "─────  ─  ────────────────  ──────────────────\n"
            "score  2  0.9100 ± 0.0141   0.09000 ± 0.01414\n"
            "map    2  0.9450 ± 0.0071*  0.05500 ± 0.00707*\n"
            "\n"
            "losses: last eval.accuracy, eval.loss, mean ± sample standard deviation over n runs "
            "(one per seed).\n"
            "The best mean among complete cells is marked.\n");
}

TEST(TextDocument, WithAColumnFactor) {
  EXPECT_EQ(
      renderText(pivoted(), {}),
      "       freeze=none, eval.accuracy                              freeze=ov, "
      "eval.accuracy\n"
      "loss   n         mean ± sd                 Δ [95 % CI]      p  n        mean ± sd           "
      "      Δ [95 % CI]     p\n"
      "─────  ─  ────────────────  ──────────────────────────  ─────  ─  ───────────────  "
      "──────────────────────────  ────\n"
      "score  2  0.9100 ± 0.0141                     baseline         0                –           "
      "   "
      "             –     –\n"
      "map    2  0.9450 ± 0.0071*  +0.0350 [-0.0285, +0.0985]  0.090  2  0.9600 ± 0.0000  +0.0500 "
      "[-0.0771, +0.1771]  0.13\n"
      "\n"
      "losses: last eval.accuracy, mean ± sample standard deviation over n runs (one per seed).\n"
      "Δ: mean difference to freeze=none, loss=score, paired by seed, with its 95 % confidence "
      "interval and the two-sided p of the paired t test.\n"
      "The best mean among complete cells is marked.\n"
      "1 combination is not part of the grid.\n");
}

TEST(MarkdownDocument, WithTwoMetrics) {
  EXPECT_EQ(renderMarkdown(twoMetrics()),
            "| loss | n | eval.accuracy: mean ± sd | eval.loss (nats): mean ± sd |\n"
            "| --- | ---: | ---: | ---: |\n"
            "| score | 2 | 0.9100 ± 0.0141 | 0.09000 ± 0.01414 |\n"
            "| map | 2 | **0.9450 ± 0.0071** | **0.05500 ± 0.00707** |\n"
            "\n"
            "losses: last eval.accuracy, eval.loss, mean ± sample standard deviation over n runs "
            "(one per seed).\n"
            "The best mean among complete cells is marked.\n");
}

TEST(LatexDocument, WithAColumnFactor) {
  const std::string latex = renderLatex(pivoted());

  const std::string table = latex.substr(
      latex.find("\\begin{tabular}"), latex.find("\\end{table}") - latex.find("\\begin{tabular}"));
  EXPECT_EQ(
      table,
      "\\begin{tabular}{lrrrrrrrr}\n"
      "\\toprule\n"
      " & \\multicolumn{4}{c}{freeze=none, eval.accuracy} & "
      "\\multicolumn{4}{c}{freeze=ov, eval.accuracy} \\\\\n"
      "\\cmidrule(lr){2-5}\\cmidrule(lr){6-9}\n"
      "loss & n & mean $\\pm$ sd & $\\Delta$ [95 \\% CI] & p & n & mean $\\pm$ sd & $\\Delta$ "
      "[95 \\% CI] & p \\\\\n"
      "\\midrule\n"
      "{}score & 2 & 0.9100 $\\pm$ 0.0141 & baseline &  & 0 & -- & -- & -- \\\\\n"
      "{}map & 2 & \\textbf{0.9450 $\\pm$ 0.0071} & $+$0.0350 [$-$0.0285, $+$0.0985] & 0.090 & "
      "2 & 0.9600 $\\pm$ 0.0000 & $+$0.0500 [$-$0.0771, $+$0.1771] & 0.13 \\\\\n"
      "\\bottomrule\n"
      "\\end{tabular}\n");
}

TEST(LatexDocument, HasOneCaptionAndClosesWhatItOpens) {
  const std::string latex = renderLatex(twoMetrics());

  const auto count = [&](const std::string& text) {
    std::size_t found = 0;
    for (std::size_t at = latex.find(text); at != std::string::npos;
         at = latex.find(text, at + 1)) {
      ++found;
    }
    return found;
  };
  EXPECT_EQ(count("\\caption{"), 1U);
  EXPECT_EQ(count("\\begin{table}"), count("\\end{table}"));
  EXPECT_EQ(count("\\begin{tabular}"), count("\\end{tabular}"));
  EXPECT_EQ(count("{"), count("}"));
}

TEST(CsvDocument, WithAColumnFactor) {
  const auto lines = splitString(renderCsv(pivoted()), '\n');

  ASSERT_EQ(lines.size(), 6U);
  EXPECT_EQ(lines[0],
            "loss,freeze,metric,at,n,expected,mean,standard_deviation,best,compared_with,pairs,"
            "difference,low,high,p,absent\r");
  EXPECT_EQ(lines[2], "score,ov,eval.accuracy,last,0,0,,,0,freeze=none; loss=score,,,,,,\r");
  EXPECT_EQ(lines[4].rfind("map,ov,eval.accuracy,last,2,2,0.96,0,0,freeze=none; loss=score,2,", 0),
            0U);
  EXPECT_EQ(lines[5], "");
}

TEST(CsvDocument, HasTheSameNumberOfFieldsOnEveryLine) {
  for (const ComparisonTable& table : {twoMetrics(), pivoted()}) {
    auto lines = splitString(renderCsv(table), '\n');
    lines.pop_back();
    for (const std::string& line : lines) {
      EXPECT_EQ(splitString(line, ',').size(), splitString(lines[0], ',').size()) << line;
    }
  }
}

TEST(JsonDocument, DescribesRowsAndColumns) {
  const Json json = *parseJson(renderJson(pivoted()));

  EXPECT_EQ(json["row_factors"], Json::array({"loss"}));
  EXPECT_EQ(json["column_factors"], Json::array({"freeze"}));
  EXPECT_EQ(json["columns"][1]["labels"]["freeze"], "ov");
  EXPECT_EQ(json["columns"][1]["metric"], "eval.accuracy");
  EXPECT_EQ(json["rows"][0]["labels"]["loss"], "score");
  EXPECT_EQ(json["rows"][0]["cells"][0]["is_baseline"], true);
  EXPECT_EQ(json["rows"][0]["cells"][1]["expected"], 0);
  EXPECT_TRUE(json["rows"][0]["cells"][1]["mean"].is_null());
  EXPECT_EQ(json["rows"][1]["cells"][1]["values"].size(), 2U);
  EXPECT_EQ(json["caption"].size(), 4U);
  EXPECT_EQ(json["at"], "last");
}

TEST(HtmlDocument, SpansTheColumnsOfAMetric) {
  const std::string html = renderHtml(pivoted());

  EXPECT_NE(html.find("<tr><th></th><th colspan=\"4\">freeze=none, eval.accuracy</th>"
                      "<th colspan=\"4\">freeze=ov, eval.accuracy</th></tr>"),
            std::string::npos);
  EXPECT_NE(html.find("<td class=\"n\">baseline</td>"), std::string::npos);
  EXPECT_EQ(html.rfind("</html>\n"), html.size() - 8);
}

TEST(HtmlDocument, LoadsNothingFromElsewhere) {
  const std::string html = renderHtml(twoMetrics());

  for (const char* text : {"http:", "https:", "src=", "href=", "<script", "@import", "url("}) {
    EXPECT_EQ(html.find(text), std::string::npos) << text;
  }
}

TEST(Documents, OfAnExperimentWithoutRunsHaveAHeader) {
  const ComparisonTable empty = *buildComparison(
      [] {
        ComparisonRequest request = lossRequest();
        request.baseline.clear();
        return request;
      }(),
      {});

  for (const TableFormat format : {TableFormat::kText,
                                   TableFormat::kMarkdown,
                                   TableFormat::kLatex,
                                   TableFormat::kCsv,
                                   TableFormat::kJson,
                                   TableFormat::kHtml}) {
    EXPECT_NE(renderTable(empty, format).find("loss"), std::string::npos);
  }
}

}  // namespace
}  // namespace retort
