#include "gui/pages/compare_page.h"

#include "core/base/file.h"
#include "core/tables/render.h"
#include "gui/models/app_context.h"
#include "gui/models/icons.h"
#include "gui/models/report_document.h"
#include "gui/pages/compare_controls.h"
#include "gui/pages/compare_export.h"
#include "gui/pages/compare_figures.h"
#include "gui/pages/comparison_delegate.h"
#include "gui/pages/empty_state.h"

#include <QAction>
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

#include <algorithm>

namespace retort::gui {
namespace {

constexpr int kWidestColumn = 320;
constexpr int kControlsWidth = 290;
constexpr int kRowMargin = 8;
constexpr int kIconSize = 18;
constexpr int kCaptionMargin = 4;  // from the handle of the divider
constexpr int kMostCaptionLines = 6;
constexpr int kLongestCaption = 640;

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
      empty_(new EmptyState(context, this)),
      stack_(new QStackedWidget(this)) {
  buildTable();
  stack_->addWidget(empty_);
  stack_->addWidget(buildContent());
  auto* layout = new QVBoxLayout(this);
  layout->addWidget(stack_);
  connectAll();
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
  findReport();  // one may have been written since
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
  caption_->setMaximumHeight((kMostCaptionLines + 1) * QFontMetrics(small).lineSpacing());
  caption_->setContentsMargins(kCaptionMargin, 0, kCaptionMargin, kCaptionMargin);
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
  addReportButton(*bar);
  return bar;
}

void ComparePage::addReportButton(QToolBar& bar) {
  auto* button = new QToolButton(&bar);
  button->setIconSize(bar.iconSize());
  button->setIcon(icon(QStringLiteral("note")));
  button->setText(tr("Re&port…"));
  button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  button->setAutoRaise(true);
  button->setToolTip(tr("Open the report that was written about this experiment"));
  report_ = bar.addWidget(button);
  report_->setVisible(false);
  connect(button, &QToolButton::clicked, this, [this] { Q_EMIT reportRequested(report_file_); });
}

void ComparePage::findReport() {
  if (data_ == nullptr || data_->experiment.empty()) {
    return;
  }
  report_finder_.run<QString>(
      [workspace = QString::fromStdString(context_.workspace().string()),
       experiment = QString::fromStdString(data_->experiment)] {
        const QList<ReportPlace> reports = findReports(workspace);
        const auto found = std::ranges::find_if(
            reports, [&](const ReportPlace& report) { return report.isAbout(experiment); });
        return found == reports.end() ? QString() : found->file;
      },
      [this](const std::shared_ptr<const QString>& file) {
        report_file_ = *file;
        report_->setVisible(!file->isEmpty());
      });
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
  show_timer_.setSingleShot(true);
  connect(&show_timer_, &QTimer::timeout, this, &ComparePage::showNextPart);
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
    empty_->tellNoRuns(reason);
  } else if (reason != last_failure_) {
    context_.showError(reason);
  }
  last_failure_ = reason;
}

void ComparePage::take(const std::shared_ptr<const ComparisonData>& comparison) {
  const bool is_other = data_ == nullptr || data_->experiment != comparison->experiment;
  data_ = comparison;
  last_failure_.clear();
  if (comparison->experiment.empty()) {
    show_timer_.stop();
    empty_->tellNoRuns();
    stack_->setCurrentIndex(0);
    return;
  }
  next_part_ = Part::kControls;
  show_timer_.start(0);
  if (is_other) {
    findReport();
  }
}

/// One part a turn of the event loop: all at once would be felt.
void ComparePage::showNextPart() {
  switch (next_part_) {
    case Part::kControls:
      controls_->showData(*data_);
      next_part_ = Part::kTable;
      break;
    case Part::kTable:
      showTable(*data_);
      next_part_ = Part::kColumns;
      break;
    case Part::kColumns:
      fitColumns();
      next_part_ = Part::kFigures;
      break;
    case Part::kFigures:
      figures_->showData(*data_);
      next_part_ = Part::kPage;
      break;
    case Part::kPage:
      stack_->setCurrentIndex(1);
      return;
  }
  show_timer_.start(0);
}

void ComparePage::showTable(const ComparisonData& comparison) {
  if (!comparison.table_error.empty()) {
    caption_->setText(QString::fromStdString(comparison.table_error));
    model_.setTable({});
    return;
  }
  model_.setTable(comparison.table);
  showCaption();
}

/// Only of a table of another shape: the user may have made columns wider.
void ComparePage::fitColumns() {
  const QSize shape(model_.columnCount(), model_.rowCount());
  if (shape == fitted_) {
    return;
  }
  fitted_ = shape;
  table_->resizeColumnsToContents();
  for (int column = 0; column < model_.columnCount(); ++column) {
    table_->setColumnWidth(column, std::min(table_->columnWidth(column), kWidestColumn));
  }
}

void ComparePage::showCaption() {
  QStringList sentences;
  for (const std::string& sentence : model_.layout().caption) {
    sentences.append(QString::fromStdString(escapeForTerminal(sentence)));
  }
  const QString whole = sentences.join(QLatin1Char(' '));
  const bool is_long = whole.size() > kLongestCaption;
  caption_->setText(breakable(is_long ? whole.left(kLongestCaption) + QChar(0x2026) : whole));
  caption_->setToolTip(
      is_long ? QStringLiteral("<p>%1</p>")
                    .arg(tr("The table as saved or copied has the whole text.").toHtmlEscaped())
              : QString());
}

}  // namespace retort::gui
