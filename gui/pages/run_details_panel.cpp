#include "gui/pages/run_details_panel.h"

#include "gui/models/app_context.h"
#include "gui/models/background_query.h"
#include "gui/models/icons.h"
#include "gui/models/run_details.h"
#include "gui/models/text_table_model.h"
#include "gui/pages/log_view.h"

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QShortcut>
#include <QSortFilterProxyModel>
#include <QTableView>
#include <QVBoxLayout>

namespace retort::gui {
namespace {

constexpr int kReloadMs = 1000;
constexpr int kFirstColumnLetters = 34;
constexpr int kNameWidth = 420;

/// The selected cells as lines with tabs between columns.
void copySelection(const QTableView& table) {
  QModelIndexList cells = table.selectionModel()->selectedIndexes();
  std::sort(cells.begin(), cells.end());
  QString text;
  for (qsizetype i = 0; i < cells.size(); ++i) {
    if (i > 0) {
      text += cells[i].row() == cells[i - 1].row() ? QLatin1Char('\t') : QLatin1Char('\n');
    }
    text += cells[i].data().toString();
  }
  QApplication::clipboard()->setText(text);
}

QTableView* makeTable(QAbstractItemModel* model, const QString& title, QWidget* parent) {
  auto* table = new QTableView(parent);
  table->setModel(model);
  table->setAccessibleName(title);
  table->setSelectionBehavior(QAbstractItemView::SelectRows);
  table->setAlternatingRowColors(true);
  table->setShowGrid(false);
  table->setWordWrap(false);
  table->setTabKeyNavigation(false);
  table->setFrameShape(QFrame::NoFrame);
  table->verticalHeader()->hide();
  table->verticalHeader()->setDefaultSectionSize(table->fontMetrics().height() + 6);
  QHeaderView* header = table->horizontalHeader();
  header->setStretchLastSection(true);
  header->setHighlightSections(false);
  header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  const int letter = table->fontMetrics().averageCharWidth();
  if (model->columnCount() == 2) {
    table->setColumnWidth(0, kFirstColumnLetters * letter);
  } else {
    table->setColumnWidth(0, 20 * letter);
  }
  auto* copy = new QShortcut(QKeySequence::Copy, table);
  copy->setContext(Qt::WidgetShortcut);
  QObject::connect(copy, &QShortcut::activated, table, [table] { copySelection(*table); });
  return table;
}

}  // namespace

struct RunDetailsPanel::Tables {
  TextTableModel* overview = nullptr;
  TextTableModel* settings = nullptr;
  TextTableModel* environment = nullptr;
  TextTableModel* attempts = nullptr;
  TextTableModel* events = nullptr;
};

RunDetailsPanel::RunDetailsPanel(AppContext& context, QWidget* parent)
    : QTabWidget(parent),
      context_(context),
      query_(std::make_unique<BackgroundQuery>(context.workspace())),
      tables_(std::make_unique<Tables>()) {
  setDocumentMode(true);
  const QStringList pairs = {tr("Name"), tr("Value")};
  tables_->overview = addTable(tr("&Overview"), pairs, false);
  log_ = new LogView(context_, this);
  addTab(log_, tr("&Log"));
  tables_->settings = addTable(tr("&Settings"), {tr("Setting"), tr("Value")}, true);
  tables_->environment = addTable(tr("Enviro&nment"), pairs, false);
  tables_->attempts =
      addTable(tr("&Attempts"),
               {tr("Attempt"), tr("Started"), tr("Duration"), tr("Ended with"), tr("Message")},
               false);
  tables_->events = addTable(
      tr("Even&ts"), {tr("Time"), tr("Attempt"), tr("Kind"), tr("Step"), tr("What")}, true);
  name_ = new QLabel(this);
  name_->setTextFormat(Qt::PlainText);
  name_->setMargin(fontMetrics().horizontalAdvance(u'm') / 2);
  setCornerWidget(name_);
  take(RunDetails{});
  timer_.setSingleShot(true);
  timer_.setInterval(kReloadMs);
  connect(&timer_, &QTimer::timeout, this, &RunDetailsPanel::load);
  connect(&context_, &AppContext::dataChanged, this, [this] {
    is_outdated_ = true;
    if (!timer_.isActive()) {
      timer_.start();
    }
  });
}

RunDetailsPanel::~RunDetailsPanel() = default;

TextTableModel* RunDetailsPanel::addTable(const QString& title,
                                          const QStringList& columns,
                                          bool has_search) {
  auto* model = new TextTableModel(columns, this);
  QString name = title;
  name.remove(QLatin1Char('&'));
  if (!has_search) {
    addTab(makeTable(model, name, this), title);
    return model;
  }
  auto* filtered = new QSortFilterProxyModel(this);
  filtered->setSourceModel(model);
  filtered->setFilterCaseSensitivity(Qt::CaseInsensitive);
  filtered->setFilterKeyColumn(-1);
  auto* page = new QWidget(this);
  auto* search = new QLineEdit(page);
  search->setPlaceholderText(tr("Filter"));
  search->setAccessibleName(tr("Filter %1").arg(name));
  search->setClearButtonEnabled(true);
  search->addAction(icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
  connect(search, &QLineEdit::textChanged, filtered, &QSortFilterProxyModel::setFilterFixedString);
  auto* layout = new QVBoxLayout(page);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(search);
  layout->addWidget(makeTable(filtered, name, page), 1);
  addTab(page, title);
  return model;
}

void RunDetailsPanel::setRun(const std::string& run_id) {
  if (run_id == run_id_) {
    return;
  }
  run_id_ = run_id;
  query_->cancel();
  log_->setRun(run_id);
  setEnabled(!run_id.empty());
  if (run_id.empty()) {
    take(RunDetails{});
  } else {
    load();
  }
}

void RunDetailsPanel::showEvent(QShowEvent* event) {
  QTabWidget::showEvent(event);
  if (is_outdated_) {
    load();
  }
}

void RunDetailsPanel::load() {
  if (run_id_.empty() || !isVisible()) {
    is_outdated_ = true;
    return;
  }
  is_outdated_ = false;
  query_->run<RunDetails>(
      [run_id = run_id_](storage::WorkspaceStore& store) { return loadRunDetails(store, run_id); },
      [this](const Result<RunDetails>& details) { take(details); });
}

void RunDetailsPanel::take(const Result<RunDetails>& details) {
  // A run that was removed in the meantime shows nothing; the table above says that it is gone.
  const bool is_shown = details && !details->run.spec.run_id.empty();
  const auto rows = [&](auto make) {
    return is_shown ? make(*details) : std::vector<QStringList>();
  };
  tables_->overview->setRows(run_id_.empty() ? std::vector<QStringList>{{tr("No run is selected.")}}
                                             : rows(overviewRows));
  const QString name = is_shown ? QString::fromStdString(details->run.name) : QString();
  name_->setText(fontMetrics().elidedText(name, Qt::ElideMiddle, kNameWidth));
  name_->setToolTip(name.toHtmlEscaped());
  tables_->settings->setRows(rows(settingRows));
  tables_->environment->setRows(rows(environmentRows));
  tables_->attempts->setRows(rows(attemptRows));
  tables_->events->setRows(rows(eventRows));
}

}  // namespace retort::gui
