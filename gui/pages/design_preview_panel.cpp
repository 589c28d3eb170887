#include "gui/pages/design_preview_panel.h"

#include "core/run/format.h"
#include "experiments/grid_edit.h"
#include "gui/models/app_context.h"
#include "gui/models/experiment_editor.h"
#include "gui/models/time_estimate.h"

#include <QHeaderView>
#include <QLabel>
#include <QScrollBar>
#include <QTableView>
#include <QVBoxLayout>

namespace retort::gui {

namespace {

constexpr std::int64_t kMostPastRuns = 500;
constexpr int kRunWidth = 70;
constexpr int kColumnWidth = 120;
constexpr int kRowRoom = 6;

QString countText(std::size_t count, const char* noun) {
  return QString::fromStdString(formatCount(count, noun));
}

/// The time of runs of this plan, judged by the runs that the workspace knows.
Result<TimeEstimate> judgeTime(storage::WorkspaceStore& store,
                               const std::vector<const SubmittedRun*>& planned) {
  storage::RunFilter filter;
  filter.states = {RunState::kFinished};
  filter.limit = kMostPastRuns;
  const auto past = store.runs().list(filter);
  if (!past) {
    return failWith(past.error());
  }
  return estimateTime(*past, planned);
}

}  // namespace

DesignPreviewPanel::DesignPreviewPanel(AppContext& context,
                                       ExperimentEditor& editor,
                                       QWidget* parent)
    : QWidget(parent),
      context_(context),
      editor_(editor),
      query_(context.workspace()) {
  summary_ = new QLabel(this);
  summary_->setTextFormat(Qt::PlainText);
  summary_->setWordWrap(true);
  summary_->setAlignment(Qt::AlignTop | Qt::AlignLeft);  // it has all the room without the table
  notes_ = new QLabel(this);
  notes_->setTextFormat(Qt::PlainText);
  notes_->setWordWrap(true);
  notes_->hide();
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(summary_);
  layout->addWidget(notes_);
  buildTable();
  connect(&editor_, &ExperimentEditor::planMade, this, &DesignPreviewPanel::showPlan);
  connect(&editor_, &ExperimentEditor::fellBehind, this, &DesignPreviewPanel::showSummary);
  connect(&editor_, &ExperimentEditor::draftRead, this, &DesignPreviewPanel::showSummary);
  connect(&context_, &AppContext::runsRead, this, &DesignPreviewPanel::showRuns);
  connect(&model_, &GridPreviewModel::toggleRequested, this, &DesignPreviewPanel::toggle);
  showRuns();
}

void DesignPreviewPanel::buildTable() {
  table_ = new QTableView(this);
  table_->setModel(&model_);
  table_->setAccessibleName(tr("Runs of the experiment"));
  table_->setSelectionBehavior(QAbstractItemView::SelectRows);
  table_->setWordWrap(false);
  table_->setTabKeyNavigation(false);
  table_->verticalHeader()->hide();
  table_->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
  table_->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + kRowRoom);
  table_->horizontalHeader()->setDefaultSectionSize(kColumnWidth);
  table_->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  table_->horizontalHeader()->setStretchLastSection(true);
  layout()->addWidget(table_);
}

void DesignPreviewPanel::showPlan() {
  const auto& plan = editor_.plan();
  const int columns = model_.columnCount();
  const int scrolled = table_->verticalScrollBar()->value();
  const QModelIndex current = table_->currentIndex();
  model_.setPlan(plan);
  if (columns != model_.columnCount()) {
    table_->setColumnWidth(static_cast<int>(GridPreviewModel::Column::kRun), kRunWidth);
  }
  // A click on a box makes a new plan: the place is kept.
  table_->setCurrentIndex(model_.index(current.row(), current.column()));
  table_->verticalScrollBar()->setValue(scrolled);
  QStringList notes;
  for (const std::string& note : plan->notes) {
    notes.append(QString::fromStdString(note));
  }
  notes_->setText(notes.mid(0, 3).join(u'\n'));
  notes_->setVisible(!notes.isEmpty());
  askPastRuns();
  showSummary();
}

void DesignPreviewPanel::showRuns() {
  model_.setRuns(context_.sharedRuns());
  if (const std::size_t done = model_.counts().done; done != asked_done_) {
    asked_done_ = done;
    askPastRuns();
  }
  showSummary();
}

void DesignPreviewPanel::askPastRuns() {
  const auto planned = model_.runsToDo();
  const std::size_t count = planned.size();
  // The plan owns the runs.
  const auto work = [plan = editor_.plan(), planned](storage::WorkspaceStore& store) {
    return judgeTime(store, planned);
  };
  query_.run<TimeEstimate>(work, [this, count](const Result<TimeEstimate>& estimate) {
    estimate_ = estimateText(estimate ? *estimate : TimeEstimate(), count);
    showSummary();
  });
}

QString DesignPreviewPanel::estimateText(const TimeEstimate& estimate, std::size_t planned) {
  if (planned == 0) {
    return {};
  }
  if (estimate.judged == 0) {
    return tr("no past runs to judge the time by");
  }
  const QString time = QString::fromStdString(formatDuration(estimate.seconds));
  if (estimate.judged < planned) {
    return tr("about %1 for %2 of them, no past runs to judge the others by")
        .arg(time)
        .arg(estimate.judged);
  }
  return tr("about %1 one after another, judged by %2")
      .arg(time, countText(estimate.past, "past run"));
}

QString DesignPreviewPanel::countsText() const {
  const GridPreviewModel::Counts counts = model_.counts();
  QStringList parts(countText(counts.runs - counts.needed, "run"));
  if (counts.needed > 0) {
    parts.append(countText(counts.needed, "needed run"));
  }
  parts.append(tr("%1 done").arg(counts.done));
  if (counts.active > 0) {
    parts.append(tr("%1 under way").arg(counts.active));
  }
  parts.append(tr("%1 to do").arg(counts.runs - counts.done - counts.active));
  if (counts.excluded > 0) {
    parts.append(countText(counts.excluded, "excluded cell"));
  }
  if (!estimate_.isEmpty()) {
    parts.append(estimate_);
  }
  return parts.join(QStringLiteral(" · "));
}

void DesignPreviewPanel::showSummary() {
  if (editor_.plan() == nullptr) {
    summary_->setText(editor_.catalogueProblem().isEmpty() ? tr("Expanding the grid …")
                                                           : QString());
    return;
  }
  const bool has_plan = editor_.plan()->diagnostics.empty() && !editor_.plan()->rows.empty();
  table_->setVisible(has_plan);
  if (has_plan) {
    summary_->setText(countsText());
  } else if (!editor_.catalogueProblem().isEmpty()) {
    summary_->setText(tr("The runs are listed here once the trainer has told its settings."));
  } else {
    summary_->setText(tr("The runs are listed here as soon as the experiment has no mistakes."));
  }
}

void DesignPreviewPanel::toggle(int row) {
  const experiments::PlannedRun* planned = model_.plannedAt(row);
  if (planned == nullptr || !editor_.isSettled()) {
    return;
  }
  const auto& document = *editor_.draft()->document;
  const auto labels = planned->labels;
  if (planned->is_excluded && !experiments::exclusionOf(document, labels)) {
    Q_EMIT failed(
        tr("This cell is excluded together with others: change \"exclude\" in the text."));
    if (!document.exclude.empty()) {
      Q_EMIT placeRequested(document.exclude.front().place.line);
    }
    return;
  }
  const Status changed = editor_.edit([&](experiments::YamlEditor& text) {
    return experiments::toggleCell(text, document, labels);
  });
  if (!changed) {
    Q_EMIT failed(QString::fromStdString(changed.error().message));
  }
}

}  // namespace retort::gui
