#include "core/cli/desktop_app.h"
#include "tests/core/cli/program_fixture.h"

#include <gmock/gmock.h>

#include <filesystem>

namespace retort::cli {
namespace {

namespace fs = std::filesystem;

using ::testing::HasSubstr;
using ::testing::Not;

class ReportCommand : public RetortProgram {
 protected:
  void runGrid() {
    const std::string file = writeGrid(
        "grid: {fake.steps: {short: 5, \"<long>\": 10}}\n"
        "seeds: 2\n"
        "report:\n"
        "  metric: eval.accuracy\n"
        "  better: max\n"
        "  tables:\n"
        "    - {name: accuracy, title: \"A & B\", baseline: {fake.steps: short}}\n"
        "    - {name: best, at: best}\n"
        "  figures: [{name: points, kind: points}]\n");
    const ProgramOutput ran = retort({"run", file});
    ASSERT_EQ(ran.exit_code, 0) << ran.errors;
  }

  [[nodiscard]] std::string read(const char* name) const {
    return readFile(out() / name, 1U << 20).value_or("");
  }

  [[nodiscard]] fs::path out() const { return folder_.path() / "report"; }
};

TEST_F(ReportCommand, WritesAllTablesInAllFormats) {
  runGrid();

  const ProgramOutput wrote = retort({"report", "lengths", "-o", out().string()});

  ASSERT_EQ(wrote.exit_code, 0) << wrote.errors;
  EXPECT_THAT(wrote.output, HasSubstr("report.html"));
  const std::string html = read("report.html");
  EXPECT_THAT(html, HasSubstr("<h3>A &amp; B</h3>"));
  EXPECT_THAT(html, HasSubstr("<h3>best</h3>"));
  EXPECT_THAT(html, HasSubstr("&lt;long&gt;"));
  EXPECT_THAT(html, Not(HasSubstr("<long>")));
  EXPECT_THAT(html, HasSubstr("paired by seed"));
  EXPECT_THAT(read("report.md"), HasSubstr("### A &amp; B"));
  EXPECT_THAT(read("accuracy.tex"), HasSubstr("\\toprule"));
  EXPECT_THAT(read("accuracy.csv"), HasSubstr("eval.accuracy"));
  EXPECT_THAT(read("best.md"), HasSubstr("|"));
}

TEST_F(ReportCommand, SaysThatFiguresNeedTheDesktopApp) {
  if (fs::exists(fs::path(PROGRAM_DIR) / "retort-gui")) {
    GTEST_SKIP() << "the desktop app is built: figures are drawn";
  }
  runGrid();
  ASSERT_EQ(retort({"report", "lengths", "-o", out().string()}).exit_code, 0);

  EXPECT_THAT(read("report.html"), HasSubstr("Figures were not drawn: retort-gui"));
}

TEST_F(ReportCommand, ReplacesAReportOnlyWhenAsked) {
  runGrid();
  ASSERT_EQ(retort({"report", "lengths", "-o", out().string()}).exit_code, 0);

  const ProgramOutput again = retort({"report", "lengths", "-o", out().string()});
  EXPECT_NE(again.exit_code, 0);
  EXPECT_THAT(again.errors, HasSubstr("--force replaces it"));
  EXPECT_EQ(retort({"report", "lengths", "-o", out().string(), "--force"}).exit_code, 0);
}

TEST_F(ReportCommand, WantsAnExperimentAndAFolder) {
  runGrid();
  EXPECT_THAT(retort({"report", "lengths"}).errors, HasSubstr("give -o DIR"));
  EXPECT_NE(retort({"report", "other", "-o", out().string()}).exit_code, 0);
}

}  // namespace
}  // namespace retort::cli
