#include "gui/pages/design_axis_dialog.h"

#include "core/run/format.h"
#include "core/settings/setting_key.h"
#include "experiments/yaml_layout.h"
#include "gui/models/axis_text.h"
#include "gui/models/palette_colors.h"
#include "gui/models/yaml_highlighter.h"

#include <QComboBox>
#include <QCompleter>
#include <QDialogButtonBox>
#include <QFontDatabase>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>

#include <set>

namespace retort::gui {

namespace {

constexpr int kWidth = 560;
constexpr int kHeight = 420;

/// All settings, and the groups that named values can set at once.
QStringList keysOf(const Catalogue& catalogue) {
  std::set<QString> groups;
  QStringList keys;
  for (const SettingSpec& spec : catalogue.settings) {
    keys.append(QString::fromStdString(spec.key));
    for (std::size_t dot = spec.key.find('.'); dot != std::string::npos;
         dot = spec.key.find('.', dot + 1)) {
      groups.insert(QString::fromStdString(spec.key.substr(0, dot)));
    }
  }
  return QStringList(groups.begin(), groups.end()) + keys;
}

}  // namespace

DesignAxisDialog::DesignAxisDialog(std::shared_ptr<const Catalogue> catalogue,
                                   const AxisDefinition& axis,
                                   QWidget* parent)
    : QDialog(parent),
      catalogue_(std::move(catalogue)) {
  setWindowTitle(axis.key.empty() ? tr("Add an Axis") : tr("Change an Axis"));
  buildFields();
  fill(axis);
  connect(key_, &QComboBox::currentTextChanged, this, &DesignAxisDialog::check);
  connect(values_, &QPlainTextEdit::textChanged, this, &DesignAxisDialog::check);
  connect(when_, &QLineEdit::textChanged, this, &DesignAxisDialog::check);
  connect(kind_, &QComboBox::currentIndexChanged, this, &DesignAxisDialog::showHint);
  connect(buttons_, &QDialogButtonBox::accepted, this, &QDialog::accept);
  connect(buttons_, &QDialogButtonBox::rejected, this, &QDialog::reject);
  showHint();
  resize(kWidth, kHeight);
}

void DesignAxisDialog::buildFields() {
  key_ = new QComboBox(this);
  key_->setEditable(true);
  key_->setInsertPolicy(QComboBox::NoInsert);
  if (catalogue_ != nullptr) {
    key_->addItems(keysOf(*catalogue_));
  }
  key_->completer()->setCompletionMode(QCompleter::PopupCompletion);
  key_->completer()->setFilterMode(Qt::MatchContains);
  kind_ = new QComboBox(this);
  kind_->addItems({tr("List of values"), tr("Range"), tr("Logarithmic range"), tr("Named values")});
  values_ = new QPlainTextEdit(this);
  values_->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
  values_->setTabChangesFocus(true);
  auto* highlighter = new YamlHighlighter(values_->document());
  highlighter->setDark(isDark(palette()));
  when_ = new QLineEdit(this);
  when_->setObjectName(QStringLiteral("when"));
  when_->setPlaceholderText(tr("in every cell; for example quant.weight.scheme: [int4, int8]"));
  verdict_ = new QLabel(this);
  verdict_->setTextFormat(Qt::PlainText);
  verdict_->setWordWrap(true);
  buttons_ = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
  auto* form = new QFormLayout(this);
  form->addRow(tr("&Setting"), key_);
  form->addRow(tr("&Kind"), kind_);
  form->addRow(tr("&Values"), values_);
  form->addRow(tr("Only &when"), when_);
  form->addRow(verdict_);
  form->addRow(buttons_);
}

void DesignAxisDialog::fill(const AxisDefinition& axis) {
  const AxisText text = axisText(axis.values);
  key_->setCurrentText(QString::fromStdString(axis.key));
  kind_->setCurrentIndex(static_cast<int>(text.kind));
  values_->setPlainText(text.text);
  QString when;
  if (!axis.when.entries.empty()) {
    const QString condition = QString::fromStdString(experiments::flowText(axis.when));
    when = condition.mid(1, condition.size() - 2);
  }
  when_->setText(when);
}

void DesignAxisDialog::showHint() {
  switch (static_cast<AxisText::Kind>(kind_->currentIndex())) {
    case AxisText::Kind::kList:
      values_->setPlaceholderText(tr("one value a line"));
      break;
    case AxisText::Kind::kRange:
      values_->setPlaceholderText(tr("first, last, step: 1, 5, 2 gives 1, 3, 5"));
      break;
    case AxisText::Kind::kLogRange:
      values_->setPlaceholderText(tr("first, last, count: 1e-5, 1e-3, 3 gives 1e-5, 1e-4, 1e-3"));
      break;
    case AxisText::Kind::kNamed:
      values_->setPlaceholderText(tr("name: {setting: value} a line"));
      break;
  }
  check();
}

Result<experiments::YamlNode, QString> DesignAxisDialog::readWhen() const {
  if (when_->text().trimmed().isEmpty()) {
    return experiments::yamlMap({});
  }
  return parseYamlText(u'{' + when_->text() + u'}');
}

void DesignAxisDialog::check() {
  const std::string key = key_->currentText().trimmed().toStdString();
  const SettingSpec* spec = catalogue_ == nullptr ? nullptr : catalogue_->findSetting(key);
  const auto when = readWhen();
  const auto kind = static_cast<AxisText::Kind>(kind_->currentIndex());
  const auto read = readAxisText({kind, values_->toPlainText()}, key, spec);
  QString problem;
  if (!isSettingKey(key)) {
    problem = tr("Choose the setting that the axis varies.");
  } else if (!read) {
    problem = read.error();
  } else if (!when) {
    problem = tr("Only when: %1").arg(when.error());
  } else {
    axis_ = {key, read->values, *when};
  }
  buttons_->button(QDialogButtonBox::Ok)->setEnabled(problem.isEmpty());
  verdict_->setText(problem.isEmpty() ? QString::fromStdString(formatCount(read->count, "value"))
                                      : problem);
}

}  // namespace retort::gui
