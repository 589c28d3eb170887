#include "gui/pages/empty_state.h"

#include "core/run/workspace_layout.h"
#include "gui/models/app_context.h"
#include "gui/models/icons.h"

#include <QFileInfo>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace retort::gui {
namespace {

constexpr double kHeadingSize = 1.6;  // of the text's

}  // namespace

EmptyState::EmptyState(AppContext& context, QWidget* parent)
    : QWidget(parent),
      context_(context),
      heading_(new QLabel(this)),
      sentence_(new QLabel(this)),
      button_(new QPushButton(this)) {
  QFont font = heading_->font();
  font.setPointSizeF(font.pointSizeF() * kHeadingSize);
  heading_->setFont(font);
  for (QLabel* label : {heading_, sentence_}) {
    label->setTextFormat(Qt::PlainText);
    label->setAlignment(Qt::AlignCenter);
    label->setWordWrap(true);
  }
  connect(button_, &QPushButton::clicked, this, [this] { Q_EMIT context_.pageRequested(page_); });
  auto* layout = new QVBoxLayout(this);
  layout->setSpacing(fontMetrics().lineSpacing() / 2);
  layout->addStretch();
  layout->addWidget(heading_);
  layout->addWidget(sentence_);
  layout->addWidget(button_, 0, Qt::AlignCenter);
  layout->addStretch();
  tellNoRuns();
}

void EmptyState::tellNoRuns(const QString& problem) {
  const WorkspacePaths paths{context_.workspace()};
  const bool is_there = QFileInfo::exists(QString::fromStdString(paths.database().string()));
  if (is_there && !problem.isEmpty()) {
    tell(tr("The workspace cannot be read"), problem);
  } else {
    // A workspace that is not there yet is no mistake: the first experiment makes it.
    tell(tr("No runs yet"),
         tr("Open a template in the design page and start it,\n"
            "or run \"./retort demo\" in a terminal.\n\nThe workspace of this window is %1.")
             .arg(QFileInfo(QString::fromStdString(context_.workspace().string()))
                      .absoluteFilePath()));
  }
  offer(tr("&Design an experiment"), QStringLiteral("template"), QStringLiteral("design"));
}

void EmptyState::tellNoneSelected(const QString& sentence) {
  tell(tr("No run is selected"), sentence);
  offer(tr("Go to the r&uns"), QStringLiteral("runs"), QStringLiteral("runs"));
}

QString EmptyState::sentence() const {
  return sentence_->text();
}

void EmptyState::tell(const QString& heading, const QString& sentence) {
  heading_->setText(heading);
  sentence_->setText(sentence);
}

void EmptyState::offer(const QString& text, const QString& icon_name, const QString& page) {
  button_->setText(text);
  button_->setIcon(icon(icon_name));
  page_ = page;
}

}  // namespace retort::gui
