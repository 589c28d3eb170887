#include "gui/pages/design_grid_panel.h"

#include "experiments/axis_reader.h"
#include "experiments/grid_edit.h"
#include "experiments/yaml_layout.h"
#include "gui/models/axis_text.h"
#include "gui/models/experiment_editor.h"
#include "gui/pages/design_axis_dialog.h"
#include "gui/pages/design_item_list.h"
#include "gui/pages/design_run_dialog.h"

#include <QAction>
#include <QComboBox>
#include <QFormLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QTableView>
#include <QToolBar>
#include <QToolButton>

#include <algorithm>

namespace retort::gui {

namespace {

using experiments::YamlEditor;
using experiments::YamlNode;

constexpr int kRowMargin = 8;
constexpr int kAxisWidth = 150;
constexpr int kValuesWidth = 170;
constexpr int kNumberWidth = 55;
constexpr int kWhenWidth = 100;

/// More labels than anybody looks through.
constexpr std::size_t kMostLabels = 500;

QString qt(const std::string& text) {
  return QString::fromStdString(text);
}

}  // namespace

DesignGridPanel::DesignGridPanel(ExperimentEditor& editor, QWidget* parent)
    : QWidget(parent),
      editor_(editor) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, kRowMargin / 2);
  buildActions();
  buildAxes();
  buildFields();
  buildIncluded();
  connect(&editor_, &ExperimentEditor::draftRead, this, &DesignGridPanel::showDraft);
  connect(&editor_, &ExperimentEditor::catalogueRead, this, &DesignGridPanel::fillAddMenu);
  fillAddMenu();
  showDraft();
}

QAction* DesignGridPanel::addAction(const QString& text,
                                    const QString& tip,
                                    std::function<void()> act) {
  auto* action = new QAction(text, this);
  action->setToolTip(tip);
  connect(action, &QAction::triggered, this, std::move(act));
  return action;
}

void DesignGridPanel::buildActions() {
  auto* bar = new QToolBar(this);
  bar->setToolButtonStyle(Qt::ToolButtonTextOnly);
  add_menu_ = new QMenu(this);
  auto* add = new QToolButton(bar);
  add->setText(tr("&Add axis"));
  add->setMenu(add_menu_);
  add->setPopupMode(QToolButton::InstantPopup);
  bar->addWidget(add);
  single_actions_ = {
      addAction(tr("Change …"),
                tr("Other values, another setting, or a condition"),
                [this] { editCurrent(); }),
      addAction(tr("Remove"),
                tr("The axis and everything that names it"),
                [this] {
                  for (const std::string& key : selectedKeys()) {
                    change([&](YamlEditor& text) { return experiments::removeAxis(text, key); });
                  }
                }),
      addAction(tr("Up"), tr("Vary more slowly"), [this] { moveCurrent(-1); }),
      addAction(tr("Down"), tr("Vary faster"), [this] { moveCurrent(1); })};
  single_actions_[1]->setShortcut(QKeySequence::Delete);
  single_actions_[2]->setShortcut(QKeySequence(Qt::ALT | Qt::Key_Up));
  single_actions_[3]->setShortcut(QKeySequence(Qt::ALT | Qt::Key_Down));
  zip_ = addAction(tr("Zip"), tr("The selected axes advance together"), [this] {
    change([&](YamlEditor& text) { return experiments::zipAxes(text, selectedKeys()); });
  });
  unzip_ = addAction(tr("Unzip"), tr("Each of the axes on its own again"), [this] {
    change([&](YamlEditor& text) { return experiments::unzipAxis(text, selectedKeys().front()); });
  });
  bar->addActions(single_actions_);
  bar->addActions({zip_, unzip_});
  layout()->addWidget(bar);
}

void DesignGridPanel::buildAxes() {
  table_ = new QTableView(this);
  table_->setModel(&model_);
  table_->setAccessibleName(tr("Axes of the grid"));
  table_->setSelectionBehavior(QAbstractItemView::SelectRows);
  table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table_->setWordWrap(false);
  table_->verticalHeader()->hide();
  table_->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + kRowMargin);
  table_->setTabKeyNavigation(false);
  table_->setDragDropMode(QAbstractItemView::InternalMove);
  table_->setDragDropOverwriteMode(false);
  connect(&model_, &GridAxesModel::moveRequested, this, &DesignGridPanel::moveTo);
  QHeaderView* header = table_->horizontalHeader();
  header->resizeSection(static_cast<int>(GridAxesModel::Column::kAxis), kAxisWidth);
  header->resizeSection(static_cast<int>(GridAxesModel::Column::kValues), kValuesWidth);
  header->resizeSection(static_cast<int>(GridAxesModel::Column::kCount), kNumberWidth);
  header->resizeSection(static_cast<int>(GridAxesModel::Column::kWhen), kWhenWidth);
  header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  header->setStretchLastSection(true);
  table_->addActions(single_actions_);
  for (QAction* action : single_actions_) {
    action->setShortcutContext(Qt::WidgetShortcut);
  }
  table_->addActions({zip_, unzip_});
  table_->setContextMenuPolicy(Qt::ActionsContextMenu);
  connect(table_, &QTableView::activated, this, &DesignGridPanel::editCurrent);
  connect(table_->selectionModel(),
          &QItemSelectionModel::selectionChanged,
          this,
          &DesignGridPanel::showActions);
  connect(&model_, &QAbstractItemModel::modelReset, this, &DesignGridPanel::showActions);
  static_cast<QVBoxLayout*>(layout())->addWidget(table_, 1);
}

void DesignGridPanel::buildFields() {
  fields_ = new QFormLayout;
  seeds_ = new QLineEdit(this);
  seeds_->setPlaceholderText(tr("how many, or a list: 3, or 11, 12, 13"));
  fields_->addRow(tr("See&ds"), seeds_);
  static_cast<QVBoxLayout*>(layout())->addLayout(fields_);
  connect(seeds_, &QLineEdit::editingFinished, this, &DesignGridPanel::changeSeeds);
}

void DesignGridPanel::buildIncluded() {
  const auto text_of = [](const YamlNode& run) {
    QString text = qt(experiments::flowText(run));
    return run.isMap() ? text.mid(1, text.size() - 2) : text;
  };
  included_ = new DesignItemList(editor_, "include", tr("R&uns besides the grid"), text_of, this);
  layout()->addWidget(included_);
  connect(included_, &DesignItemList::itemRequested, this, &DesignGridPanel::openRun);
  connect(included_, &DesignItemList::failed, this, &DesignGridPanel::failed);
}

void DesignGridPanel::openRun(int index) {
  const YamlNode* run = included_->itemAt(index);
  auto* dialog = new DesignRunDialog(editor_.catalogue(),
                                     editor_.draft()->document->axisKeys(),
                                     run == nullptr ? YamlNode() : *run,
                                     this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  connect(dialog, &QDialog::accepted, this, [this, dialog, index] {
    included_->put(index, dialog->settings());
  });
  dialog->open();
}

void DesignGridPanel::fillAddMenu() {
  add_menu_->clear();
  add_menu_->addAction(tr("Any setting …"), this, [this] { openDialog({}, true); });
  if (editor_.catalogue() == nullptr) {
    return;
  }
  add_menu_->addSeparator();
  for (const AxisPreset& preset : axisPresets(*editor_.catalogue())) {
    QString title = preset.title;
    title.replace(u'&', QStringLiteral("&&"));
    add_menu_->addAction(
        fontMetrics().elidedText(title, Qt::ElideRight, kValuesWidth * 2), this, [this, preset] {
          change([&](YamlEditor& text) {
            return experiments::setAxis(text, preset.key, preset.values);
          });
        });
  }
}

void DesignGridPanel::change(const std::function<Status(YamlEditor&)>& edit) {
  if (const Status changed = editor_.edit(edit); !changed) {
    Q_EMIT failed(qt(changed.error().message));
  }
}

std::vector<std::string> DesignGridPanel::selectedKeys() const {
  std::vector<std::string> keys;
  for (const QModelIndex& index : table_->selectionModel()->selectedRows()) {
    keys.push_back(model_.rows()[static_cast<std::size_t>(index.row())].key);
  }
  return keys;
}

void DesignGridPanel::showActions() {
  const auto keys = selectedKeys();
  for (QAction* action : single_actions_) {
    action->setEnabled(keys.size() == 1);
  }
  single_actions_[1]->setEnabled(!keys.empty());
  const auto is_zipped = [&](const std::string& key) {
    return std::any_of(model_.rows().begin(), model_.rows().end(), [&](const auto& row) {
      return row.key == key && row.zip > 0;
    });
  };
  const bool is_any_zipped = std::any_of(keys.begin(), keys.end(), is_zipped);
  zip_->setEnabled(keys.size() > 1 && !is_any_zipped);
  unzip_->setEnabled(keys.size() == 1 && is_any_zipped);
}

void DesignGridPanel::showDraft() {
  model_.setDraft(*editor_.draft());
  if (const YamlNode* seeds = editor_.draft()->root.find("seeds"); !seeds_->isModified()) {
    QString text = seeds == nullptr ? QString() : qt(experiments::flowText(*seeds));
    seeds_->setText(seeds != nullptr && seeds->isList() ? text.mid(1, text.size() - 2) : text);
    seeds_->setModified(false);
  }
  showBaseline();
  showActions();
}

void DesignGridPanel::showBaseline() {
  const experiments::ExperimentDocument& document = *editor_.draft()->document;
  const std::vector<std::string> keys = document.axisKeys();
  const bool is_same = keys.size() == baseline_.size() &&
                       std::all_of(keys.begin(), keys.end(), [&](const std::string& key) {
                         return baseline_.contains(key);
                       });
  if (!is_same) {
    while (fields_->rowCount() > 1) {
      fields_->removeRow(1);
    }
    baseline_.clear();
    QWidget* before = seeds_;
    for (const std::string& key : keys) {
      auto* box = new QComboBox(this);
      baseline_[key] = box;
      box->setAccessibleName(tr("Baseline: %1").arg(qt(key)));
      QString label = tr("Baseline: %1").arg(qt(key));
      fields_->addRow(label.replace(u'&', QStringLiteral("&&")), box);
      setTabOrder(before, box);
      before = box;
      connect(box, &QComboBox::activated, this, [this, key, box](int index) {
        changeBaseline(key, index == 0 ? QString() : box->currentText());
      });
    }
  }
  for (const auto& [key, box] : baseline_) {
    box->clear();
    box->addItem(tr("(none)"));
    const YamlNode* chosen = nodeAt(editor_.draft()->root, {"baseline", key});
    const auto& values = document.findAxis(key)->values;
    for (std::size_t i = 0; i < std::min(values.size(), kMostLabels); ++i) {
      box->addItem(qt(values[i].label));
    }
    const QString label = chosen == nullptr ? QString() : qt(experiments::labelOf(*chosen));
    if (!label.isEmpty() && box->findText(label) < 0) {
      box->addItem(label);
    }
    box->setCurrentIndex(label.isEmpty() ? 0 : box->findText(label));
  }
}

void DesignGridPanel::changeBaseline(const std::string& axis, const QString& label) {
  change([&](YamlEditor& text) {
    if (label.isEmpty()) {
      return text.remove({"baseline", axis});
    }
    const YamlNode cell = experiments::cellNode({{axis, label.toStdString()}});
    return nodeAt(text.root(), {"baseline"}) == nullptr
               ? text.set({"baseline"}, cell)
               : text.set({"baseline", axis}, cell.entries.front().value);
  });
}

void DesignGridPanel::changeSeeds() {
  if (!seeds_->isModified()) {
    return;
  }
  seeds_->setModified(false);
  const QString text = seeds_->text().trimmed();
  if (text.isEmpty()) {
    change([](YamlEditor& editor) { return editor.remove({"seeds"}); });
    return;
  }
  const bool is_list = text.contains(u',');
  const auto seeds = parseYamlText(is_list ? u'[' + text + u']' : text);
  if (!seeds) {
    Q_EMIT failed(tr("Seeds: %1").arg(seeds.error()));
    return;
  }
  change([&](YamlEditor& editor) { return editor.set({"seeds"}, *seeds); });
}

void DesignGridPanel::editCurrent() {
  const auto keys = selectedKeys();
  if (keys.size() != 1) {
    return;
  }
  const YamlNode& root = editor_.draft()->root;
  const YamlNode* values = nodeAt(root, experiments::axisPath(root, keys.front()));
  const YamlNode* when = nodeAt(root, {"when", keys.front()});
  if (values != nullptr) {
    openDialog({keys.front(), *values, when == nullptr ? YamlNode() : *when}, false);
  }
}

void DesignGridPanel::openDialog(const AxisDefinition& axis, bool is_new) {
  auto* dialog = new DesignAxisDialog(editor_.catalogue(), axis, this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  const std::string old_key = is_new ? std::string() : axis.key;
  connect(dialog, &QDialog::accepted, this, [this, dialog, old_key] {
    applyAxis(old_key, dialog->axis());
  });
  dialog->open();
}

void DesignGridPanel::applyAxis(const std::string& old_key, const AxisDefinition& axis) {
  change([&](YamlEditor& text) -> Status {
    if (!old_key.empty() && old_key != axis.key) {
      if (Status renamed = experiments::renameAxis(text, old_key, axis.key); !renamed) {
        return renamed;
      }
    }
    if (Status set = experiments::setAxis(text, axis.key, axis.values); !set) {
      return set;
    }
    return experiments::setWhen(text, axis.key, axis.when);
  });
}

void DesignGridPanel::moveCurrent(int by) {
  const auto keys = selectedKeys();
  if (keys.size() != 1 || !editor_.isDraftCurrent()) {
    return;
  }
  moveTo(keys.front(), table_->currentIndex().row() + by);
}

void DesignGridPanel::moveTo(const std::string& key, int row) {
  const auto found = std::find_if(
      model_.rows().begin(), model_.rows().end(), [&](const auto& one) { return one.key == key; });
  if (found == model_.rows().end() || !editor_.isDraftCurrent()) {
    return;
  }
  const auto by = row - static_cast<int>(found - model_.rows().begin());
  change([&](YamlEditor& text) { return experiments::moveAxis(text, key, by); });
  table_->selectRow(std::clamp(row, 0, model_.rowCount() - 1));
}

}  // namespace retort::gui
