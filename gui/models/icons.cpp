#include "gui/models/icons.h"

#include <QFile>
#include <QGuiApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPalette>
#include <QPixmap>
#include <QSvgRenderer>

#include <utility>

// Resources of a static library must be asked for by name, outside of any namespace.
static void initResources() {
  Q_INIT_RESOURCE(retort);
}

namespace retort::gui {
namespace {

/// Draws an SVG whose strokes are black in a colour of the palette.
class SvgIconEngine final : public QIconEngine {
 public:
  explicit SvgIconEngine(QByteArray svg) : svg_(std::move(svg)) {}

  void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override {
    QByteArray svg = svg_;
    svg.replace("#000000", colorFor(mode).name().toLatin1());
    QSvgRenderer renderer(svg);
    renderer.render(painter, rect);
  }

  QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
    QPixmap pixmap(size);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    paint(&painter, pixmap.rect(), mode, state);
    return pixmap;
  }

  [[nodiscard]] QIconEngine* clone() const override { return new SvgIconEngine(svg_); }

 private:
  static QColor colorFor(QIcon::Mode mode) {
    const QPalette colors = QGuiApplication::palette();
    switch (mode) {
      case QIcon::Disabled:
        return colors.color(QPalette::Disabled, QPalette::WindowText);
      case QIcon::Selected:
        return colors.color(QPalette::HighlightedText);
      default:
        return colors.color(QPalette::WindowText);
    }
  }

  QByteArray svg_;
};

}  // namespace

QIcon icon(const QString& name) {
  initResources();
  QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
  return file.open(QIODevice::ReadOnly) ? QIcon(new SvgIconEngine(file.readAll())) : QIcon();
}

}  // namespace retort::gui
