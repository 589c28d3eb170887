#pragma once

#include <QObject>
#include <QPointF>

class QCustomPlot;
class QEvent;
class QKeyEvent;
class QMouseEvent;
class QWheelEvent;

namespace retort::gui {

/// What mouse and keyboard do in a plot:
///   drag                  pan; over an axis only that axis
///   wheel                 zoom X; with Ctrl Y; over an axis that axis
///   Shift + drag          zoom into a rectangle
///   double click, 0, Home all in sight again
///   arrows, + and -       pan and zoom X;  Ctrl + these: Y
/// Ranges are changed at the axes themselves.
class PlotNavigator final : public QObject {
  Q_OBJECT

 public:
  /// Watches the canvas, which must live as long.
  explicit PlotNavigator(QCustomPlot* canvas);

 Q_SIGNALS:
  void resetRequested();
  /// The pointer is at this place of the axes' rectangle, in canvas units.
  void hovered(const QPointF& position);
  void left();

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void takePress(const QMouseEvent* event);
  void takeMove(const QMouseEvent* event);
  void takeWheel(const QWheelEvent* event);
  bool takeKey(const QKeyEvent* event);
  void moveRange(Qt::Orientation axis, double share) const;
  void zoomRange(Qt::Orientation axis, double factor) const;

  QCustomPlot* canvas_;
};

}  // namespace retort::gui
