#include "gui/pages/design_report_panel.h"

#include "core/base/text.h"
#include "experiments/yaml_layout.h"
#include "gui/models/axis_text.h"
#include "gui/models/check_list_model.h"
#include "gui/models/experiment_editor.h"
#include "gui/models/palette_colors.h"
#include "gui/models/run_text.h"
#include "gui/pages/design_alarm_dialog.h"
#include "gui/pages/design_item_list.h"

#include <QComboBox>
#include <QCompleter>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QScrollArea>
#include <QVBoxLayout>

namespace retort::gui {

namespace {

using experiments::YamlNode;
using experiments::YamlPath;

constexpr int kShownAxes = 3;

QString qt(const std::string& text) {
  return QString::fromStdString(text);
}

void addHeading(QFormLayout& form, const QString& text) {
  auto* heading = new QLabel(text);
  QFont font = heading->font();
  font.setBold(true);
  heading->setFont(font);
  form.addRow(heading);
}

QStringList metricNames(const ExperimentEditor& editor) {
  QStringList names;
  if (editor.catalogue() != nullptr) {
    for (const MetricSpec& metric : editor.catalogue()->metrics) {
      names.append(qt(metric.name));
    }
  }
  return names;
}

}  // namespace

DesignReportPanel::DesignReportPanel(ExperimentEditor& editor, QWidget* parent)
    : QWidget(parent),
      editor_(editor) {
  auto* area = new QScrollArea(this);
  area->setWidgetResizable(true);
  area->setFrameShape(QFrame::NoFrame);
  area->setFocusPolicy(Qt::NoFocus);  // its fields take the keys
  auto* inner = new QWidget(area);
  auto* form = new QFormLayout(inner);
  form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
  buildNames(*form);
  buildReport(*form);
  buildResources(*form);
  buildAlarms(*form);
  area->setWidget(inner);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(area);
  connect(&editor_, &ExperimentEditor::draftRead, this, &DesignReportPanel::showDraft);
  connect(&editor_, &ExperimentEditor::planMade, this, &DesignReportPanel::showDraft);
  connect(&editor_, &ExperimentEditor::catalogueRead, this, &DesignReportPanel::showMetrics);
  showMetrics();
  showDraft();
}

void DesignReportPanel::buildNames(QFormLayout& form) {
  addField(form, tr("&Name"), tr("of the experiment"), {"experiment"}, true);
  addField(form, tr("&Trainer"), QStringLiteral("retort-train"), {"trainer"}, true);
}

void DesignReportPanel::buildReport(QFormLayout& form) {
  addHeading(form, tr("Report"));
  metric_ = new QComboBox(this);
  metric_->setEditable(true);
  metric_->setInsertPolicy(QComboBox::NoInsert);
  metric_->completer()->setCompletionMode(QCompleter::PopupCompletion);
  metric_->completer()->setFilterMode(Qt::MatchContains);
  metric_->lineEdit()->setPlaceholderText(tr("what the runs are compared by"));
  metric_->setMinimumContentsLength(1);
  metric_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  form.addRow(tr("&Metric"), metric_);
  connect(metric_, &QComboBox::activated, this, &DesignReportPanel::takeMetric);
  connect(metric_->lineEdit(), &QLineEdit::editingFinished, this, &DesignReportPanel::takeMetric);
  addChoice(form,
            tr("&Better"),
            tr("as the trainer says"),
            {QStringLiteral("max"), QStringLiteral("min")},
            {"report", "better"});
  addChoice(form,
            tr("Me&asured"),
            tr("at the last evaluation"),
            {QStringLiteral("last"), QStringLiteral("best")},
            {"report", "at"});
  axes_ = new CheckListModel(this);
  auto* list = new QListView(this);
  list->setModel(axes_);
  list->setSpacing(1);  // or the boxes overlap
  list->setAccessibleName(tr("Axes of the report"));
  list->setToolTip(tr("The rows of the table; none ticked: all axes"));
  list->setFixedHeight(kShownAxes * (fontMetrics().lineSpacing() + 4) + 2 * list->frameWidth());
  form.addRow(tr("Ro&ws by"), list);
  connect(axes_, &CheckListModel::edited, this, &DesignReportPanel::takeAxes);
}

void DesignReportPanel::buildResources(QFormLayout& form) {
  addHeading(form, tr("Resources of a run"));
  addField(form, tr("Threa&ds"), tr("1 unless given"), {"resources", "threads"});
  addField(form, tr("G&PUs"), tr("none unless given"), {"resources", "gpus"});
  addField(form, tr("Mem&ory"), tr("for example 2GiB"), {"resources", "memory"});
  addField(form, tr("T&ime limit"), tr("for example 1h30m"), {"resources", "time"});
  addField(form, tr("Priorit&y"), tr("0; higher goes first"), {"priority"});
}

void DesignReportPanel::buildAlarms(QFormLayout& form) {
  alarms_ = new DesignItemList(editor_, "alarms", tr("A&larms"), &alarmText, this);
  form.addRow(alarms_);
  connect(alarms_, &DesignItemList::itemRequested, this, &DesignReportPanel::openAlarm);
  connect(alarms_, &DesignItemList::failed, this, &DesignReportPanel::failed);
}

QLineEdit* DesignReportPanel::addField(
    QFormLayout& form, const QString& title, const QString& hint, YamlPath path, bool is_text) {
  auto* line = new QLineEdit(this);
  line->setPlaceholderText(hint);
  form.addRow(title, line);
  fields_.push_back({line, std::move(path), is_text});
  connect(line, &QLineEdit::editingFinished, this, [this, index = fields_.size() - 1] {
    takeField(fields_[index]);
  });
  return line;
}

void DesignReportPanel::addChoice(QFormLayout& form,
                                  const QString& title,
                                  const QString& open,
                                  const QStringList& words,
                                  YamlPath path) {
  auto* box = new QComboBox(this);
  box->addItem(QStringLiteral("(%1)").arg(open));
  box->addItems(words);
  form.addRow(title, box);
  choices_.push_back({box, path});
  connect(box, &QComboBox::activated, this, [this, box, path](int index) {
    give(path, index == 0 ? YamlNode() : experiments::yamlNode(box->currentText().toStdString()));
  });
}

void DesignReportPanel::give(const YamlPath& path, const YamlNode& value) {
  const Status changed = editor_.edit([&](experiments::YamlEditor& text) {
    return value.isNull() ? text.remove(path) : text.set(path, value);
  });
  if (!changed) {
    Q_EMIT failed(qt(changed.error().message));
  }
}

QString DesignReportPanel::problemOf(const YamlPath& path) const {
  const std::string key = joinStrings(path, ".");
  const auto& diagnostics =
      editor_.plan() != nullptr ? editor_.plan()->diagnostics : editor_.draft()->diagnostics;
  for (const experiments::Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.key == key) {
      return qt(diagnostic.message);
    }
  }
  return {};
}

void DesignReportPanel::showDraft() {
  for (const Field& field : fields_) {
    showField(field);
  }
  for (const Choice& choice : choices_) {
    const YamlNode* node = nodeAt(editor_.draft()->root, choice.path);
    const int index = node == nullptr ? 0 : choice.box->findText(qt(node->spelling));
    choice.box->setCurrentIndex(index);
  }
  const YamlNode* metric = nodeAt(editor_.draft()->root, {"report", "metric"});
  if (!metric_->lineEdit()->isModified()) {
    metric_->setEditText(metric == nullptr ? QString() : qt(metric->spelling));
  }
  QStringList keys;
  for (const std::string& key : editor_.draft()->document->axisKeys()) {
    keys.append(qt(key));
  }
  QStringList by;
  for (const experiments::GivenSetting& axis : editor_.draft()->document->report.by) {
    by.append(qt(axis.value.get<std::string>()));
  }
  axes_->setNames(keys, by);
}

void DesignReportPanel::showField(const Field& field) {
  const YamlNode* node = nodeAt(editor_.draft()->root, field.path);
  if (!field.line->isModified()) {
    field.line->setText(node == nullptr  ? QString()
                        : node->isText() ? qt(node->scalar.get<std::string>())
                        : node->isNull() ? QString()
                                         : qt(experiments::flowText(*node)));
  }
  const QString problem = problemOf(field.path);
  QPalette colors = palette();
  if (!problem.isEmpty()) {
    colors.setColor(QPalette::Text, errorColor(colors));
  }
  field.line->setPalette(colors);
  field.line->setToolTip(
      problem.isEmpty() ? QString() : QStringLiteral("<p>%1</p>").arg(problem.toHtmlEscaped()));
}

void DesignReportPanel::takeField(const Field& field) {
  if (!field.line->isModified()) {
    return;
  }
  field.line->setModified(false);
  const QString text = field.line->text().trimmed();
  if (text.isEmpty()) {
    give(field.path, {});
    return;
  }
  const auto value = field.is_text
                         ? Result<YamlNode, QString>(experiments::yamlNode(text.toStdString()))
                         : parseYamlText(text);
  if (!value) {
    Q_EMIT failed(tr("%1: %2").arg(qt(joinStrings(field.path, ".")), value.error()));
    return;
  }
  give(field.path, *value);
}

void DesignReportPanel::showMetrics() {
  const QString shown = metric_->currentText();
  metric_->clear();
  metric_->addItems(metricNames(editor_));
  metric_->setEditText(shown);
}

void DesignReportPanel::takeMetric() {
  metric_->lineEdit()->setModified(false);
  const QString name = metric_->currentText().trimmed();
  const YamlNode* old = nodeAt(editor_.draft()->root, {"report", "metric"});
  if (name != (old == nullptr ? QString() : qt(old->spelling))) {
    give({"report", "metric"},
         name.isEmpty() ? YamlNode() : experiments::yamlNode(name.toStdString()));
  }
}

void DesignReportPanel::takeAxes() {
  std::vector<YamlNode> axes;
  for (const QString& key : axes_->checkedNames()) {
    axes.push_back(experiments::yamlNode(key.toStdString()));
  }
  give({"report", "by"}, axes.empty() ? YamlNode() : experiments::yamlList(std::move(axes)));
}

void DesignReportPanel::openAlarm(int index) {
  const YamlNode* alarm = alarms_->itemAt(index);
  auto* dialog =
      new DesignAlarmDialog(metricNames(editor_), alarm == nullptr ? YamlNode() : *alarm, this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  connect(dialog, &QDialog::accepted, this, [this, dialog, index] {
    alarms_->put(index, dialog->alarm());
  });
  dialog->open();
}

}  // namespace retort::gui
