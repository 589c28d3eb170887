#include "gui/app/report_window.h"

#include "gui/models/icons.h"

#include <QAction>
#include <QComboBox>
#include <QDesktopServices>
#include <QEvent>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollBar>
#include <QShortcut>
#include <QTextBrowser>
#include <QUrl>
#include <QVBoxLayout>

#include <utility>

namespace retort::gui {
namespace {

constexpr QSize kFirstSize(1040, 800);
constexpr int kPageMargin = 16;
constexpr int kWidestTitle = 60;  // characters

/// The part of the page's own style that Qt's rich text knows, in the colours of the window.
QString styleFor(const QPalette& palette) {
  QColor line = palette.color(QPalette::Text);
  line.setAlphaF(0.35F);
  const QColor base = palette.color(QPalette::Base);
  const float share = line.alphaF();
  const auto mixed = [&](float on_top, float below) {
    return on_top * share + below * (1 - share);
  };
  const QColor rule = QColor::fromRgbF(mixed(line.redF(), base.redF()),
                                       mixed(line.greenF(), base.greenF()),
                                       mixed(line.blueF(), base.blueF()));
  return QStringLiteral(
             "table{border-collapse:collapse;margin-top:6px;margin-bottom:6px}"
             "th,td{padding:3px 10px;vertical-align:top;border:1px solid %1}"
             "th{text-align:left}"
             ".n{text-align:right;white-space:nowrap}"
             "h2{margin-top:24px}h3{margin-top:18px}")
      .arg(rule.name());
}

}  // namespace

/// Shows a page and pictures that were read before: it opens no file and no address itself.
class ReportBrowser final : public QTextBrowser {
 public:
  explicit ReportBrowser(QWidget* parent) : QTextBrowser(parent) {
    setOpenLinks(false);
    setAccessibleName(ReportWindow::tr("Report"));
    document()->setDocumentMargin(kPageMargin);
    connect(this, &QTextBrowser::anchorClicked, this, &ReportBrowser::follow);
  }

  void showPage(std::shared_ptr<const ReportDocument> page) {
    const bool is_same = page_ != nullptr && page_->file == page->file;
    page_ = std::move(page);
    showAt(is_same ? verticalScrollBar()->value() : 0);
  }

  void showProblem(const QString& sentence) {
    page_.reset();
    setPlainText(sentence);
  }

 protected:
  QVariant loadResource(int type, const QUrl& name) override {
    const bool is_picture = type == QTextDocument::ImageResource && page_ != nullptr;
    const QImage picture = is_picture ? page_->pictures.value(name.toString()) : QImage();
    return picture.isNull() ? QVariant() : QVariant(picture);
  }

  void changeEvent(QEvent* event) override {
    QTextBrowser::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && page_ != nullptr) {
      showAt(verticalScrollBar()->value());
    }
  }

 private:
  void showAt(int place) {
    document()->setDefaultStyleSheet(styleFor(palette()));
    setHtml(page_->html);
    verticalScrollBar()->setValue(place);
  }

  void follow(const QUrl& link) {
    if (link.isRelative() && link.path().isEmpty() && link.hasFragment()) {
      scrollToAnchor(link.fragment());
    } else if (link.scheme() == QLatin1String("https") || link.scheme() == QLatin1String("http")) {
      QDesktopServices::openUrl(link);
    }
  }

  std::shared_ptr<const ReportDocument> page_;
};

ReportWindow::ReportWindow(QString workspace, QWidget* parent)
    : QDialog(parent),
      workspace_(std::move(workspace)),
      reports_(new QComboBox(this)),
      browser_(new ReportBrowser(this)) {
  setWindowTitle(tr("Report"));
  setWindowFlag(Qt::WindowMinMaxButtonsHint);
  setSizeGripEnabled(true);
  new QVBoxLayout(this);
  buildBar();
  layout()->addWidget(browser_);
  resize(kFirstSize);
  browser_->setFocus();
}

void ReportWindow::buildBar() {
  auto* label = new QLabel(tr("&Report"), this);
  label->setBuddy(reports_);
  reports_->setAccessibleName(tr("Reports"));
  reports_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  reports_->setMinimumContentsLength(kWidestTitle / 2);
  auto* again = new QPushButton(icon(QStringLiteral("retry")), tr("Read &again"), this);
  again->setToolTip(tr("Read the report from its file again (F5)"));
  auto* open = new QPushButton(icon(QStringLiteral("open")), tr("Open in &browser"), this);
  for (QPushButton* button : {again, open}) {
    button->setAutoDefault(false);
  }
  auto* line = new QHBoxLayout;
  line->addWidget(label);
  line->addWidget(reports_, 1);
  line->addWidget(again);
  line->addWidget(open);
  static_cast<QVBoxLayout*>(layout())->addLayout(line);
  connect(reports_, &QComboBox::activated, this, &ReportWindow::read);
  connect(again, &QPushButton::clicked, this, &ReportWindow::read);
  connect(open, &QPushButton::clicked, this, &ReportWindow::openInBrowser);
  auto* refresh = new QShortcut(QKeySequence::Refresh, this);
  connect(refresh, &QShortcut::activated, this, &ReportWindow::read);
}

void ReportWindow::showReport(const QString& file) {
  offerReports(QFileInfo(file).absoluteFilePath());
  read();
}

QString ReportWindow::file() const {
  return reports_->currentData().toString();
}

void ReportWindow::offerReports(const QString& file) {
  reports_->clear();
  for (const ReportPlace& report : findReports(workspace_)) {
    reports_->addItem(report.title, report.file);
  }
  if (reports_->findData(file) < 0) {
    reports_->addItem(file, file);
  }
  reports_->setCurrentIndex(reports_->findData(file));
}

void ReportWindow::read() {
  using Read = Result<ReportDocument>;
  reader_.run<Read>(
      [file = file(), ratio = devicePixelRatioF()] { return loadReport(file, ratio); },
      [this](const std::shared_ptr<const Read>& report) { take(*report); });
}

void ReportWindow::take(const Result<ReportDocument>& report) {
  if (!report) {
    browser_->showProblem(QString::fromStdString(report.error().message));
    return;
  }
  setWindowTitle(report->title.isEmpty() ? tr("Report") : tr("%1 – report").arg(report->title));
  browser_->showPage(std::make_shared<const ReportDocument>(*report));
}

void ReportWindow::openInBrowser() {
  if (!file().isEmpty()) {
    QDesktopServices::openUrl(QUrl::fromLocalFile(file()));
  }
}

}  // namespace retort::gui
