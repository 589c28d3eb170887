#include "gui/pages/watch_step_bar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSlider>

#include <algorithm>
#include <cmath>

namespace retort::gui {
namespace {

constexpr int kPositions = 1000;

}  // namespace

WatchStepBar::WatchStepBar(QWidget* parent)
    : QWidget(parent),
      slider_(new QSlider(Qt::Horizontal, this)),
      label_(new QLabel(this)) {
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(slider_, 1);
  layout->addWidget(label_);
  slider_->setRange(0, kPositions);
  slider_->setValue(kPositions);
  slider_->setPageStep(kPositions / 20);
  slider_->setAccessibleName(tr("Step of the profiles"));
  slider_->setToolTip(tr("The step that is shown; at the right end always the latest."));
  label_->setMinimumWidth(label_->fontMetrics().horizontalAdvance(tr("step 0000000 (latest)")));
  connect(slider_, &QSlider::valueChanged, this, [this](int position) {
    is_latest_ = position == kPositions;
    showStep();
    Q_EMIT stepChanged();
  });
  showStep();
}

void WatchStepBar::setSteps(double first, double last) {
  const double chosen = step();
  first_ = first;
  last_ = std::max(first, last);
  if (!is_latest_ && last_ > first_) {
    const QSignalBlocker blocker(slider_);
    const double share = std::clamp((chosen - first_) / (last_ - first_), 0.0, 1.0);
    slider_->setValue(std::min(kPositions - 1, static_cast<int>(std::lround(share * kPositions))));
  }
  showStep();
}

double WatchStepBar::step() const {
  if (is_latest_) {
    return last_;
  }
  return std::round(first_ + (last_ - first_) * slider_->value() / kPositions);
}

void WatchStepBar::showStep() {
  const QString text = tr("step %1").arg(QString::number(step(), 'f', 0));
  label_->setText(is_latest_ ? tr("%1 (latest)").arg(text) : text);
}

}  // namespace retort::gui
