#include "gui/pages/design_value_delegate.h"

#include "gui/models/palette_colors.h"
#include "gui/models/setting_text.h"
#include "gui/models/settings_form.h"

#include <QAction>
#include <QComboBox>
#include <QCompleter>
#include <QFileDialog>
#include <QLineEdit>
#include <QStyle>
#include <QValidator>

#include <utility>

namespace retort::gui {

namespace {

QString qt(const std::string& text) {
  return QString::fromStdString(text);
}

/// Lets through what a setting allows, or may become.
class SettingValidator final : public QValidator {
 public:
  SettingValidator(const SettingSpec& spec, QObject* parent) : QValidator(parent), spec_(spec) {}

  State validate(QString& text, int& /*position*/) const override {
    if (!isSettingBeginning(spec_, text)) {
      return Invalid;
    }
    return text.isEmpty() || parseSettingText(spec_, text) ? Acceptable : Intermediate;
  }

 private:
  SettingSpec spec_;
};

QStringList wordsOf(const SettingSpec& spec) {
  QStringList words;
  if (spec.type == SettingType::kBool) {
    words = {QStringLiteral("true"), QStringLiteral("false")};
  }
  for (const std::string& choice : spec.choices) {
    words.append(qt(choice));
  }
  if (spec.type == SettingType::kStringList) {
    for (const auto& [name, list] : spec.presets) {
      words.append(qt(name));
    }
  }
  return words;
}

void showVerdict(QLineEdit* line, const SettingSpec& spec) {
  const auto value = parseSettingText(spec, line->text());
  const bool is_wrong = !line->text().isEmpty() && !value;
  QPalette palette = line->parentWidget()->palette();
  if (is_wrong) {
    palette.setColor(QPalette::Text, errorColor(palette));
  }
  line->setPalette(palette);
  const QString reason = is_wrong ? value.error() : settingSummary(spec);
  line->setToolTip(QStringLiteral("<p>%1</p>").arg(reason.toHtmlEscaped()));
}

}  // namespace

QLineEdit* makeSettingLine(const SettingSpec& spec,
                           const QStringList& references,
                           QWidget* parent) {
  auto* line = new QLineEdit(parent);
  line->setValidator(new SettingValidator(spec, line));
  line->setPlaceholderText(settingSummary(spec));
  line->setAccessibleName(qt(spec.key));
  QObject::connect(line, &QLineEdit::textChanged, line, [line, spec] { showVerdict(line, spec); });
  if (const QStringList words = references + wordsOf(spec); !words.isEmpty()) {
    auto* completer = new QCompleter(words, line);
    completer->setFilterMode(Qt::MatchContains);
    line->setCompleter(completer);
  }
  return line;
}

DesignValueDelegate::DesignValueDelegate(SpecOf spec_of,
                                         std::function<QString()> folder,
                                         QObject* parent)
    : QStyledItemDelegate(parent),
      spec_of_(std::move(spec_of)),
      folder_(std::move(folder)) {}

QWidget* DesignValueDelegate::createEditor(QWidget* parent,
                                           const QStyleOptionViewItem& /*option*/,
                                           const QModelIndex& index) const {
  const SettingSpec* spec = spec_of_(index);
  if (spec == nullptr) {
    return nullptr;
  }
  if (spec->type == SettingType::kBool || spec->type == SettingType::kChoice) {
    return makeChoice(*spec, parent);
  }
  QLineEdit* line =
      makeSettingLine(*spec, index.data(SettingsFormModel::kReferencesRole).toStringList(), parent);
  line->setFrame(false);
  line->setAutoFillBackground(true);
  if (spec->type == SettingType::kPath) {
    addPathButton(line);
  }
  return line;
}

QWidget* DesignValueDelegate::makeChoice(const SettingSpec& spec, QWidget* parent) const {
  auto* box = new QComboBox(parent);
  box->addItems(wordsOf(spec));
  box->setAccessibleName(qt(spec.key));
  box->setAutoFillBackground(true);
  auto* self = const_cast<DesignValueDelegate*>(this);
  connect(box, &QComboBox::activated, self, [self, box] {
    Q_EMIT self->commitData(box);
    Q_EMIT self->closeEditor(box);
  });
  return box;
}

void DesignValueDelegate::addPathButton(QLineEdit* line) const {
  auto* choose = line->addAction(line->style()->standardIcon(QStyle::SP_DirOpenIcon),
                                 QLineEdit::TrailingPosition);
  choose->setToolTip(tr("Choose a folder"));
  auto* self = const_cast<DesignValueDelegate*>(this);
  connect(choose, &QAction::triggered, self, [self, line] {
    auto* dialog = new QFileDialog(line->window(), tr("Choose a Folder"), self->folder_());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    connect(dialog, &QFileDialog::fileSelected, line, [self, line](const QString& path) {
      line->setText(path);
      Q_EMIT self->commitData(line);
    });
    dialog->open();
  });
}

void DesignValueDelegate::setEditorData(QWidget* editor, const QModelIndex& index) const {
  const QString text = index.data(Qt::EditRole).toString();
  if (auto* box = qobject_cast<QComboBox*>(editor)) {
    box->setCurrentText(text);
    if (box->currentText() != text) {
      box->setCurrentIndex(-1);
    }
  } else if (auto* line = qobject_cast<QLineEdit*>(editor);
             line != nullptr && !line->isModified()) {
    line->setText(text);
  }
}

void DesignValueDelegate::setModelData(QWidget* editor,
                                       QAbstractItemModel* model,
                                       const QModelIndex& index) const {
  if (const auto* box = qobject_cast<QComboBox*>(editor)) {
    if (box->currentIndex() >= 0) {
      model->setData(index, box->currentText(), Qt::EditRole);
    }
  } else if (const auto* line = qobject_cast<QLineEdit*>(editor)) {
    model->setData(index, line->text(), Qt::EditRole);
  }
}

QSize DesignValueDelegate::sizeHint(const QStyleOptionViewItem& option,
                                    const QModelIndex& index) const {
  constexpr int kRoom = 8;
  const QSize size = QStyledItemDelegate::sizeHint(option, index);
  return {size.width(), std::max(size.height(), option.fontMetrics.height() + kRoom)};
}

void DesignValueDelegate::initStyleOption(QStyleOptionViewItem* option,
                                          const QModelIndex& index) const {
  QStyledItemDelegate::initStyleOption(option, index);
  const bool is_wrong = !index.data(SettingsFormModel::kProblemRole).toString().isEmpty();
  if (is_wrong) {
    option->palette.setColor(QPalette::Text, errorColor(option->palette));
  } else if (index.data(SettingsFormModel::kAppliesRole) == false ||
             index.column() == static_cast<int>(SettingsFormModel::Column::kDocumentation)) {
    QColor color = option->palette.color(QPalette::Text);
    color.setAlphaF(0.65F);
    option->palette.setColor(QPalette::Text, color);
  }
}

}  // namespace retort::gui
