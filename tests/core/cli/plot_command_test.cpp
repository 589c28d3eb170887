#include "tests/core/cli/program_fixture.h"

#include <gmock/gmock.h>

namespace retort::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class PlotCommand : public RetortProgram {
 protected:
  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_.path() / name).string();
  }

  static bool isDrawn(const ProgramOutput& output) { return output.exit_code == 0; }

  static bool hasDesktop() {
    return std::filesystem::exists(std::filesystem::path(PROGRAM_DIR) / "retort-gui");
  }
};

TEST_F(PlotCommand, RefusesWhatItCannotDraw) {
  EXPECT_THAT(retort({"plot", "curve", "lengths", "-o", path("x.pdf")}).errors,
              HasSubstr("did you mean 'curves'?"));
  EXPECT_THAT(retort({"plot", "curves", "lengths"}).errors, HasSubstr("-o FILE.pdf"));
  EXPECT_THAT(retort({"plot", "curves", "lengths", "-o", path("x.docx")}).errors,
              HasSubstr("must end in .pdf, .svg or .png"));
  EXPECT_THAT(retort({"plot", "bars", "x", "-o", path("x.pdf"), "--size", "9x9cm"}).errors,
              HasSubstr("140x90mm"));
  EXPECT_EQ(retort({"plot", "bars", "x", "-o", path("x.pdf")}).exit_code, 66);
  EXPECT_THAT(retort({"plot", "depth", "lengths", "--time", "-o", path("x.pdf")}).errors,
              HasSubstr("has no steps"));
  EXPECT_THAT(retort({"plot", "bars", "lengths", "--minus", "a", "-o", path("x.pdf")}).errors,
              HasSubstr("two runs are compared in a heatmap"));
  EXPECT_THAT(retort({"plot", "bars", "lengths", "--reference", "a", "-o", path("x.pdf")}).errors,
              HasSubstr("--reference: it is for depth"));
}

TEST_F(PlotCommand, ReplacesAFileOnlyWhenForced) {
  ASSERT_TRUE(writeFileAtomically(path("x.pdf"), "mine"));

  const ProgramOutput output = retort({"plot", "bars", "lengths", "-o", path("x.pdf")});

  EXPECT_EQ(output.exit_code, 73);
  EXPECT_THAT(output.errors, HasSubstr("--force replaces it"));
  EXPECT_EQ(*readFile(path("x.pdf"), 100), "mine");
}

TEST_F(PlotCommand, ShowsExamples) {
  const ProgramOutput output = retort({"plot", "--help"});

  EXPECT_EQ(output.exit_code, 0);
  EXPECT_THAT(output.output, HasSubstr("retort plot heatmap"));
}

TEST_F(PlotCommand, SaysHowToBuildTheDesktopAppThatDraws) {
  if (hasDesktop()) {
    GTEST_SKIP() << "it is built";
  }
  ASSERT_EQ(retort({"run", writeSmallGrid()}).exit_code, 0);

  const ProgramOutput output = retort({"plot", "bars", "lengths", "-o", path("x.pdf")});

  EXPECT_EQ(output.exit_code, 66);
  EXPECT_THAT(output.errors, HasSubstr("./retort gui"));
}

TEST_F(PlotCommand, DrawsEachKindInEachFormat) {
  if (!hasDesktop()) {
    GTEST_SKIP() << "retort-gui is not built";
  }
  ASSERT_EQ(retort({"run", writeSmallGrid()}).exit_code, 0);
  for (const std::string& kind : std::vector<std::string>{"bars", "points", "curves", "runs"}) {
    const ProgramOutput output = retort({"plot", kind, "lengths", "-o", path(kind + ".svg")});
    EXPECT_TRUE(isDrawn(output)) << kind << output.errors;
    EXPECT_THAT(*readFile(path(kind + ".svg"), 10U << 20), StartsWith("<?xml"));
  }
  const ProgramOutput timed = retort({"plot", "runs", "lengths", "--time", "-o", path("time.svg")});
  EXPECT_TRUE(isDrawn(timed)) << timed.errors;
  const ProgramOutput pdf =
      retort({"plot", "bars", "lengths", "-o", path("x.pdf"), "--size", "3x2in"});
  EXPECT_TRUE(isDrawn(pdf)) << pdf.errors;
  EXPECT_THAT(*readFile(path("x.pdf"), 10U << 20), StartsWith("%PDF"));
  const ProgramOutput png = retort({"plot", "bars", "lengths", "-o", path("x.png"), "--dpi", "50"});
  EXPECT_TRUE(isDrawn(png)) << png.errors;
  EXPECT_THAT(*readFile(path("x.png"), 10U << 20), StartsWith("\x89PNG"));
}

TEST_F(PlotCommand, DrawsHowTwoRunsDiffer) {
  if (!hasDesktop()) {
    GTEST_SKIP() << "retort-gui is not built";
  }
  ASSERT_EQ(retort({"run", writeSmallGrid()}).exit_code, 0);
  const auto draw = [this](const std::string& file, const std::vector<std::string>& more) {
    std::vector<std::string> words = {
        "plot", "heatmap", "lengths:0", "-m", "train.loss", "-o", path(file)};
    words.insert(words.end(), more.begin(), more.end());
    const ProgramOutput output = retort(words);
    EXPECT_TRUE(isDrawn(output)) << output.errors;
    return readFile(path(file), 10U << 20).value_or("");
  };

  const std::string alone = draw("alone.svg", {});
  const std::string difference = draw("difference.svg", {"--minus", "lengths:1"});

  EXPECT_THAT(difference, StartsWith("<?xml"));
  EXPECT_NE(difference, alone);
  EXPECT_THAT(retort({"plot", "heatmap", "lengths:0", "--minus", "x", "-o", path("x.pdf")}).errors,
              HasSubstr("--minus"));
}

TEST_F(PlotCommand, WritesNothingWhenThereIsNothingToDraw) {
  if (!hasDesktop()) {
    GTEST_SKIP() << "retort-gui is not built";
  }
  ASSERT_EQ(retort({"run", writeSmallGrid()}).exit_code, 0);

  const ProgramOutput output =
      retort({"plot", "depth", "lengths", "-m", "no.such_metric", "-o", path("x.pdf")});

  EXPECT_EQ(output.exit_code, 66);
  EXPECT_THAT(output.errors, HasSubstr("nothing to draw"));
  EXPECT_FALSE(std::filesystem::exists(path("x.pdf")));
}

}  // namespace
}  // namespace retort::cli
