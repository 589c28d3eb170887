#pragma once

#include <qcustomplot.h>

namespace retort::gui {

/// What is only looked at: it is not selected, and the axes do not look at it for their ranges.
class PassivePlottable : public QCPAbstractPlottable {
 public:
  PassivePlottable(QCPAxis* key_axis, QCPAxis* value_axis)
      : QCPAbstractPlottable(key_axis, value_axis) {
    setSelectable(QCP::stNone);
  }

  double selectTest(const QPointF&, bool, QVariant*) const final { return -1; }

  QCPRange getKeyRange(bool& found, QCP::SignDomain) const final {
    found = false;
    return {};
  }

  QCPRange getValueRange(bool& found, QCP::SignDomain, const QCPRange&) const final {
    found = false;
    return {};
  }
};

}  // namespace retort::gui
