#include "gui/pages/design_item_list.h"

#include "gui/models/experiment_editor.h"
#include "gui/models/palette_colors.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace retort::gui {

namespace {

constexpr int kShownLines = 3;

QString qt(const std::string& text) {
  return QString::fromStdString(text);
}

/// What the diagnostics say about an item; empty: nothing. Its lines reach to those of the next.
QString problemOf(const std::vector<experiments::Diagnostic>& diagnostics,
                  const std::string& part,
                  const experiments::YamlNode& list,
                  std::size_t index) {
  const int first = list.items[index].place.line;
  const bool is_last = index + 1 == list.items.size();
  for (const experiments::Diagnostic& diagnostic : diagnostics) {
    const int line = diagnostic.place.line;
    const bool is_here = is_last ? diagnostic.key == part && line >= first
                                 : line >= first && line < list.items[index + 1].place.line;
    if (is_here || line == first) {
      return qt(diagnostic.message);
    }
  }
  return {};
}

}  // namespace

DesignItemList::DesignItemList(ExperimentEditor& editor,
                               std::string part,
                               const QString& title,
                               TextOf text_of,
                               QWidget* parent)
    : QWidget(parent),
      editor_(editor),
      part_(std::move(part)),
      text_of_(std::move(text_of)),
      list_(new QListWidget(this)) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  auto* label = new QLabel(title, this);
  label->setBuddy(list_);
  layout->addWidget(label);
  list_->setAccessibleName(QString(title).remove(u'&'));
  list_->setTextElideMode(Qt::ElideRight);
  list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  const int height = kShownLines * (fontMetrics().lineSpacing() + 4) + 2 * list_->frameWidth();
  list_->setMinimumHeight(height);
  list_->setMaximumHeight(height);
  layout->addWidget(list_);
  buildButtons();
  connect(list_, &QListWidget::itemActivated, this, &DesignItemList::requestCurrent);
  connect(list_, &QListWidget::currentRowChanged, this, &DesignItemList::showActions);
  connect(&editor_, &ExperimentEditor::draftRead, this, &DesignItemList::showDraft);
  connect(&editor_, &ExperimentEditor::planMade, this, &DesignItemList::showDraft);
  showDraft();
}

void DesignItemList::buildButtons() {
  auto* line = new QHBoxLayout;
  const auto add = [&](const QString& text, const QString& name) {
    auto* button = new QPushButton(text, this);
    button->setAccessibleName(QStringLiteral("%1 (%2)").arg(name, list_->accessibleName()));
    line->addWidget(button);
    return button;
  };
  auto* add_item = add(tr("Add …"), tr("Add"));
  change_ = add(tr("Change …"), tr("Change"));
  remove_ = add(tr("Remove"), tr("Remove"));
  line->addStretch(1);
  static_cast<QVBoxLayout*>(layout())->addLayout(line);
  connect(add_item, &QPushButton::clicked, this, [this] { Q_EMIT itemRequested(-1); });
  connect(change_, &QPushButton::clicked, this, &DesignItemList::requestCurrent);
  connect(remove_, &QPushButton::clicked, this, &DesignItemList::removeCurrent);
  auto* remove = new QAction(tr("Remove item"), list_);
  remove->setShortcut(QKeySequence::Delete);
  remove->setShortcutContext(Qt::WidgetShortcut);
  connect(remove, &QAction::triggered, this, &DesignItemList::removeCurrent);
  list_->addAction(remove);
  list_->setContextMenuPolicy(Qt::ActionsContextMenu);
}

const experiments::YamlNode* DesignItemList::itemAt(int index) const {
  return index < 0 ? nullptr : nodeAt(editor_.draft()->root, {part_, std::to_string(index)});
}

void DesignItemList::put(int index, const experiments::YamlNode& item) {
  const Status changed = editor_.edit([&](experiments::YamlEditor& text) {
    return index < 0 ? text.append({part_}, item) : text.set({part_, std::to_string(index)}, item);
  });
  if (!changed) {
    Q_EMIT failed(qt(changed.error().message));
  }
}

void DesignItemList::showDraft() {
  const experiments::YamlNode* list = editor_.draft()->root.find(part_);
  const auto& diagnostics =
      editor_.plan() != nullptr ? editor_.plan()->diagnostics : editor_.draft()->diagnostics;
  const std::size_t count = list == nullptr ? 0 : list->items.size();
  while (list_->count() > static_cast<int>(count)) {
    delete list_->takeItem(list_->count() - 1);
  }
  for (std::size_t i = 0; i < count; ++i) {
    const int row = static_cast<int>(i);
    auto* item = row < list_->count() ? list_->item(row) : new QListWidgetItem(list_);
    const QString text = text_of_(list->items[i]);
    const QString problem = problemOf(diagnostics, part_, *list, i);
    item->setText(text);
    item->setToolTip(
        QStringLiteral("<p>%1</p>").arg((problem.isEmpty() ? text : problem).toHtmlEscaped()));
    item->setData(Qt::ForegroundRole, problem.isEmpty() ? QVariant() : errorColor(palette()));
  }
  showActions();
}

void DesignItemList::showActions() {
  const bool has_item = list_->currentRow() >= 0;
  change_->setEnabled(has_item);
  remove_->setEnabled(has_item);
}

void DesignItemList::requestCurrent() {
  if (list_->currentRow() >= 0 && editor_.isDraftCurrent()) {
    Q_EMIT itemRequested(list_->currentRow());
  }
}

void DesignItemList::removeCurrent() {
  const int row = list_->currentRow();
  if (row < 0 || !editor_.isDraftCurrent()) {
    return;
  }
  const Status changed = editor_.edit([&](experiments::YamlEditor& text) {
    return text.remove({part_, std::to_string(row)});
  });
  if (!changed) {
    Q_EMIT failed(qt(changed.error().message));
  }
}

}  // namespace retort::gui
