#include "gui/pages/compare_page.h"

#include "core/base/file.h"
#include "core/tables/render.h"
#include "gui/models/app_context.h"
#include "gui/models/icons.h"
#include "gui/pages/compare_controls.h"
#include "gui/pages/compare_export.h"
#include "gui/pages/compare_figures.h"
#include "gui/pages/comparison_delegate.h"

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QToolBar>
#include <QToolButton>
#include <QVBoxLayout>

namespace retort::gui {
namespace {

constexpr int kWidestColumn = 320;
constexpr int kControlsWidth = 290;
constexpr int kRowMargin = 8;
constexpr int kIconSize = 18;
constexpr int kMostCaptionLines = 6;

QLabel* makeText(QWidget* parent) {
  auto* label = new QLabel(parent);
  label->setTextFormat(Qt::PlainText);
  label->setWordWrap(true);
  return label;
}

/// Places where a label may break a word that is longer than a line.
QString breakable(const QString& text) {
  constexpr int kLongestWord = 40;
  QString result;
  int length = 0;
  for (const QChar& character : text) {
    length = character.isSpace() ? 0 : length + 1;
    result += character;
    if (length >= kLongestWord && !character.isHighSurrogate()) {
      result += QChar(0x200b);
      length = 0;
    }
  }
  return result;
}

/// A menu with every format of tables.
template <class Action>
QMenu* makeFormatMenu(QWidget* parent, Action action) {
  auto* menu = new QMenu(parent);
  for (const TableExport& entry : tableExports()) {
    const TableFormat format = entry.format;
    QObject::connect(menu->addAction(entry.name), &QAction::triggered, parent, [action, format] {
      action(format);
    });
  }
  return menu;
}

}  // namespace

ComparePage::ComparePage(AppContext& context, QWidget* parent)
    : QWidget(parent),
      context_(context),
      source_(context.workspace()),
      controls_(new CompareControls(this)),
      figures_(new CompareFigures(this)),
      export_(new CompareExport(context, this)),
      table_(new QTableView(this)),
      caption_(makeText(this)),
      sentence_(makeText(this)),
      stack_(new QStackedWidget(this)) {
  buildTable();
  sentence_->setAlignment(Qt::AlignCenter);
  stack_->addWidget(sentence_);
  stack_->addWidget(buildContent());
  auto* layout = new QVBoxLayout(this);
  layout->addWidget(stack_);
  connectAll();
  showSentence(tr("There is nothing to compare yet: design an experiment and start it."));
}

void ComparePage::showExperiment(const QString& name) {
  ComparisonQuery query;
  query.experiment = name.toStdString();
  query.figure = figures_->request();
  source_.setQuery(std::move(query));
}

void ComparePage::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  if (is_stale_) {
    is_stale_ = false;
    source_.refresh();
  }
}

void ComparePage::buildTable() {
  auto* sorted = new QSortFilterProxyModel(this);
  sorted->setSourceModel(&model_);
  sorted->setSortRole(ComparisonTableModel::kSortRole);
  table_->setModel(sorted);
  table_->setSortingEnabled(true);
  table_->horizontalHeader()->setSortIndicatorClearable(true);
  table_->sortByColumn(-1, Qt::AscendingOrder);  // in the order of the grid
  table_->setItemDelegate(new ComparisonDelegate(table_));
  table_->setAccessibleName(tr("Comparison"));
  table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table_->setSelectionBehavior(QAbstractItemView::SelectRows);
  table_->setTabKeyNavigation(false);
  table_->setWordWrap(false);
  table_->verticalHeader()->hide();
  table_->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + kRowMargin);
  table_->horizontalHeader()->setHighlightSections(false);
  table_->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
  caption_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  QFont small = caption_->font();
  small.setPointSizeF(small.pointSizeF() * 0.92);
  caption_->setFont(small);
  caption_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  caption_->setMaximumHeight(kMostCaptionLines * QFontMetrics(small).lineSpacing());
  caption_->setAlignment(Qt::AlignTop | Qt::AlignLeft);
}

QToolBar* ComparePage::buildToolBar() {
  auto* bar = new QToolBar(tr("Table"), this);
  bar->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  bar->setIconSize(QSize(kIconSize, kIconSize));
  auto* copy = new QToolButton(bar);
  copy->setIconSize(bar->iconSize());
  copy->setIcon(icon(QStringLiteral("copy")));
  copy->setText(tr("Cop&y table"));
  copy->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  copy->setPopupMode(QToolButton::InstantPopup);
  QMenu* formats = makeFormatMenu(
      copy, [this](TableFormat format) { export_->copyTable(model_.table(), format); });
  formats->addSeparator();
  connect(formats->addAction(tr("As a command line")), &QAction::triggered, this, [this] {
    const std::string line = compareCommandLine(data_->experiment, controls_->options());
    QApplication::clipboard()->setText(QString::fromStdString(line));
    context_.showMessage(tr("The command is on the clipboard."));
  });
  copy->setMenu(formats);
  bar->addWidget(copy);
  auto* save = new QToolButton(bar);  // an action's button has no mnemonic
  save->setIconSize(bar->iconSize());
  save->setIcon(icon(QStringLiteral("save")));
  save->setText(tr("&Save table…"));
  save->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  save->setAutoRaise(true);
  save->setToolTip(tr("Save the table as LaTeX, Markdown, CSV, HTML, JSON or text"));
  bar->addWidget(save);
  connect(save, &QToolButton::clicked, this, [this] { export_->saveTable(model_.table()); });
  return bar;
}

QWidget* ComparePage::buildContent() {
  auto* upper = new QWidget(this);
  auto* upper_layout = new QVBoxLayout(upper);
  upper_layout->setContentsMargins(0, 0, 0, 0);
  upper_layout->addWidget(buildToolBar());
  upper_layout->addWidget(table_, 1);
  upper_layout->addWidget(caption_);
  auto* right = new QSplitter(Qt::Vertical, this);
  right->addWidget(upper);
  right->addWidget(figures_);
  right->setChildrenCollapsible(false);
  right->setStretchFactor(0, 1);
  right->setStretchFactor(1, 1);
  auto* whole = new QSplitter(Qt::Horizontal, this);
  whole->addWidget(controls_);
  whole->addWidget(right);
  whole->setChildrenCollapsible(false);
  whole->setStretchFactor(1, 1);
  whole->setSizes({kControlsWidth, 4 * kControlsWidth});
  return whole;
}

void ComparePage::connectAll() {
  connect(&context_, &AppContext::dataChanged, this, [this] {
    if (isVisible()) {
      source_.refresh();
    } else {
      is_stale_ = true;
    }
  });
  connect(&source_, &ComparisonSource::loaded, this, &ComparePage::take);
  connect(&source_, &ComparisonSource::failed, this, &ComparePage::fail);
  connect(controls_, &CompareControls::experimentChosen, this, &ComparePage::showExperiment);
  connect(controls_, &CompareControls::edited, this, &ComparePage::ask);
  connect(figures_, &CompareFigures::edited, this, &ComparePage::ask);
  connect(figures_, &CompareFigures::exportRequested, this, [this] {
    const std::string name = data_->experiment + "-" + data_->figure.metric;
    export_->saveFigure(figures_->plot(), QString::fromStdString(name), figures_->neededHeightMm());
  });
}

void ComparePage::ask() {
  ComparisonQuery query;
  query.experiment = controls_->experiment().toStdString();
  query.options = controls_->options();
  query.figure = figures_->request();
  source_.setQuery(std::move(query));
}

void ComparePage::fail(const QString& reason) {
  if (data_ == nullptr) {
    showSentence(reason);
  } else if (reason != last_failure_) {
    context_.showError(reason);
  }
  last_failure_ = reason;
}

void ComparePage::take(const std::shared_ptr<const ComparisonData>& comparison) {
  data_ = comparison;
  last_failure_.clear();
  if (comparison->experiment.empty()) {
    showSentence(tr("There is nothing to compare yet: design an experiment and start it."));
    return;
  }
  controls_->showData(*comparison);
  showTable(*comparison);
  figures_->showData(*comparison);
  stack_->setCurrentIndex(1);
}

void ComparePage::showTable(const ComparisonData& comparison) {
  if (!comparison.table_error.empty()) {
    caption_->setText(QString::fromStdString(comparison.table_error));
    model_.setTable({});
    return;
  }
  const int columns = model_.columnCount();
  const int rows = model_.rowCount();
  model_.setTable(comparison.table);
  if (columns != model_.columnCount() || rows != model_.rowCount()) {
    table_->resizeColumnsToContents();
    for (int column = 0; column < model_.columnCount(); ++column) {
      table_->setColumnWidth(column, std::min(table_->columnWidth(column), kWidestColumn));
    }
  }
  QStringList sentences;
  for (const std::string& sentence : model_.layout().caption) {
    sentences.append(QString::fromStdString(escapeForTerminal(sentence)));
  }
  caption_->setText(breakable(sentences.join(QLatin1Char(' '))));
}

void ComparePage::showSentence(const QString& sentence) {
  sentence_->setText(sentence);
  stack_->setCurrentIndex(0);
}

}  // namespace retort::gui
