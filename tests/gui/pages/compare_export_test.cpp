#include "gui/pages/compare_export.h"

#include "core/agent/program_output.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "gui/models/app_context.h"
#include "gui/pages/figure_dialog.h"
#include "gui/plots/group_bar_plot.h"
#include "tests/core/tables/hostile_names.h"
#include "tests/core/tables/table_fixture.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QFileDialog>
#include <QLocale>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <gmock/gmock.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <limits>

#include <sys/resource.h>

namespace retort::gui {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class Export : public testing::Test {
 protected:
  /// A table whose labels are the hostile names.
  static ComparisonTable hostileTable() {
    std::vector<ComparedRun> runs;
    for (const std::string& name : hostileNames()) {
      ComparedRun run;
      run.run_id = "000000000000000a";
      run.name = name;
      run.labels = {{"loss", name}};
      run.state = RunState::kFinished;
      run.metrics["eval.accuracy"] = {0.5, 0.5};
      runs.push_back(run);
    }
    ComparisonRequest request = lossRequest();
    request.experiment = "$(touch x)/../<script>";
    request.baseline.clear();
    return *buildComparison(request, runs);
  }

  static ComparisonTable lossTable() { return *buildComparison(lossRequest(), lossRuns()); }

  [[nodiscard]] QString file(const QString& name) const { return folder_.filePath(name); }

  static std::string read(const QString& name) {
    return readFile(name.toStdString(), 100'000'000).value_or("");
  }

  [[nodiscard]] QString lastMessage() const {
    return messages_.isEmpty() ? QString() : messages_.last().at(0).toString();
  }

  [[nodiscard]] bool isError() const {
    return !messages_.isEmpty() && messages_.last().at(1).toBool();
  }

  QTemporaryDir folder_;
  AppContext context_{folder_.path().toStdString()};
  QSignalSpy messages_{&context_, &AppContext::messageRaised};
  QWidget window_;
  CompareExport export_{context_, &window_};
};

TEST_F(Export, WritesEachFormatByItsEnding) {
  for (const TableExport& entry : tableExports()) {
    const QString name = file("table" + QString::fromStdString(entry.ending));
    export_.writeTable(lossTable(), name);
    EXPECT_EQ(read(name), renderTable(lossTable(), entry.format)) << entry.ending;
    EXPECT_FALSE(isError());
  }
}

TEST_F(Export, CopiesTables) {
  export_.copyTable(lossTable(), TableFormat::kMarkdown);

  EXPECT_EQ(QApplication::clipboard()->text().toStdString(),
            renderTable(lossTable(), TableFormat::kMarkdown));
}

TEST_F(Export, X01CsvCellsAreNoFormulas) {
  export_.writeTable(hostileTable(), file("x.csv"));

  const std::string csv = read(file("x.csv"));
  EXPECT_THAT(csv, HasSubstr("'=1+1"));
  EXPECT_THAT(csv, HasSubstr("'@SUM(A1)"));
  EXPECT_THAT(csv, HasSubstr("\"two\r\nlines\""));
  EXPECT_THAT(csv, HasSubstr("\"say \"\"hi\"\"\""));
}

TEST_F(Export, X02LatexCompilesAndReadsNoFile) {
  const auto pdflatex =
      runProgram({"/usr/bin/pdflatex", "--version"}, std::chrono::seconds(20), 1U << 20);
  if (!pdflatex || pdflatex->exit_code != 0) {
    GTEST_SKIP() << "pdflatex is not installed";
  }
  export_.writeTable(hostileTable(), file("x.tex"));

  const auto compiled = runProgram({"/usr/bin/pdflatex",
                                    "-no-shell-escape",
                                    "-halt-on-error",
                                    "-interaction=batchmode",
                                    "-output-directory=" + folder_.path().toStdString(),
                                    file("x.tex").toStdString()},
                                   std::chrono::minutes(2),
                                   10U << 20);

  ASSERT_TRUE(compiled.has_value());
  EXPECT_EQ(compiled->exit_code, 0) << read(file("x.log"));
  EXPECT_THAT(read(file("x.tex")), Not(HasSubstr("\\input{/etc")));
}

TEST_F(Export, X03HtmlShowsScriptsAsText) {
  export_.writeTable(hostileTable(), file("x.html"));

  const std::string html = read(file("x.html"));
  EXPECT_THAT(html, Not(HasSubstr("<script>")));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;"));
}

TEST_F(Export, X04ProposesSafeNamesAndAsksBeforeReplacing) {
  export_.saveTable(hostileTable());

  auto* dialog = window_.findChild<QFileDialog*>();
  ASSERT_NE(dialog, nullptr);
  EXPECT_FALSE(dialog->testOption(QFileDialog::DontConfirmOverwrite));
  ASSERT_EQ(dialog->selectedFiles().size(), 1);
  const std::string proposed = QFileInfo(dialog->selectedFiles().first()).fileName().toStdString();
  EXPECT_THAT(proposed, StartsWith("touch-x-..-script-"));
  EXPECT_THAT(proposed, EndsWith(".tex"));
  dialog->selectNameFilter("CSV (*.csv)");
  Q_EMIT dialog->filterSelected("CSV (*.csv)");
  EXPECT_EQ(dialog->defaultSuffix(), "csv");
  dialog->reject();
}

TEST_F(Export, X05CommandLinesAreOneWordEach) {
  ComparisonOptions options;
  options.by = {"loss"};
  options.metrics = {"grad_norm[layer=3,projection=q]"};
  options.baseline = {"loss=it's"};
  const std::string experiment = "$(id)\n`id` \"x\"";

  const std::string line = compareCommandLine(experiment, options);

  const QString script = file("x.sh");
  ASSERT_TRUE(writeFileAtomically(script.toStdString(),
                                  "retort() { printf '%s|' \"$@\"; }\n" + line + "\n"));
  const auto output =
      runProgram({"/bin/bash", script.toStdString()}, std::chrono::seconds(20), 1U << 20);
  ASSERT_TRUE(output.has_value());
  EXPECT_EQ(output->output,
            "compare|" + experiment +
                "|--by|loss|--metric|grad_norm[layer=3,projection=q]|--baseline|loss=it's|");
}

TEST_F(Export, X06AFailureIsOneMessageAndLeavesNoHalfFile) {
  export_.writeTable(lossTable(), file("none/x.tex"));
  EXPECT_TRUE(isError());
  EXPECT_TRUE(lastMessage().contains("none"));
  EXPECT_EQ(messages_.count(), 1);

  export_.writeTable(lossTable(), file("x.docx"));
  EXPECT_TRUE(isError());
  EXPECT_TRUE(lastMessage().contains(".tex"));

  GroupBarPlot plot;
  export_.writeFigure(plot, file("none/x.pdf"), {});
  EXPECT_TRUE(isError());
  EXPECT_TRUE(QDir(folder_.path()).entryList(QDir::Files | QDir::Hidden).isEmpty());
}

TEST_F(Export, X06AFullDiskLeavesTheOldFile) {
  const QString name = file("kept.csv");
  ASSERT_TRUE(writeFileAtomically(name.toStdString(), "old"));
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit tight{16, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &tight), 0);

  export_.writeTable(lossTable(), name);

  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  (void)std::signal(SIGXFSZ, old_handler);
  EXPECT_TRUE(isError());
  EXPECT_EQ(read(name), "old");
  EXPECT_EQ(QDir(folder_.path()).entryList(QDir::Files | QDir::Hidden).size(), 1);
}

TEST_F(Export, X07NumbersReadBackBitForBitInEveryLocale) {
  QLocale::setDefault(QLocale(QLocale::German));
  const std::vector<double> numbers{0.1, 1e-320, 0.12345678901234567, 1e308};
  std::vector<ComparedRun> runs;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    ComparedRun run;
    run.run_id = "000000000000000" + std::to_string(i);
    run.labels = {{"loss", std::to_string(i)}};
    run.seed = 1;
    run.state = RunState::kFinished;
    run.metrics["eval.accuracy"] = {numbers[i], numbers[i]};
    runs.push_back(run);
  }
  ComparisonRequest request = lossRequest();
  request.baseline.clear();
  export_.writeTable(*buildComparison(request, runs), file("x.csv"));
  QLocale::setDefault(QLocale::c());

  std::vector<std::string> fields;
  for (const std::string& line : splitString(read(file("x.csv")), '\n')) {
    for (std::string field : splitString(line, ',')) {
      std::erase(field, '\r');
      fields.push_back(field);
    }
  }
  for (const double number : numbers) {
    const bool is_there = std::any_of(fields.begin(), fields.end(), [&](const std::string& field) {
      const auto value = parseDouble(field);
      return value && std::memcmp(&*value, &number, sizeof number) == 0;
    });
    EXPECT_TRUE(is_there) << number;
  }
}

TEST(FigureSize, IsTheSameInBothUnits) {
  FigureDialog dialog({84, 60, 7, 300, ""}, nullptr);
  const auto boxes = dialog.findChildren<QComboBox*>();
  auto* unit = *std::find_if(
      boxes.begin(), boxes.end(), [](const QComboBox* box) { return box->count() == 2; });

  unit->setCurrentIndex(1);
  Q_EMIT unit->activated(1);

  EXPECT_NEAR(dialog.options().width_mm, 84, 0.05);
  EXPECT_NEAR(dialog.options().height_mm, 60, 0.05);
  EXPECT_EQ(dialog.options().dots_per_inch, 300);
}

TEST(FigureSize, TakesThePresetsForPapers) {
  FigureDialog dialog({}, nullptr);
  auto* presets = dialog.findChildren<QComboBox*>().first();

  presets->setCurrentIndex(1);
  Q_EMIT presets->activated(1);

  EXPECT_DOUBLE_EQ(dialog.options().width_mm, 84);
  EXPECT_DOUBLE_EQ(dialog.options().font_pt, 7);
}

}  // namespace
}  // namespace retort::gui
