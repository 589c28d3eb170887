#include "gui/pages/design_page.h"

#include "core/run/format.h"
#include "gui/models/app_context.h"
#include "gui/models/icons.h"
#include "gui/pages/design_grid_panel.h"
#include "gui/pages/design_preview_panel.h"
#include "gui/pages/design_question_bar.h"
#include "gui/pages/design_report_panel.h"
#include "gui/pages/design_settings_panel.h"
#include "gui/pages/design_yaml_view.h"
#include "gui/pages/tab_order.h"

#include <QAction>
#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QSplitter>
#include <QTabWidget>
#include <QToolBar>
#include <QVBoxLayout>

namespace retort::gui {

namespace {

constexpr int kLineRole = Qt::UserRole;
constexpr int kColumnRole = Qt::UserRole + 1;
constexpr int kMostProblems = 100;
constexpr int kProblemLines = 4;
constexpr int kTitleWidth = 420;
constexpr int kWholeSplit = 9000;  // shares of it are scaled to the room that there is

constexpr const char* kNewText =
    "experiment: untitled\n"
    "# What all runs have in common\n"
    "base:\n"
    "  phase: finetune\n"
    "  model: {init: random}\n"
    "  data: {task: agreement}\n"
    "  train: {steps: 200}\n"
    "# What varies: every combination is run\n"
    "grid:\n"
    "  train.learning_rate: [1e-3, 5e-4]\n"
    "seeds: 1\n";

QString qt(const std::string& text) {
  return QString::fromStdString(text);
}

}  // namespace

DesignPage::DesignPage(AppContext& context, QWidget* parent)
    : QWidget(parent),
      context_(context),
      text_(new DesignYamlView(this)),
      editor_(*text_->document(), context.workspace()) {
  auto* layout = new QVBoxLayout(this);
  buildBar();
  question_ = new DesignQuestionBar(this);
  layout->addWidget(question_);
  layout->addWidget(buildHalves(), 1);
  connectEditor();
  begin(QString::fromUtf8(kNewText));
}

DesignPage::~DesignPage() {
  // A field that is being edited hands its value over when it goes: what takes it must be there.
  qDeleteAll(findChildren<DesignSettingsPanel*>());
  qDeleteAll(findChildren<DesignGridPanel*>());
  qDeleteAll(findChildren<DesignReportPanel*>());
}

QWidget* DesignPage::buildHalves() {
  auto* halves = new QSplitter(Qt::Horizontal, this);
  halves->addWidget(buildForm());
  halves->addWidget(buildText());
  preview_ = new DesignPreviewPanel(context_, editor_, this);
  halves->setStretchFactor(0, 1);
  halves->setStretchFactor(1, 1);
  halves->setSizes({kWholeSplit / 2, kWholeSplit / 2});
  halves->setChildrenCollapsible(false);
  auto* rows = new QSplitter(Qt::Vertical, this);
  rows->addWidget(halves);
  rows->addWidget(preview_);
  rows->setStretchFactor(0, 2);
  rows->setStretchFactor(1, 1);
  rows->setSizes({2 * kWholeSplit / 3, kWholeSplit / 3});
  rows->setChildrenCollapsible(false);
  return rows;
}

void DesignPage::connectEditor() {
  connect(preview_, &DesignPreviewPanel::failed, &context_, &AppContext::showError);
  connect(preview_, &DesignPreviewPanel::placeRequested, this, [this](int line) {
    text_->goTo(line, 1);
  });
  connect(&editor_, &ExperimentEditor::fileChanged, this, &DesignPage::showTitle);
  connect(&editor_, &ExperimentEditor::draftRead, this, &DesignPage::showProblems);
  connect(&editor_, &ExperimentEditor::planMade, this, &DesignPage::showProblems);
  connect(&editor_, &ExperimentEditor::fellBehind, this, &DesignPage::showStart);
  connect(&editor_, &ExperimentEditor::catalogueRead, this, &DesignPage::showStart);
  connect(&context_, &AppContext::runsRead, this, &DesignPage::showStart);
}

void DesignPage::buildBar() {
  bar_ = new QToolBar(this);
  bar_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  buildFileActions();
  title_ = new QLabel(bar_);
  title_->setTextFormat(Qt::PlainText);
  title_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
  title_->setMinimumWidth(1);
  title_->setIndent(fontMetrics().horizontalAdvance(u'm'));
  bar_->addWidget(title_);
  obstacle_ = new QLabel(bar_);
  obstacle_->setTextFormat(Qt::PlainText);
  obstacle_->setMargin(fontMetrics().horizontalAdvance(u'm'));
  bar_->addWidget(obstacle_);
  start_ = new QPushButton(icon(QStringLiteral("resume")), tr("Sta&rt"), bar_);
  start_->setDefault(true);
  bar_->addWidget(start_);
  connect(start_, &QPushButton::clicked, this, &DesignPage::start);
  layout()->addWidget(bar_);
}

void DesignPage::buildFileActions() {
  addAction(QStringLiteral("save"), tr("&Save"), QKeySequence::Save, [this] { save(); });
  QAction* save_as = addAction(
      QStringLiteral("export"), tr("Save &as …"), QKeySequence::SaveAs, [this] { saveAs(); });
  save_as->setPriority(QAction::LowPriority);
  bar_->addSeparator();
  QAction* undo =
      addAction(QStringLiteral("undo"), tr("&Undo"), QKeySequence::Undo, [this] { text_->undo(); });
  QAction* redo =
      addAction(QStringLiteral("redo"), tr("Re&do"), QKeySequence::Redo, [this] { text_->redo(); });
  undo->setEnabled(false);
  redo->setEnabled(false);
  undo->setPriority(QAction::LowPriority);
  redo->setPriority(QAction::LowPriority);
  connect(text_, &QPlainTextEdit::undoAvailable, undo, &QAction::setEnabled);
  connect(text_, &QPlainTextEdit::redoAvailable, redo, &QAction::setEnabled);
  bar_->addSeparator();
}

QAction* DesignPage::addAction(const QString& icon_name,
                               const QString& text,
                               const QKeySequence& keys,
                               const std::function<void()>& act) {
  QAction* action = bar_->addAction(icon(icon_name), text);
  action->setShortcut(keys);
  action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
  action->setToolTip(QStringLiteral("%1 (%2)").arg(
      QString(text).remove(u'&'), action->shortcut().toString(QKeySequence::NativeText)));
  connect(action, &QAction::triggered, this, act);
  QWidget::addAction(action);
  return action;
}

QWidget* DesignPage::buildForm() {
  auto* tabs = new QTabWidget(this);
  tabs->setDocumentMode(true);
  auto* settings = new DesignSettingsPanel(editor_, tabs);
  auto* grid = new DesignGridPanel(editor_, tabs);
  auto* report = new DesignReportPanel(editor_, tabs);
  tabs->addTab(settings, tr("&Settings"));
  tabs->addTab(grid, tr("&Grid"));
  tabs->addTab(report, tr("E&xperiment"));
  connect(report, &DesignReportPanel::failed, &context_, &AppContext::showError);
  connect(settings, &DesignSettingsPanel::failed, &context_, &AppContext::showError);
  connect(grid, &DesignGridPanel::failed, &context_, &AppContext::showError);
  return tabs;
}

QWidget* DesignPage::buildText() {
  auto* side = new QWidget(this);
  putLastInTabOrder(*this, *text_);
  problems_ = new QListWidget(side);
  problems_->setAccessibleName(tr("Problems of the experiment"));
  problems_->setWordWrap(true);
  problems_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  problems_->setSizeAdjustPolicy(QAbstractScrollArea::AdjustToContents);
  problems_->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
  problems_->setMaximumHeight(kProblemLines * 2 * fontMetrics().lineSpacing());
  problems_->hide();
  const auto go_to = [this](const QListWidgetItem* item) {
    text_->goTo(item->data(kLineRole).toInt(), item->data(kColumnRole).toInt());
  };
  connect(problems_, &QListWidget::itemClicked, this, go_to);
  connect(problems_, &QListWidget::itemActivated, this, go_to);
  auto* layout = new QVBoxLayout(side);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(text_, 1);
  layout->addWidget(problems_);
  return side;
}

bool DesignPage::hasUnsavedChanges() const {
  return editor_.isModified();
}

void DesignPage::withoutLosses(const std::function<void()>& act) {
  if (!hasUnsavedChanges()) {
    act();
    return;
  }
  question_->ask(tr("The experiment has changes that are not saved."),
                 {{tr("Save"),
                   [this, act] {
                     save(act);
                   }},
                  {tr("Discard them"), act},
                  {tr("Cancel"), {}}});
}

void DesignPage::openFile(const QString& file) {
  withoutLosses([this, file] {
    if (const Status opened = editor_.open(file.toStdString()); !opened) {
      context_.showError(qt(opened.error().message));
      return;
    }
    text_->moveCursor(QTextCursor::Start);
    Q_EMIT fileOpened(file);
  });
}

void DesignPage::openTemplate(const QString& file) {
  withoutLosses([this, file] {
    const auto text = TextFile::open(file.toStdString());
    if (!text) {
      context_.showError(qt(text.error().message));
      return;
    }
    begin(text->text(), std::filesystem::path(file.toStdString()).parent_path());
  });
}

void DesignPage::newExperiment() {
  withoutLosses([this] { begin(QString::fromUtf8(kNewText)); });
}

void DesignPage::begin(const QString& text, const std::filesystem::path& folder) {
  editor_.begin(text, folder);
  text_->moveCursor(QTextCursor::Start);
}

void DesignPage::save(const std::function<void()>& then) {
  if (editor_.file().path().empty()) {
    saveAs(then);
  } else if (editor_.file().isChangedByOthers()) {
    const QString name = qt(editor_.file().path().filename().string());
    question_->ask(tr("%1 was changed by another program since it was read.").arg(name),
                   {{tr("Save as …"),
                     [this, then] {
                       saveAs(then);
                     }},
                    {tr("Overwrite it"),
                     [this, then] {
                       write(then);
                     }},
                    {tr("Cancel"), {}}});
  } else {
    write(then);
  }
}

void DesignPage::write(const std::function<void()>& then) {
  if (const Status saved = editor_.save(); !saved) {
    context_.showError(qt(saved.error().message));
  } else if (then) {
    then();
  }
}

void DesignPage::saveAs(const std::function<void()>& then) {
  auto* dialog = new QFileDialog(this, tr("Save the Experiment"));
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setAcceptMode(QFileDialog::AcceptSave);
  dialog->setNameFilters({tr("Experiments (*.yaml *.yml)"), tr("All files (*)")});
  dialog->setDefaultSuffix(QStringLiteral("yaml"));
  dialog->selectFile(editor_.file().path().empty() ? qt(editor_.draft()->name)
                                                   : qt(editor_.file().path().string()));
  connect(dialog, &QFileDialog::fileSelected, this, [this, then](const QString& file) {
    if (const Status saved = editor_.saveAs(file.toStdString()); !saved) {
      context_.showError(qt(saved.error().message));
      return;
    }
    Q_EMIT fileOpened(file);
    if (then) {
      then();
    }
  });
  dialog->open();
}

void DesignPage::showTitle() {
  const QString name = editor_.file().path().empty()
                           ? tr("not saved yet")
                           : qt(editor_.file().path().filename().string());
  const QString shown = fontMetrics().elidedText(name, Qt::ElideMiddle, kTitleWidth);
  title_->setText(hasUnsavedChanges() ? tr("%1 (changed)").arg(shown) : shown);
  title_->setToolTip(
      QStringLiteral("<p>%1</p>").arg(qt(editor_.file().path().string()).toHtmlEscaped()));
}

void DesignPage::showProblems() {
  const auto& diagnostics =
      editor_.plan() != nullptr ? editor_.plan()->diagnostics : editor_.draft()->diagnostics;
  text_->setDiagnostics(diagnostics);
  problems_->clear();
  for (const experiments::Diagnostic& diagnostic : diagnostics) {
    if (problems_->count() == kMostProblems) {
      break;
    }
    auto* item = new QListWidgetItem(
        icon(QStringLiteral("error")),
        diagnostic.place.line > 0
            ? tr("Line %1: %2").arg(diagnostic.place.line).arg(qt(diagnostic.message))
            : qt(diagnostic.message),
        problems_);
    item->setData(kLineRole, diagnostic.place.line);
    item->setData(kColumnRole, diagnostic.place.column);
  }
  problems_->setVisible(problems_->count() > 0);
  showStart();
}

QString DesignPage::startObstacle() const {
  if (is_starting_) {
    return tr("The runs are being handed over …");
  }
  if (!editor_.catalogueProblem().isEmpty()) {
    return tr("The trainer does not answer: %1").arg(editor_.catalogueProblem());
  }
  if (!editor_.isSettled()) {
    return tr("Expanding the grid …");
  }
  if (const auto& problems = editor_.plan()->diagnostics; !problems.empty()) {
    return problems.front().place.line > 0
               ? tr("Line %1 has a mistake").arg(problems.front().place.line)
               : tr("The experiment has a mistake");
  }
  const GridPreviewModel::Counts counts = preview_->counts();
  if (counts.runs == 0) {
    return tr("There is nothing to run");
  }
  return counts.done == counts.runs ? tr("All runs are done") : QString();
}

void DesignPage::showStart() {
  const QString obstacle = startObstacle();
  start_->setEnabled(obstacle.isEmpty());
  const QString shown = obstacle.isEmpty() ? tr("Run what is not done yet") : obstacle;
  start_->setToolTip(QStringLiteral("<p>%1</p>").arg(shown.toHtmlEscaped()));
  constexpr int kWidest = 320;
  obstacle_->setText(fontMetrics().elidedText(obstacle, Qt::ElideRight, kWidest));
}

void DesignPage::start() {
  if (!startObstacle().isEmpty()) {
    return;
  }
  const GridPreviewModel::Counts counts = preview_->counts();
  const QString message = tr("%1: %2 to do")
                              .arg(qt(editor_.plan()->submission.experiment),
                                   qt(formatCount(counts.runs - counts.done, "run")));
  is_starting_ = true;
  showStart();
  // A share of the plan: ten thousand runs take longer to copy than a frame lasts.
  const auto& plan = editor_.plan();
  const std::shared_ptr<const Submission> submission(plan, &plan->submission);
  context_.submit(submission, [this, message](bool is_done) {
    is_starting_ = false;
    showStart();
    if (is_done) {
      context_.showMessage(message);
      Q_EMIT context_.pageRequested(QStringLiteral("runs"));
    }
  });
}

}  // namespace retort::gui
