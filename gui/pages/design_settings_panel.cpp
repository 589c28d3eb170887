#include "gui/pages/design_settings_panel.h"

#include "experiments/need_edit.h"
#include "experiments/yaml_layout.h"
#include "gui/models/experiment_editor.h"
#include "gui/models/setting_text.h"
#include "gui/pages/design_value_delegate.h"

#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QInputDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace retort::gui {

namespace {

constexpr int kSettingWidth = 215;
constexpr int kValueWidth = 145;
constexpr int kUnitWidth = 60;
constexpr int kNarrowest = 40;

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
  auto* only_given = new QCheckBox(tr("&Changed"), this);
  only_given->setToolTip(tr("Show only what the experiment gives"));
  auto* all = new QCheckBox(tr("Not applica&ble"), this);
  all->setToolTip(tr("Show also the settings that have no meaning here"));
  auto* line = new QHBoxLayout;
  line->addWidget(search_, 1);
  line->addWidget(section_);
  line->addWidget(buildNeeds());
  line->addWidget(only_given);
  line->addWidget(all);
  static_cast<QVBoxLayout*>(layout())->addLayout(line);
  connect(search_, &QLineEdit::textChanged, this, [this](const QString& text) {
    filter_.setSearch(text);
    tree_->expandAll();
  });
  connect(search_, &QLineEdit::returnPressed, this, &DesignSettingsPanel::editFirstFound);
  connect(only_given, &QCheckBox::toggled, &filter_, &SettingsFilter::setOnlyGiven);
  connect(all, &QCheckBox::toggled, &filter_, &SettingsFilter::setAll);
  connect(section_, &QComboBox::activated, this, &DesignSettingsPanel::showDraft);
}

void DesignSettingsPanel::buildTree() {
  sentence_ = new QLabel(tr("Asking the trainer for its settings …"), this);
  sentence_->setTextFormat(Qt::PlainText);
  sentence_->setAlignment(Qt::AlignCenter);
  sentence_->setWordWrap(true);
  again_ = new QPushButton(tr("As&k again"), this);
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
  tree_->header()->setMinimumSectionSize(kNarrowest);
  // A group that comes to apply opens like the others.
  connect(&filter_,
          &QAbstractItemModel::rowsInserted,
          tree_,
          [this](const QModelIndex& parent, int first, int last) {
            for (int row = first; row <= last && !parent.isValid(); ++row) {
              tree_->expand(filter_.index(row, 0));
            }
          });
  buildTreeActions();
  connect(tree_->selectionModel(),
          &QItemSelectionModel::currentChanged,
          this,
          &DesignSettingsPanel::showDetails);
  static_cast<QVBoxLayout*>(layout())->addWidget(sentence_, 1);
  static_cast<QVBoxLayout*>(layout())->addWidget(again_, 0, Qt::AlignHCenter);
  static_cast<QVBoxLayout*>(layout())->addWidget(tree_, 1);
}

void DesignSettingsPanel::buildTreeActions() {
  auto* reset = new QAction(tr("Reset to default"), tree_);
  reset->setShortcut(QKeySequence::Delete);
  reset->setShortcutContext(Qt::WidgetShortcut);
  take_group_ = new QAction(tr("Group as in all runs"), tree_);
  tree_->addActions({reset, take_group_});
  tree_->setContextMenuPolicy(Qt::ActionsContextMenu);
  connect(reset, &QAction::triggered, this, &DesignSettingsPanel::resetCurrent);
  connect(take_group_, &QAction::triggered, this, &DesignSettingsPanel::takeGroupFromAll);
  auto* find = new QAction(tr("Search settings"), this);
  find->setShortcut(QKeySequence::Find);
  find->setShortcutContext(Qt::WindowShortcut);
  addAction(find);
  connect(find, &QAction::triggered, this, [this] {
    search_->setFocus(Qt::ShortcutFocusReason);
    search_->selectAll();
  });
}

QWidget* DesignSettingsPanel::buildNeeds() {
  auto* button = new QToolButton(this);
  button->setText(tr("&Needs"));
  button->setToolTip(tr("Runs that others need as inputs, for example their teacher"));
  button->setPopupMode(QToolButton::InstantPopup);
  auto* menu = new QMenu(button);
  button->setMenu(menu);
  menu->addAction(tr("&Add a needed run …"), this, [this] {
    askName(tr("Add a Needed Run"), {}, [this](const std::string& name) {
      changeNeeds([&](auto& text) { return experiments::addNeed(text, name); },
                  QString::fromStdString(name));
    });
  });
  rename_need_ = menu->addAction(tr("&Rename …"), this, [this] {
    askName(tr("Rename a Needed Run"), need(), [this, old = need()](const std::string& name) {
      changeNeeds(
          [&](auto& text) { return experiments::renameNeed(text, old.toStdString(), name); },
          QString::fromStdString(name));
    });
  });
  remove_need_ = menu->addAction(tr("Re&move"), this, [this] {
    changeNeeds([&](auto& text) { return experiments::removeNeed(text, need().toStdString()); },
                {});
  });
  return button;
}

void DesignSettingsPanel::askName(const QString& title,
                                  const QString& name,
                                  std::function<void(std::string)> take) {
  auto* dialog = new QInputDialog(this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setWindowTitle(title);
  dialog->setLabelText(tr("Its name, a lower-case word (others refer to it as ${needs.NAME}):"));
  dialog->setTextValue(name);
  connect(dialog,
          &QInputDialog::textValueSelected,
          this,
          [take = std::move(take)](const QString& text) { take(text.trimmed().toStdString()); });
  dialog->open();
}

void DesignSettingsPanel::changeNeeds(const std::function<Status(experiments::YamlEditor&)>& edit,
                                      const QString& section) {
  if (const Status changed = editor_.edit(edit); !changed) {
    Q_EMIT failed(QString::fromStdString(changed.error().message));
    return;
  }
  wanted_section_ = section;
}

QString DesignSettingsPanel::need() const {
  return section_->currentData().toString();
}

/// The setting of just this name, else the first one.
QModelIndex DesignSettingsPanel::bestFound() const {
  QModelIndex first;
  const int column = static_cast<int>(SettingsFormModel::Column::kValue);
  for (int group = 0; group < filter_.rowCount(); ++group) {
    const QModelIndex parent = filter_.index(group, 0);
    for (int row = 0; row < filter_.rowCount(parent); ++row) {
      const QModelIndex found = filter_.index(row, column, parent);
      if (found.data(SettingsFormModel::kKeyRole).toString() == search_->text().trimmed()) {
        return found;
      }
      first = first.isValid() ? first : found;
    }
  }
  return first;
}

void DesignSettingsPanel::editFirstFound() {
  const QModelIndex found = bestFound();
  if (found.isValid()) {
    tree_->setCurrentIndex(found);
    tree_->setFocus(Qt::ShortcutFocusReason);
    tree_->edit(found);
  }
}

void DesignSettingsPanel::takeGroupFromAll() {
  const SettingSpec* spec = model_.specAt(currentSetting());
  if (spec == nullptr || need().isEmpty()) {
    return;
  }
  const std::string group = spec->key.substr(0, spec->key.find('.'));
  const Status changed = editor_.edit([&](experiments::YamlEditor& text) {
    return text.setSetting(section(), group, experiments::yamlNode("${" + group + "}"));
  });
  if (!changed) {
    Q_EMIT failed(QString::fromStdString(changed.error().message));
  }
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
  if (tree_->width() > 4 * kSettingWidth) {
    tree_->resizeColumnToContents(static_cast<int>(SettingsFormModel::Column::kSetting));
  }
}

void DesignSettingsPanel::showDraft() {
  const bool is_there =
      std::any_of(editor_.draft()->document->needs.begin(),
                  editor_.draft()->document->needs.end(),
                  [&](const auto& run) { return run.name == wanted_section_.toStdString(); });
  const QString current = is_there ? std::exchange(wanted_section_, {}) : need();
  QSignalBlocker blocker(section_);
  section_->clear();
  section_->addItem(tr("All runs"), QString());
  for (const experiments::NeededRun& need : editor_.draft()->document->needs) {
    const QString name = QString::fromStdString(need.name);
    section_->addItem(tr("Needed: %1").arg(name), name);
  }
  section_->setVisible(section_->count() > 1);
  section_->setCurrentIndex(std::max(section_->findData(current), 0));
  rename_need_->setEnabled(!need().isEmpty());
  remove_need_->setEnabled(!need().isEmpty());
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
  take_group_->setEnabled(spec != nullptr && !need().isEmpty() &&
                          spec->key.find('.') != std::string::npos);
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
  if (index.data(SettingsFormModel::kIsOfGroupRole).toBool()) {
    text += tr("\nGiven with its whole group; reset it to give it a value of its own.");
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
