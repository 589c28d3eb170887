#include "gui/pages/design_run_dialog.h"

#include "core/run/format.h"
#include "gui/models/palette_colors.h"
#include "gui/models/run_text.h"
#include "gui/models/yaml_highlighter.h"

#include <QDialogButtonBox>
#include <QFontDatabase>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace retort::gui {

namespace {

constexpr int kWidth = 480;
constexpr int kHeight = 320;

}  // namespace

DesignRunDialog::DesignRunDialog(std::shared_ptr<const Catalogue> catalogue,
                                 std::vector<std::string> axes,
                                 const experiments::YamlNode& settings,
                                 QWidget* parent)
    : QDialog(parent),
      catalogue_(std::move(catalogue)),
      axes_(std::move(axes)),
      text_(new QPlainTextEdit(this)),
      verdict_(new QLabel(this)),
      buttons_(new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this)) {
  setWindowTitle(settings.entries.empty() ? tr("Add a Run besides the Grid")
                                          : tr("Change a Run besides the Grid"));
  text_->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
  text_->setTabChangesFocus(true);
  text_->setPlaceholderText(tr("setting: value, one a line"));
  text_->setAccessibleName(tr("Settings of the run"));
  (new YamlHighlighter(text_->document()))->setDark(isDark(palette()));
  verdict_->setTextFormat(Qt::PlainText);
  verdict_->setWordWrap(true);
  auto* intro = new QLabel(tr("What differs from the settings of all runs:"), this);
  intro->setBuddy(text_);
  auto* layout = new QVBoxLayout(this);
  layout->addWidget(intro);
  layout->addWidget(text_, 1);
  layout->addWidget(verdict_);
  layout->addWidget(buttons_);
  connect(text_, &QPlainTextEdit::textChanged, this, &DesignRunDialog::check);
  connect(buttons_, &QDialogButtonBox::accepted, this, &QDialog::accept);
  connect(buttons_, &QDialogButtonBox::rejected, this, &QDialog::reject);
  text_->setPlainText(runText(settings));
  check();
  resize(kWidth, kHeight);
}

void DesignRunDialog::check() {
  const auto read = readRunText(text_->toPlainText(), catalogue_.get(), axes_);
  if (read) {
    settings_ = *read;
  }
  buttons_->button(QDialogButtonBox::Ok)->setEnabled(read.has_value());
  verdict_->setText(read ? QString::fromStdString(formatCount(settings_.entries.size(), "setting"))
                         : read.error());
}

}  // namespace retort::gui
