#include "gui/app/report_window.h"

#include "tests/gui/report_folder.h"
#include "tests/gui/wait_for.h"

#include <QComboBox>
#include <QDesktopServices>
#include <QPushButton>
#include <QTextBlock>
#include <QTextBrowser>
#include <QUrl>

#include <gtest/gtest.h>

namespace retort::gui {
namespace {

/// Takes the addresses that would go to the desktop.
class Desktop final : public QObject {
  Q_OBJECT

 public:
  Desktop() {
    for (const char* scheme : {"file", "https"}) {
      QDesktopServices::setUrlHandler(scheme, this, "open");
    }
  }

  ~Desktop() override {
    for (const char* scheme : {"file", "https"}) {
      QDesktopServices::unsetUrlHandler(scheme);
    }
  }

  QList<QUrl> opened;

 public Q_SLOTS:

  void open(const QUrl& url) { opened.append(url); }
};

class ReportWindowTest : public testing::Test {
 protected:
  void show() {
    window_.showReport(folder_.page());
    window_.show();
    ASSERT_TRUE(waitFor([this] { return browser().toPlainText().contains("Claims"); }));
  }

  [[nodiscard]] QTextBrowser& browser() const { return *window_.findChild<QTextBrowser*>(); }

  [[nodiscard]] QPushButton& button(const QString& text) const {
    for (QPushButton* button : window_.findChildren<QPushButton*>()) {
      if (button->text().remove('&') == text) {
        return *button;
      }
    }
    throw std::runtime_error("no button " + text.toStdString());
  }

  ReportFolder folder_;
  Desktop desktop_;
  ReportWindow window_{folder_.path(), nullptr};
};

TEST_F(ReportWindowTest, ShowsTextAndPictures) {
  show();

  EXPECT_TRUE(browser().toPlainText().contains("a <b> claim"));
  EXPECT_TRUE(window_.windowTitle().startsWith("Losses & maps"));
  EXPECT_EQ(window_.file(), folder_.page());
  const QVariant picture =
      browser().document()->resource(QTextDocument::ImageResource, QUrl("points.svg"));
  EXPECT_FALSE(picture.value<QImage>().isNull());
}

TEST_F(ReportWindowTest, OpensTheReportInTheBrowser) {
  show();

  button("Open in browser").click();

  EXPECT_EQ(desktop_.opened, QList<QUrl>({QUrl::fromLocalFile(folder_.page())}));
}

TEST_F(ReportWindowTest, OpensLinksToTheWebOnly) {
  show();

  for (const char* link : {"file:///etc/passwd", "other.html", "javascript:alert(1)", "#part"}) {
    Q_EMIT browser().anchorClicked(QUrl(link));
  }
  EXPECT_TRUE(desktop_.opened.isEmpty());
  EXPECT_TRUE(browser().toPlainText().contains("Claims"));

  Q_EMIT browser().anchorClicked(QUrl("https://arxiv.org/abs/2211.11014"));
  EXPECT_EQ(desktop_.opened.size(), 1);
}

TEST_F(ReportWindowTest, ReadsTheReportAgain) {
  show();
  folder_.writePage("<p>Claims, and more</p>");

  button("Read again").click();

  EXPECT_TRUE(waitFor([this] { return browser().toPlainText().contains("and more"); }));
}

TEST_F(ReportWindowTest, ChoosesAmongTheReportsOfTheWorkspace) {
  folder_.write("z/report.html", "<title>Z</title><body>the other</body>");
  show();
  auto* reports = window_.findChild<QComboBox*>();
  ASSERT_EQ(reports->count(), 2);

  reports->setCurrentIndex(1);
  Q_EMIT reports->activated(1);

  EXPECT_TRUE(waitFor([this] { return browser().toPlainText().contains("the other"); }));
}

TEST_F(ReportWindowTest, SaysWhatCannotBeRead) {
  window_.showReport("/absent/report.html");

  EXPECT_TRUE(waitFor([this] { return browser().toPlainText().contains("cannot be read"); }));
}

}  // namespace
}  // namespace retort::gui

#include "report_window_test.moc"
