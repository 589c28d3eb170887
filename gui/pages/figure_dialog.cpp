#include "gui/pages/figure_dialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

#include <array>

namespace retort::gui {
namespace {

constexpr double kMmPerInch = 25.4;
constexpr double kShortestMm = 10;
constexpr double kLongestMm = 2000;

struct Preset {
  const char* name;
  double width_mm;
  double height_mm;
  double font_pt;
};

/// Sizes in which figures are printed without being scaled.
constexpr std::array<Preset, 4> kPresets{{
    {QT_TRANSLATE_NOOP("retort::gui::FigureDialog", "One column of a paper"), 84, 60, 7},
    {QT_TRANSLATE_NOOP("retort::gui::FigureDialog", "Two columns of a paper"), 174, 90, 8},
    {QT_TRANSLATE_NOOP("retort::gui::FigureDialog", "Half a page"), 140, 90, 9},
    {QT_TRANSLATE_NOOP("retort::gui::FigureDialog", "A slide"), 254, 143, 16},
}};

}  // namespace

FigureDialog::FigureDialog(const FigureOptions& options, QWidget* parent)
    : QDialog(parent),
      presets_(new QComboBox(this)),
      width_(new QDoubleSpinBox(this)),
      height_(new QDoubleSpinBox(this)),
      unit_(new QComboBox(this)),
      font_(new QDoubleSpinBox(this)),
      resolution_(new QSpinBox(this)),
      font_family_(options.font_family) {
  setWindowTitle(tr("Save figure"));
  presets_->addItem(tr("As chosen below"));
  for (const Preset& preset : kPresets) {
    presets_->addItem(tr(preset.name));
  }
  unit_->addItem(tr("mm"), 1.0);
  unit_->addItem(tr("inch"), kMmPerInch);
  unit_->setAccessibleName(tr("Unit of width and height"));
  font_->setRange(3, 72);
  font_->setDecimals(1);
  font_->setSuffix(tr(" pt"));
  font_->setValue(options.font_pt);
  resolution_->setRange(30, 2400);
  resolution_->setSuffix(tr(" dots per inch"));
  resolution_->setValue(options.dots_per_inch);
  applyUnit();
  setSize(options.width_mm, options.height_mm);
  auto* form = new QFormLayout;
  form->addRow(tr("&Size"), presets_);
  form->addRow(tr("&Width"), width_);
  form->addRow(tr("&Height"), height_);
  form->addRow(tr("&Unit"), unit_);
  form->addRow(tr("&Font"), font_);
  form->addRow(tr("&Resolution of PNG"), resolution_);
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
  buttons->addButton(tr("Choose &file…"), QDialogButtonBox::AcceptRole)->setDefault(true);
  auto* whole = new QVBoxLayout(this);
  whole->addLayout(form);
  whole->addWidget(buttons);
  connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  connect(presets_, &QComboBox::activated, this, &FigureDialog::applyPreset);
  connect(unit_, &QComboBox::activated, this, [this] {
    const FigureOptions before = this->options();
    applyUnit();
    setSize(before.width_mm, before.height_mm);
  });
}

FigureOptions FigureDialog::options() const {
  FigureOptions options;
  options.width_mm = width_->value() * mm_per_unit_;
  options.height_mm = height_->value() * mm_per_unit_;
  options.font_pt = font_->value();
  options.dots_per_inch = resolution_->value();
  options.font_family = font_family_;
  return options;
}

void FigureDialog::applyPreset(int index) {
  if (index > 0) {
    const Preset& preset = kPresets[static_cast<std::size_t>(index - 1)];
    setSize(preset.width_mm, preset.height_mm);
    font_->setValue(preset.font_pt);
  }
}

void FigureDialog::applyUnit() {
  mm_per_unit_ = unit_->currentData().toDouble();
  const bool is_mm = mm_per_unit_ == 1;
  for (QDoubleSpinBox* side : {width_, height_}) {
    side->setDecimals(is_mm ? 1 : 3);
    side->setSingleStep(is_mm ? 1 : 0.1);
    side->setRange(kShortestMm / mm_per_unit_, kLongestMm / mm_per_unit_);
    side->setSuffix(QLatin1Char(' ') + unit_->currentText());
  }
}

void FigureDialog::setSize(double width_mm, double height_mm) {
  width_->setValue(width_mm / mm_per_unit_);
  height_->setValue(height_mm / mm_per_unit_);
}

}  // namespace retort::gui
