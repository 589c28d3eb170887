#include "gui/plots/plot_widget.h"

#include <QEvent>
#include <QFontMetrics>
#include <QPainter>
#include <QResizeEvent>
#include <QVBoxLayout>
#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

namespace retort::gui {
namespace {

constexpr int kReplotEveryMs = 100;
constexpr double kTitleScale = 1.05;
constexpr int kFrameWidth = 1;

/// Of another size it is drawn in a later turn of the event loop, after all else: a page with many
/// plots that comes in sight would wait for each of them, some of them resized several times. What
/// lies over everything, as the read-out, is copied to the screen only while there is such a thing:
/// that takes as long as all of a small plot.
class Canvas final : public QCustomPlot {
 public:
  using QCustomPlot::QCustomPlot;

 protected:
  void resizeEvent(QResizeEvent* /*event*/) override {
    setViewport(rect());
    // New buffers take as long as what is drawn into them: a turn of their own.
    QMetaObject::invokeMethod(
        this,
        [this] {
          setupPaintBuffers();
          replot(rpQueuedReplot);
        },
        Qt::QueuedConnection);
  }

  void paintEvent(QPaintEvent* /*event*/) override {
    QCPPainter painter(this);
    painter.fillRect(viewport(), mBackgroundBrush);
    const auto count = static_cast<int>(mPaintBuffers.size());
    for (int i = 0; i < count; ++i) {
      // The last layers have a buffer each.
      if (i == 0 || isNeeded(*layer(layerCount() - count + i))) {
        mPaintBuffers[i]->draw(&painter);
      }
    }
  }

 private:
  [[nodiscard]] bool isNeeded(const QCPLayer& layer) const {
    const QList<QCPLayerable*> parts = layer.children();
    return layer.mode() != QCPLayer::lmBuffered ||
           std::any_of(parts.begin(), parts.end(), [this](const QCPLayerable* part) {
             const bool is_idle = part == selectionRect() && !selectionRect()->isActive();
             return part->realVisibility() && !is_idle;
           });
  }
};

int scaled(double length, const PlotStyle& style) {
  return static_cast<int>(std::lround(length * style.unit));
}

void styleAxis(QCPAxis& axis, const PlotStyle& style) {
  const QPen line(style.foreground, style.unit);
  axis.setBasePen(line);
  axis.setTickPen(line);
  axis.setSubTickPen(line);
  axis.setTickLength(0, scaled(4, style));
  axis.setSubTickLength(0, scaled(2, style));
  axis.setTickLabelPadding(scaled(4, style));
  axis.setLabelPadding(scaled(4, style));
  axis.setPadding(scaled(3, style));
  axis.setTickLabelColor(style.foreground);
  axis.setLabelColor(style.foreground);
  axis.setTickLabelFont(style.font);
  axis.setLabelFont(style.font);
  axis.grid()->setPen(QPen(style.grid, style.unit));
  axis.grid()->setSubGridPen(QPen(style.sub_grid, style.unit));
  axis.grid()->setZeroLinePen(QPen(style.grid, style.unit));
}

}  // namespace

PlotWidget::PlotWidget(QWidget* parent)
    : QWidget(parent),
      canvas_(new Canvas(this)),
      title_element_(new QCPTextElement(canvas_)),
      empty_item_(new QCPItemText(canvas_)) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(kFrameWidth, kFrameWidth, kFrameWidth, kFrameWidth);
  layout->addWidget(canvas_);
  canvas_->setLocale(QLocale::c());
  canvas_->setNoAntialiasingOnDrag(true);
  // Painting waits for its own turn of the event loop: with the rest of a new page it takes long.
  canvas_->setPlottingHint(QCP::phImmediateRefresh, false);
  // Plots have legends of their own; the canvas' one takes long to lay out hundreds of parts.
  canvas_->setAutoAddPlottableToLegend(false);
  canvas_->setMinimumSize(1, 1);
  canvas_->setFocusPolicy(Qt::StrongFocus);
  setFocusProxy(canvas_);
  canvas_->installEventFilter(this);
  canvas_->plotLayout()->insertRow(0);
  canvas_->plotLayout()->addElement(0, 0, title_element_);
  empty_item_->position->setType(QCPItemPosition::ptAxisRectRatio);
  empty_item_->position->setCoords(0.5, 0.5);
  empty_item_->setText(tr("No data"));
  empty_item_->setLayer(QStringLiteral("overlay"));
  empty_item_->setSelectable(false);
  replot_timer_.setSingleShot(true);
  connect(&replot_timer_, &QTimer::timeout, this, &PlotWidget::replotSoon);
  connect(canvas_, &QCustomPlot::beforeReplot, this, [this] { prepare(canvas_->size()); });
  connect(canvas_, &QCustomPlot::afterReplot, this, [this] {
    ++replot_count_;
    since_replot_.start();
    Q_EMIT replotted();
  });
  PlotWidget::applyStyle(screenStyle(palette(), font()));
}

PlotWidget::~PlotWidget() = default;

void PlotWidget::setTitle(const QString& title) {
  title_ = title;
  if (!title.isEmpty()) {
    setName(title);
  }
  makeRoomForTitle();
  replotSoon();
}

void PlotWidget::setName(const QString& name) {
  setAccessibleName(name);
  canvas_->setAccessibleName(name);
}

void PlotWidget::setEmptyText(const QString& sentence) {
  empty_item_->setText(sentence);
  replotSoon();
}

void PlotWidget::drawFigure(QPaintDevice& device,
                            const QSize& size,
                            double scale,
                            const PlotStyle& style) {
  applyStyle(style);
  prepare(size);
  {
    QCPPainter painter(&device);
    painter.scale(scale, scale);
    painter.setMode(QCPPainter::pmVectorized);
    painter.setMode(QCPPainter::pmNonCosmetic);
    canvas_->toPainter(&painter, size.width(), size.height());
  }
  applyStyle(screenStyle(palette(), font()));
  replotSoon();
}

void PlotWidget::replotNow() {
  replot_timer_.stop();
  canvas_->replot(QCustomPlot::rpImmediateRefresh);
}

QSize PlotWidget::minimumSizeHint() const {
  const QFontMetrics metrics(font());
  return {metrics.averageCharWidth() * 24, metrics.height() * 6};
}

QSize PlotWidget::sizeHint() const {
  const QFontMetrics metrics(font());
  return {metrics.averageCharWidth() * 80, metrics.height() * 16};
}

void PlotWidget::applyStyle(const PlotStyle& style) {
  style_ = style;
  canvas_->setBackground(QBrush(style.background));
  // Room for usual numbers, so that the axes of plots below each other stand below each other.
  const int left = QFontMetrics(style.font).horizontalAdvance(QStringLiteral("000000")) +
                   QFontMetrics(style.font).height() + scaled(12, style);
  for (QCPAxisRect* rect : canvas_->axisRects()) {
    for (QCPAxis* axis : rect->axes()) {
      styleAxis(*axis, style);
    }
    rect->setMinimumMargins(QMargins(left, scaled(8, style), scaled(10, style), scaled(4, style)));
  }
  QFont title_font = style.font;
  title_font.setBold(true);
  if (title_font.pixelSize() > 0) {
    title_font.setPixelSize(static_cast<int>(std::lround(title_font.pixelSize() * kTitleScale)));
  }
  title_element_->setFont(title_font);
  title_element_->setTextColor(style.foreground);
  title_element_->setTextFlags(Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine);
  makeRoomForTitle();
  canvas_->plotLayout()->setRowSpacing(0);
  empty_item_->setFont(style.font);
  empty_item_->setColor(style.muted);
}

void PlotWidget::scheduleReplot() {
  if (replot_timer_.isActive()) {
    return;
  }
  const qint64 elapsed = since_replot_.isValid() ? since_replot_.elapsed() : kReplotEveryMs;
  replot_timer_.start(static_cast<int>(std::max<qint64>(0, kReplotEveryMs - elapsed)));
}

void PlotWidget::replotSoon() {
  canvas_->replot(QCustomPlot::rpQueuedReplot);
}

void PlotWidget::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
    applyStyle(screenStyle(palette(), font()));
    replotSoon();
  }
}

void PlotWidget::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  fitTitle(event->size().width());
}

/// The frame around the canvas, in the background's colour while the keys go elsewhere.
void PlotWidget::paintEvent(QPaintEvent* /*event*/) {
  QPainter painter(this);
  painter.setPen(canvas_->hasFocus() ? style_.accent : style_.background);
  painter.drawRect(rect().adjusted(0, 0, -kFrameWidth, -kFrameWidth));
}

bool PlotWidget::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut) {
    update();
  }
  return QWidget::eventFilter(watched, event);
}

void PlotWidget::makeRoomForTitle() {
  const bool has_title = !title_.isEmpty();
  title_element_->setVisible(has_title);
  title_element_->setMinimumSize(has_title ? QSize(0, 0) : QSize(1, 1));
  title_element_->setMaximumSize(QWIDGETSIZE_MAX, has_title ? QWIDGETSIZE_MAX : 1);
  const int side = has_title ? scaled(8, style_) : 0;
  title_element_->setMargins(QMargins(side, side / 2, side, 0));
}

void PlotWidget::prepare(const QSize& size) {
  drawn_size_ = size;
  fitTitle(size.width());
  empty_item_->setVisible(isEmpty());
  prepareReplot(size.width());
}

void PlotWidget::fitTitle(int width) {
  const int available = std::max(1, width - scaled(24, style_));
  const QFontMetrics metrics(title_element_->font());
  title_element_->setText(metrics.elidedText(title_, Qt::ElideRight, available));
}

}  // namespace retort::gui
