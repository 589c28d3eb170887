#include "gui/pages/log_view.h"

#include "core/run/workspace_layout.h"
#include "gui/models/app_context.h"
#include "gui/models/background_query.h"
#include "gui/models/icons.h"

#include <QCheckBox>
#include <QFontDatabase>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QShortcut>
#include <QToolButton>
#include <QVBoxLayout>

#include <utility>

namespace retort::gui {
namespace {

constexpr int kReadMs = 500;
constexpr std::size_t kLinesAtFirst = 5000;
constexpr int kMostLines = 20000;

}  // namespace

LogView::LogView(AppContext& context, QWidget* parent)
    : QWidget(parent),
      context_(context),
      query_(std::make_unique<BackgroundQuery>(context.workspace())) {
  text_ = new QPlainTextEdit(this);
  text_->setReadOnly(true);
  text_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  text_->setLineWrapMode(QPlainTextEdit::NoWrap);
  text_->setMaximumBlockCount(kMostLines);
  text_->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
  text_->setAccessibleName(tr("Log"));
  text_->setPlaceholderText(tr("The trainer has written nothing."));
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  buildSearch();
  layout->addWidget(text_, 1);
  timer_.setInterval(kReadMs);
  connect(&timer_, &QTimer::timeout, this, &LogView::readMore);
}

LogView::~LogView() = default;

void LogView::buildSearch() {
  search_ = new QLineEdit(this);
  search_->setPlaceholderText(tr("Search the log"));
  search_->setAccessibleName(search_->placeholderText());
  search_->setClearButtonEnabled(true);
  search_->addAction(icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
  found_ = new QLabel(this);
  follow_ = new QCheckBox(tr("Follo&w"), this);
  follow_->setChecked(true);
  follow_->setToolTip(tr("Stay at the end while the log grows"));
  auto* row = new QHBoxLayout;
  row->addWidget(search_, 1);
  for (const bool is_backward : {true, false}) {
    auto* button = new QToolButton(this);
    button->setIcon(icon(is_backward ? QStringLiteral("previous") : QStringLiteral("next")));
    button->setToolTip(is_backward ? tr("Previous (Shift+F3)") : tr("Next (F3)"));
    button->setAccessibleName(button->toolTip());
    connect(button, &QToolButton::clicked, this, [this, is_backward] { find(is_backward); });
    auto* shortcut =
        new QShortcut(is_backward ? QKeySequence::FindPrevious : QKeySequence::FindNext, this);
    shortcut->setContext(Qt::WidgetWithChildrenShortcut);
    connect(shortcut, &QShortcut::activated, button, &QToolButton::click);
    row->addWidget(button);
  }
  row->addWidget(found_);
  row->addWidget(follow_);
  static_cast<QVBoxLayout*>(layout())->addLayout(row);
  connect(search_, &QLineEdit::returnPressed, this, [this] { find(true); });
  connect(search_, &QLineEdit::textEdited, this, [this] {
    text_->moveCursor(QTextCursor::End);
    find(true);
  });
}

void LogView::setRun(const std::string& run_id) {
  query_->cancel();
  text_->clear();
  found_->clear();
  is_begun_ = false;
  tail_.reset();
  if (isRunId(run_id)) {
    const WorkspacePaths paths{context_.workspace()};
    tail_ = std::make_shared<LogTail>(paths.run(run_id).log());
    readMore();
  }
}

QString LogView::text() const {
  return text_->toPlainText();
}

void LogView::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  readMore();
}

void LogView::readMore() {
  // One query at a time: a later one would drop the lines of the one before.
  if (!tail_ || query_->isBusy() || !isVisible()) {
    return;
  }
  timer_.start();
  const bool is_first = !std::exchange(is_begun_, true);
  query_->run<std::string>(
      [tail = tail_, is_first](storage::WorkspaceStore&) {
        return is_first ? tail->readLast(kLinesAtFirst) : tail->readLines();
      },
      [this](const Result<std::string>& lines) {
        if (lines && !lines->empty()) {
          take(QString::fromStdString(*lines));
        }
      });
}

void LogView::take(const QString& lines) {
  QScrollBar* bar = text_->verticalScrollBar();
  const int place = bar->value();
  text_->appendPlainText(lines.endsWith(QLatin1Char('\n')) ? lines.chopped(1) : lines);
  bar->setValue(follow_->isChecked() ? bar->maximum() : place);
}

void LogView::find(bool is_backward) {
  const QString wanted = search_->text();
  if (wanted.isEmpty()) {
    found_->clear();
    return;
  }
  const auto flags = is_backward ? QTextDocument::FindBackward : QTextDocument::FindFlags();
  if (!text_->find(wanted, flags)) {
    text_->moveCursor(is_backward ? QTextCursor::End : QTextCursor::Start);
    found_->setText(text_->find(wanted, flags) ? tr("from the other end") : tr("not found"));
    return;
  }
  follow_->setChecked(false);
  found_->clear();
}

}  // namespace retort::gui
