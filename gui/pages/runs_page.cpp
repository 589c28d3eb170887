#include "gui/pages/runs_page.h"

#include "core/run/format.h"
#include "gui/models/app_context.h"
#include "gui/models/background_query.h"
#include "gui/models/disposed_elsewhere.h"
#include "gui/models/icons.h"
#include "gui/models/palette_colors.h"
#include "gui/models/run_filter_model.h"
#include "gui/models/run_table_model.h"
#include "gui/pages/empty_state.h"
#include "gui/pages/run_actions.h"
#include "gui/pages/run_details_panel.h"
#include "gui/pages/run_table_view.h"

#include <QAction>
#include <QEvent>
#include <QHBoxLayout>
#include <QJsonArray>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QShortcut>
#include <QSplitter>
#include <QStackedWidget>
#include <QToolBar>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace retort::gui {
namespace {

constexpr int kFactsMs = 1000;

// Of the stack of widgets.
constexpr int kEmptyState = 0;
constexpr int kRunTable = 1;
constexpr int kNothingKnown = 2;  // before the workspace has been read

}  // namespace

RunsPage::RunsPage(AppContext& context, QWidget* parent)
    : QWidget(parent),
      context_(context),
      facts_query_(std::make_unique<BackgroundQuery>(context.workspace())) {
  runs_ = new RunTableModel(this);
  shown_ = new RunFilterModel(*runs_, this);
  actions_ = new RunActions(context_, this);
  table_ = new RunTableView(*runs_, *shown_, this);
  table_->addActions(actions_->actions());
  details_ = new RunDetailsPanel(context_, this);
  splitter_ = new QSplitter(Qt::Vertical, this);
  splitter_->addWidget(table_);
  splitter_->addWidget(details_);
  splitter_->setStretchFactor(0, 3);
  splitter_->setStretchFactor(1, 2);
  splitter_->setChildrenCollapsible(false);

  auto* list = new QWidget(this);
  auto* layout = new QVBoxLayout(list);
  layout->addWidget(buildToolBar());
  layout->addWidget(buildFilterRow());
  layout->addWidget(splitter_, 1);
  stack_ = new QStackedWidget(this);
  empty_ = new EmptyState(context_, this);
  stack_->addWidget(empty_);
  stack_->addWidget(list);
  stack_->addWidget(new QWidget(stack_));
  stack_->setCurrentIndex(kNothingKnown);
  auto* page = new QVBoxLayout(this);
  page->setContentsMargins(0, 0, 0, 0);
  page->addWidget(stack_);
  connectAll();
  refreshTheme();
  refreshCount();
}

RunsPage::~RunsPage() = default;

QToolBar* RunsPage::buildToolBar() {
  auto* bar = new QToolBar(tr("Actions on runs"), this);
  bar->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  bar->setIconSize(QSize(18, 18));
  for (QAction* action : actions_->actions()) {
    const QString& name = action->objectName();
    if (name == QLatin1String("up") || name == QLatin1String("note") ||
        name == QLatin1String("remove")) {
      bar->addSeparator();
    }
    bar->addAction(action);
  }
  return bar;
}

QWidget* RunsPage::buildFilterRow() {
  auto* row = new QWidget(this);
  filter_ = new QLineEdit(row);
  filter_->setObjectName(QStringLiteral("filter"));
  filter_->setPlaceholderText(
      tr("Filter, for example:  running   freeze=ov   eval.accuracy>0.8   -failed"));
  filter_->setAccessibleName(tr("Filter of the runs"));
  filter_->setToolTip(
      tr("Words that runs must hold; field:text, field=value, field>number; a minus in front means "
         "not"));
  filter_->setClearButtonEnabled(true);
  filter_->addAction(icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
  count_ = new QLabel(row);
  count_->setObjectName(QStringLiteral("count"));
  auto* columns = new QToolButton(row);
  columns->setIcon(icon(QStringLiteral("columns")));
  columns->setText(tr("Col&umns"));
  columns->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  columns->setToolTip(tr("Choose the columns"));
  columns->setPopupMode(QToolButton::InstantPopup);
  auto* menu = new QMenu(columns);
  connect(menu, &QMenu::aboutToShow, this, [this, menu] {
    menu->clear();
    table_->fillColumnsMenu(*menu);
  });
  columns->setMenu(menu);
  auto* layout = new QHBoxLayout(row);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(filter_, 1);
  layout->addWidget(count_);
  layout->addWidget(columns);
  return row;
}

void RunsPage::connectAll() {
  connect(&context_, &AppContext::runsRead, this, &RunsPage::takeRuns);
  connect(&context_, &AppContext::selectionChanged, this, &RunsPage::takeSelection);
  connect(&context_, &AppContext::readFailed, this, [this](const QString& reason) {
    if (context_.runs().empty()) {
      stack_->setCurrentIndex(kEmptyState);
      empty_->tellNoRuns(reason);
    }
  });
  connect(runs_, &RunTableModel::caughtUp, this, [this](bool has_other_rows) {
    has_other_rows ? takeSelection() : refreshCount();
  });
  connect(runs_, &QAbstractItemModel::modelReset, this, &RunsPage::takeSelection);
  connect(table_, &RunTableView::runsSelected, this, [this] {
    context_.selectRuns(table_->selectedRuns());
  });
  connect(table_, &QAbstractItemView::doubleClicked, this, [this](const QModelIndex& index) {
    if (!shown_->flags(index).testFlag(Qt::ItemIsEditable)) {
      Q_EMIT context_.pageRequested(QStringLiteral("watch"));
    }
  });
  connect(filter_, &QLineEdit::textChanged, this, [this](const QString& text) {
    shown_->setFilterText(text);
    refreshCount();
  });
  connect(actions_, &RunActions::editRequested, table_, &RunTableView::editField);
  connect(
      runs_,
      &RunTableModel::edited,
      this,
      [this](const QString& run_id, const QString& field, const QString& text) {
        // What is typed in one row of several selected ones is meant for all of them.
        const auto& selected = context_.selectedRuns();
        const bool is_among = std::ranges::find(selected, run_id.toStdString()) != selected.end();
        actions_->setField(is_among ? selected : std::vector{run_id.toStdString()}, field, text);
      });
  auto* find = new QShortcut(QKeySequence::Find, this);
  find->setContext(Qt::WidgetWithChildrenShortcut);
  connect(find, &QShortcut::activated, filter_, qOverload<>(&QWidget::setFocus));
  connect(find, &QShortcut::activated, filter_, &QLineEdit::selectAll);
  facts_timer_.setSingleShot(true);
  facts_timer_.setInterval(kFactsMs);
  connect(&facts_timer_, &QTimer::timeout, this, &RunsPage::readFacts);
}

void RunsPage::takeRuns() {
  runs_->setRuns(context_.sharedRuns());
  stack_->setCurrentIndex(context_.runs().empty() ? kEmptyState : kRunTable);
  actions_->refresh();
  refreshCount();
  if (!facts_) {
    readFacts();
  } else if (!facts_timer_.isActive()) {
    facts_timer_.start();
  }
}

void RunsPage::readFacts() {
  if (facts_query_->isBusy()) {
    facts_timer_.start();
    return;
  }
  using Book = std::shared_ptr<const RunFactsBook>;
  facts_query_->run<Book>(
      [known = facts_,
       runs = context_.sharedRuns()](storage::WorkspaceStore& store) -> Result<Book> {
        auto book = loadRunFacts(store, runs->runs(), known ? *known : RunFactsBook());
        if (!book) {
          return failWith(book.error());
        }
        return disposedElsewhere(std::make_unique<const RunFactsBook>(std::move(*book)));
      },
      [this](const Result<Book>& facts) {
        if (facts) {
          facts_ = *facts;
          runs_->setFacts(facts_);
        }
      });
}

void RunsPage::takeSelection() {
  table_->selectRuns(context_.selectedRuns());
  const auto& selected = context_.selectedRuns();
  details_->setRun(selected.empty() ? std::string() : selected.front());
  actions_->refresh();
  refreshCount();
}

void RunsPage::refreshCount() {
  const int shown = shown_->rowCount();
  const int all = runs_->rowCount();
  QString text = shown == all
                     ? QString::fromStdString(formatCount(static_cast<std::size_t>(all), "run"))
                     : tr("%1 of %2 runs").arg(shown).arg(all);
  if (const std::size_t selected = context_.selectedRuns().size(); selected > 1) {
    text += tr(", %1 selected").arg(selected);
  }
  count_->setText(text);
}

void RunsPage::refreshTheme() {
  runs_->setDark(isDark(palette()));
}

void RunsPage::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange && runs_ != nullptr) {
    refreshTheme();
  }
}

void RunsPage::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  takeSelection();
}

QJsonObject RunsPage::state() const {
  QJsonObject state = table_->state();
  state[QLatin1String("filter")] = filter_->text();
  QJsonArray sizes;
  for (const int size : splitter_->sizes()) {
    sizes.append(size);
  }
  state[QLatin1String("division")] = sizes;
  return state;
}

void RunsPage::setState(const QJsonObject& state) {
  table_->setState(state);
  filter_->setText(state[QLatin1String("filter")].toString());
  QList<int> sizes;
  for (const QJsonValue& size : state[QLatin1String("division")].toArray()) {
    sizes.append(std::max(0, size.toInt()));
  }
  if (sizes.size() == 2 && sizes[0] + sizes[1] > 0) {
    splitter_->setSizes(sizes);
  }
}

}  // namespace retort::gui
