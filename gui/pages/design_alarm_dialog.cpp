#include "gui/pages/design_alarm_dialog.h"

#include "experiments/yaml_layout.h"
#include "gui/models/axis_text.h"
#include "gui/models/run_text.h"

#include <QComboBox>
#include <QCompleter>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>

namespace retort::gui {

namespace {

using experiments::YamlNode;

constexpr int kWidth = 420;
constexpr int kMostPoints = 1'000'000;

/// A number with its spelling; nothing for an empty field, the error one sentence.
Result<YamlNode, QString> readLimit(const QLineEdit& field) {
  const QString text = field.text().trimmed();
  if (text.isEmpty()) {
    return YamlNode();
  }
  auto number = parseYamlText(text);
  if (!number || !number->scalar.is_number()) {
    return failWith(DesignAlarmDialog::tr("\"%1\" is no number").arg(text));
  }
  return number;
}

}  // namespace

DesignAlarmDialog::DesignAlarmDialog(const QStringList& metrics,
                                     const YamlNode& alarm,
                                     QWidget* parent)
    : QDialog(parent) {
  setWindowTitle(alarm.isMap() ? tr("Change an Alarm") : tr("Add an Alarm"));
  buildFields(metrics);
  fill(alarm);
  connect(metric_, &QComboBox::currentTextChanged, this, &DesignAlarmDialog::check);
  connect(above_, &QLineEdit::textChanged, this, &DesignAlarmDialog::check);
  connect(below_, &QLineEdit::textChanged, this, &DesignAlarmDialog::check);
  connect(points_, &QSpinBox::valueChanged, this, &DesignAlarmDialog::check);
  connect(action_, &QComboBox::currentIndexChanged, this, &DesignAlarmDialog::check);
  connect(buttons_, &QDialogButtonBox::accepted, this, &QDialog::accept);
  connect(buttons_, &QDialogButtonBox::rejected, this, &QDialog::reject);
  check();
  resize(kWidth, sizeHint().height());
}

void DesignAlarmDialog::buildFields(const QStringList& metrics) {
  metric_ = new QComboBox(this);
  metric_->setEditable(true);
  metric_->setInsertPolicy(QComboBox::NoInsert);
  metric_->addItems(metrics);
  metric_->completer()->setCompletionMode(QCompleter::PopupCompletion);
  metric_->completer()->setFilterMode(Qt::MatchContains);
  metric_->setToolTip(tr("A metric's name; * stands for any letters"));
  above_ = new QLineEdit(this);
  above_->setPlaceholderText(tr("no upper limit"));
  below_ = new QLineEdit(this);
  below_->setPlaceholderText(tr("no lower limit"));
  points_ = new QSpinBox(this);
  points_->setRange(1, kMostPoints);
  action_ = new QComboBox(this);
  action_->addItem(tr("Warn"), QStringLiteral("warn"));
  action_->addItem(tr("Stop the run"), QStringLiteral("stop"));
  verdict_ = new QLabel(this);
  verdict_->setTextFormat(Qt::PlainText);
  verdict_->setWordWrap(true);
  buttons_ = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
  auto* form = new QFormLayout(this);
  form->addRow(tr("&Metric"), metric_);
  form->addRow(tr("&Above"), above_);
  form->addRow(tr("&Below"), below_);
  form->addRow(tr("Points in a &row"), points_);
  form->addRow(tr("&Then"), action_);
  form->addRow(verdict_);
  form->addRow(buttons_);
}

void DesignAlarmDialog::fill(const YamlNode& alarm) {
  const auto spelling = [&](const char* key) {
    const YamlNode* node = alarm.find(key);
    return node == nullptr ? QString() : QString::fromStdString(node->spelling);
  };
  metric_->setCurrentText(spelling("metric"));
  above_->setText(spelling("above"));
  below_->setText(spelling("below"));
  points_->setValue(spelling("for").toInt());
  action_->setCurrentIndex(spelling("do") == QLatin1String("stop") ? 1 : 0);
}

void DesignAlarmDialog::check() {
  const std::string metric = metric_->currentText().trimmed().toStdString();
  const auto above = readLimit(*above_);
  const auto below = readLimit(*below_);
  QString problem;
  if (metric.empty()) {
    problem = tr("Choose the metric that is watched.");
  } else if (!above || !below) {
    problem = above ? below.error() : above.error();
  } else if (above->isNull() && below->isNull()) {
    problem = tr("Give a limit: above, below, or both.");
  } else {
    std::vector<std::pair<std::string, YamlNode>> entries = {
        {"metric", experiments::yamlNode(metric)}};
    if (!above->isNull()) {
      entries.emplace_back("above", *above);
    }
    if (!below->isNull()) {
      entries.emplace_back("below", *below);
    }
    if (points_->value() > 1) {
      entries.emplace_back("for", experiments::yamlNode(points_->value()));
    }
    entries.emplace_back("do",
                         experiments::yamlNode(action_->currentData().toString().toStdString()));
    alarm_ = experiments::yamlMap(std::move(entries));
  }
  buttons_->button(QDialogButtonBox::Ok)->setEnabled(problem.isEmpty());
  verdict_->setText(problem.isEmpty() ? alarmText(alarm_) : problem);
}

}  // namespace retort::gui
