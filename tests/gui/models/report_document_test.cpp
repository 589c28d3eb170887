#include "gui/models/report_document.h"

#include "tests/gui/report_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::gui {
namespace {

using ::testing::ElementsAre;

TEST(ReportDocument, FindsTheReportsOfAWorkspaceByTitle) {
  const ReportFolder folder;
  folder.write("another/report.html", "<html><title>A first one</title></html>");
  folder.write("runs/0123/report.html", "<html><title>too deep</title></html>");

  const QList<ReportPlace> reports = findReports(folder.path());

  ASSERT_EQ(reports.size(), 2);
  EXPECT_EQ(reports[0].title, "A first one");
  EXPECT_EQ(reports[1].title, "Losses & maps");
  EXPECT_EQ(reports[1].file, folder.page());
  EXPECT_TRUE(findReports(folder.path() + "/absent").isEmpty());
}

TEST(ReportDocument, KnowsTheExperimentsOfAReport) {
  const ReportFolder folder;
  folder.write("report/kim2022-losses-accuracy.md", "");
  const ReportPlace report = findReports(folder.path()).first();

  EXPECT_TRUE(report.isAbout("kim2022-losses"));
  EXPECT_TRUE(report.isAbout("Losses & maps"));  // `retort report` has the experiment's name
  EXPECT_FALSE(report.isAbout("kim2022-loss"));
  EXPECT_FALSE(report.isAbout(""));
}

TEST(ReportDocument, DrawsPicturesOnWhiteForTheScreen) {
  const ReportFolder folder;

  const auto report = loadReport(folder.page(), 2.0);

  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->title, "Losses & maps");
  EXPECT_FALSE(report->html.contains("<style>"));
  EXPECT_TRUE(report->html.contains("<p>Every run</p>"));
  const QImage picture = report->pictures.value("points.svg");
  EXPECT_EQ(picture.size(), QSize(80, 40));
  EXPECT_EQ(picture.deviceIndependentSize(), QSizeF(40, 20));
  EXPECT_EQ(picture.pixelColor(10, 10), QColor(Qt::red));
  EXPECT_EQ(picture.pixelColor(70, 10), QColor(Qt::white));
}

TEST(ReportDocument, ReadsNothingOutsideOfItsFolder) {
  const ReportFolder folder;
  folder.write("outside.svg", kReportSvg);
  ASSERT_TRUE(QFile::link(folder.path() + "/outside.svg", folder.path() + "/report/link.svg"));
  folder.writePage(
      R"(<img src="../outside.svg"><img src="link.svg"><img src="https://arxiv.org/a.png">)"
      R"(<img src="file:///etc/passwd"><img src="/etc/passwd"><img src="report.html">)"
      R"(<img src="points.svg">)");

  const auto report = loadReport(folder.page(), 1.0);

  ASSERT_TRUE(report);
  QStringList read;
  for (auto picture = report->pictures.cbegin(); picture != report->pictures.cend(); ++picture) {
    if (!picture.value().isNull()) {
      read.append(picture.key());
    }
  }
  EXPECT_THAT(read, ElementsAre("points.svg"));
}

TEST(ReportDocument, SaysWhichFileCannotBeRead) {
  const auto report = loadReport("/absent/report.html", 1.0);

  ASSERT_FALSE(report);
  EXPECT_THAT(report.error().message, ::testing::HasSubstr("/absent/report.html cannot be read"));
}

TEST(ReportDocument, DoesWithoutAPictureThatIsBroken) {
  const ReportFolder folder;
  folder.write("report/points.svg", "no picture");

  const auto report = loadReport(folder.page(), 1.0);

  ASSERT_TRUE(report);
  EXPECT_TRUE(report->pictures.value("points.svg").isNull());
}

}  // namespace
}  // namespace retort::gui
