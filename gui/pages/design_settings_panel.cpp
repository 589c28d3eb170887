#include "gui/pages/design_settings_panel.h"

#include "gui/models/experiment_editor.h"
#include "gui/models/setting_text.h"
#include "gui/pages/design_value_delegate.h"

#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTreeView>
#include <QVBoxLayout>

namespace retort::gui {

namespace {

constexpr int kSettingWidth = 215;
constexpr int kValueWidth = 145;
constexpr int kUnitWidth = 60;

}  // namespace

DesignSettingsPanel::DesignSettingsPanel(ExperimentEditor& editor, QWidget* parent)
    : QWidget(parent),
      editor_(editor) {
  filter_.setSourceModel(&model_);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  buildSearch();
  buildTree();
  buildDetails();
  connect(&editor_, &ExperimentEditor::catalogueRead, this, &DesignSettingsPanel::showCatalogue);
  connect(&editor_, &ExperimentEditor::draftRead, this, &DesignSettingsPanel::showDraft);
  connect(&editor_, &ExperimentEditor::planMade, this, &DesignSettingsPanel::showDraft);
  connect(&model_, &SettingsFormModel::changeRequested, this, &DesignSettingsPanel::change);
  showCatalogue();
}

void DesignSettingsPanel::buildSearch() {
  search_ = new QLineEdit(this);
  search_->setPlaceholderText(tr("Search settings"));
  search_->setClearButtonEnabled(true);
  search_->setAccessibleName(tr("Search settings"));
  section_ = new QComboBox(this);
  section_->setAccessibleName(tr("Whose settings"));
  section_->setToolTip(tr("The settings of all runs, or of a run that they need"));
  section_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
  section_->addItem(tr("All runs"), QString());
  auto* only_given = new QCheckBox(tr("C&hanged"), this);
  only_given->setToolTip(tr("Show only what the experiment gives"));
  auto* all = new QCheckBox(tr("Not applica&ble"), this);
  all->setToolTip(tr("Show also the settings that have no meaning here"));
  auto* line = new QHBoxLayout;
  line->addWidget(search_, 1);
  line->addWidget(section_);
  line->addWidget(only_given);
  line->addWidget(all);
  static_cast<QVBoxLayout*>(layout())->addLayout(line);
  connect(search_, &QLineEdit::textChanged, this, [this](const QString& text) {
    filter_.setSearch(text);
    tree_->expandAll();
  });
  connect(only_given, &QCheckBox::toggled, &filter_, &SettingsFilter::setOnlyGiven);
  connect(all, &QCheckBox::toggled, &filter_, &SettingsFilter::setAll);
  connect(section_, &QComboBox::activated, this, &DesignSettingsPanel::showDraft);
}

void DesignSettingsPanel::buildTree() {
  sentence_ = new QLabel(tr("Asking the trainer for its settings …"), this);
  sentence_->setTextFormat(Qt::PlainText);
  sentence_->setAlignment(Qt::AlignCenter);
  sentence_->setWordWrap(true);
  again_ = new QPushButton(tr("Ask a&gain"), this);
  connect(again_, &QPushButton::clicked, &editor_, &ExperimentEditor::askAgain);
  tree_ = new QTreeView(this);
  tree_->setModel(&filter_);
  tree_->setAccessibleName(tr("Settings"));
  tree_->setItemDelegate(new DesignValueDelegate(
      [this](const QModelIndex& index) { return model_.specAt(filter_.mapToSource(index)); },
      [this] { return QString::fromStdString(editor_.file().path().parent_path().string()); },
      this));
  tree_->setEditTriggers(QAbstractItemView::DoubleClicked | QAbstractItemView::EditKeyPressed |
                         QAbstractItemView::AnyKeyPressed | QAbstractItemView::SelectedClicked);
  tree_->setAllColumnsShowFocus(false);
  tree_->setSelectionBehavior(QAbstractItemView::SelectItems);
  tree_->setUniformRowHeights(true);
  tree_->setTextElideMode(Qt::ElideRight);
  tree_->header()->resizeSection(static_cast<int>(SettingsFormModel::Column::kSetting),
                                 kSettingWidth);
  tree_->header()->resizeSection(static_cast<int>(SettingsFormModel::Column::kValue), kValueWidth);
  tree_->header()->resizeSection(static_cast<int>(SettingsFormModel::Column::kUnit), kUnitWidth);
  tree_->header()->setStretchLastSection(true);
  // A group that comes to apply opens like the others.
  connect(&filter_,
          &QAbstractItemModel::rowsInserted,
          tree_,
          [this](const QModelIndex& parent, int first, int last) {
            for (int row = first; row <= last && !parent.isValid(); ++row) {
              tree_->expand(filter_.index(row, 0));
            }
          });
  auto* reset = new QAction(tr("Reset to default"), tree_);
  reset->setShortcut(QKeySequence::Delete);
  reset->setShortcutContext(Qt::WidgetShortcut);
  tree_->addAction(reset);
  tree_->setContextMenuPolicy(Qt::ActionsContextMenu);
  connect(reset, &QAction::triggered, this, &DesignSettingsPanel::resetCurrent);
  connect(tree_->selectionModel(),
          &QItemSelectionModel::currentChanged,
          this,
          &DesignSettingsPanel::showDetails);
  static_cast<QVBoxLayout*>(layout())->addWidget(sentence_, 1);
  static_cast<QVBoxLayout*>(layout())->addWidget(again_, 0, Qt::AlignHCenter);
  static_cast<QVBoxLayout*>(layout())->addWidget(tree_, 1);
}

void DesignSettingsPanel::buildDetails() {
  details_ = new QLabel(this);
  details_->setTextFormat(Qt::PlainText);
  details_->setWordWrap(true);
  details_->setAlignment(Qt::AlignTop | Qt::AlignLeft);
  details_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  details_->setMinimumHeight(3 * fontMetrics().lineSpacing());
  reset_ = new QPushButton(tr("Rese&t"), this);
  reset_->setToolTip(tr("Back to the default (Del)"));
  auto* line = new QHBoxLayout;
  line->addWidget(details_, 1);
  line->addWidget(reset_, 0, Qt::AlignTop);
  static_cast<QVBoxLayout*>(layout())->addLayout(line);
  connect(reset_, &QPushButton::clicked, this, &DesignSettingsPanel::resetCurrent);
}

void DesignSettingsPanel::showCatalogue() {
  const bool is_known = editor_.catalogue() != nullptr;
  model_.setCatalogue(editor_.catalogue());
  sentence_->setVisible(!is_known);
  tree_->setVisible(is_known);
  again_->setVisible(!editor_.catalogueProblem().isEmpty());
  if (!editor_.catalogueProblem().isEmpty()) {
    sentence_->setText(
        tr("The trainer's settings are not known: %1").arg(editor_.catalogueProblem()));
  }
  showDraft();
  tree_->expandAll();
}

void DesignSettingsPanel::showDraft() {
  const QString current = section_->currentData().toString();
  QSignalBlocker blocker(section_);
  section_->clear();
  section_->addItem(tr("All runs"), QString());
  for (const experiments::NeededRun& need : editor_.draft()->document->needs) {
    const QString name = QString::fromStdString(need.name);
    section_->addItem(tr("Needed: %1").arg(name), name);
  }
  section_->setVisible(section_->count() > 1);
  section_->setCurrentIndex(std::max(section_->findData(current), 0));
  const auto& diagnostics =
      editor_.plan() != nullptr ? editor_.plan()->diagnostics : editor_.draft()->diagnostics;
  model_.setDraft(editor_.draft(), section_->currentData().toString().toStdString(), diagnostics);
  showDetails();
}

QModelIndex DesignSettingsPanel::currentSetting() const {
  const QModelIndex index = filter_.mapToSource(tree_->currentIndex());
  return model_.specAt(index) == nullptr ? QModelIndex() : index;
}

void DesignSettingsPanel::showDetails() {
  const QModelIndex index = currentSetting();
  const SettingSpec* spec = model_.specAt(index);
  reset_->setEnabled(spec != nullptr && index.data(SettingsFormModel::kIsGivenRole).toBool());
  if (spec == nullptr) {
    details_->setText(tr("Select a setting to read about it; type to give it a value."));
    return;
  }
  QString text = QString::fromStdString(spec->key) + QStringLiteral(": ") +
                 QString::fromStdString(spec->documentation) + QStringLiteral(" (") +
                 settingSummary(*spec) + QStringLiteral(")");
  if (const QString condition = settingCondition(*spec); !condition.isEmpty()) {
    text += tr("\nApplies when %1.").arg(condition);
  }
  if (const QString problem = index.data(SettingsFormModel::kProblemRole).toString();
      !problem.isEmpty()) {
    text = problem + u'\n' + text;
  }
  details_->setText(text);
}

experiments::YamlPath DesignSettingsPanel::section() const {
  const std::string need = section_->currentData().toString().toStdString();
  return need.empty() ? experiments::YamlPath{"base"} : experiments::YamlPath{"needs", need};
}

void DesignSettingsPanel::change(const QString& key, const experiments::YamlNode& value) {
  const std::string given = model_.givenKey(key.toStdString());
  const bool is_taken_back = value.isNull();
  const Status changed = editor_.edit([&](experiments::YamlEditor& text) {
    return is_taken_back ? text.removeSetting(section(), given)
                         : text.setSetting(section(), given, value);
  });
  if (!changed) {
    Q_EMIT failed(QString::fromStdString(changed.error().message));
  }
}

void DesignSettingsPanel::resetCurrent() {
  const QModelIndex index = currentSetting();
  if (index.isValid() && index.data(SettingsFormModel::kIsGivenRole).toBool()) {
    change(index.data(SettingsFormModel::kKeyRole).toString(), {});
  }
}

}  // namespace retort::gui
