#pragma once

#include "gui/plots/plot_style.h"

#include <QElapsedTimer>
#include <QSize>
#include <QTimer>
#include <QWidget>

class QCPItemText;
class QCPTextElement;
class QCustomPlot;
class QPaintDevice;

namespace retort::gui {

/// What all plots share: a canvas in the colours of the palette, a title that is elided to the
/// width, a sentence while there is nothing to draw, redrawing at most ten times a second while
/// data arrive, a frame while the keys go there, and a way onto paper. All texts are shown as they
/// are: never as markup.
class PlotWidget : public QWidget {
  Q_OBJECT

 public:
  explicit PlotWidget(QWidget* parent = nullptr);
  ~PlotWidget() override;

  void setTitle(const QString& title);

  [[nodiscard]] const QString& title() const { return title_; }

  /// For screen readers; the title, where there is one, is it already.
  void setName(const QString& name);

  /// The sentence in the middle while there is nothing to draw; "No data" unless set.
  void setEmptyText(const QString& sentence);

  /// Draws the plot onto `device` as a figure of `size` canvas units, each `scale` units of the
  /// device; the screen is untouched.
  void drawFigure(QPaintDevice& device, const QSize& size, double scale, const PlotStyle& style);

  /// Draws at once; everything else draws in a later turn of the event loop.
  void replotNow();

  /// How often it was drawn on the screen: for tests and measurements.
  [[nodiscard]] int replotCount() const { return replot_count_; }

  /// True while there is nothing to draw.
  [[nodiscard]] virtual bool isEmpty() const = 0;

  [[nodiscard]] QSize minimumSizeHint() const override;
  [[nodiscard]] QSize sizeHint() const override;

 Q_SIGNALS:
  void replotted();

 protected:
  [[nodiscard]] QCustomPlot& canvas() const { return *canvas_; }

  [[nodiscard]] const PlotStyle& style() const { return style_; }

  /// Colours, fonts and lengths of everything on the canvas; called again for other palettes and
  /// for paper. Overriders call it first.
  virtual void applyStyle(const PlotStyle& style);
  /// The last chance to change ranges before drawing `width` canvas units.
  virtual void prepareReplot(int width) = 0;

  /// Canvas units from top to bottom of what is being drawn.
  [[nodiscard]] int drawnHeight() const { return drawn_size_.height(); }

  /// Data have changed: redraws soon, at most ten times a second.
  void scheduleReplot();
  /// The user has done something: redraws in the next turn of the event loop.
  void replotSoon();

  void changeEvent(QEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void prepare(const QSize& size);
  void makeRoomForTitle();
  void fitTitle(int width);

  QCustomPlot* canvas_;
  QCPTextElement* title_element_;
  QCPItemText* empty_item_;
  QString title_;
  PlotStyle style_;
  QSize drawn_size_;
  QTimer replot_timer_;
  QElapsedTimer since_replot_;
  int replot_count_ = 0;
};

}  // namespace retort::gui
