#include "gui/models/icons.h"

#include <QFile>
#include <QGuiApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPalette>
#include <QPixmap>
#include <QPixmapCache>
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
    const double scale = painter->device()->devicePixelRatioF();
    QPixmap picture = draw((QSizeF(rect.size()) * scale).toSize(), colorFor(mode));
    picture.setDevicePixelRatio(scale);
    painter->drawPixmap(rect.topLeft(), picture);
  }

  QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State) override {
    return draw(size, colorFor(mode));
  }

  [[nodiscard]] QIconEngine* clone() const override { return new SvgIconEngine(svg_); }

 private:
  /// Kept, because a table draws the same few icons in every row.
  [[nodiscard]] QPixmap draw(const QSize& size, const QColor& color) const {
    const QString key = QStringLiteral("svg-%1-%2-%3x%4")
                            .arg(qHash(svg_))
                            .arg(color.rgba())
                            .arg(size.width())
                            .arg(size.height());
    QPixmap picture;
    if (QPixmapCache::find(key, &picture)) {
      return picture;
    }
    picture = QPixmap(size);
    picture.fill(Qt::transparent);
    QByteArray svg = svg_;
    svg.replace("#000000", color.name().toLatin1());
    QSvgRenderer renderer(svg);
    QPainter painter(&picture);
    renderer.render(&painter);
    QPixmapCache::insert(key, picture);
    return picture;
  }

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

QIcon applicationIcon() {
  initResources();
  QFile file(QStringLiteral(":/retort.svg"));
  return file.open(QIODevice::ReadOnly) ? QIcon(new SvgIconEngine(file.readAll())) : QIcon();
}

QIcon icon(const QString& name) {
  initResources();
  QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
  return file.open(QIODevice::ReadOnly) ? QIcon(new SvgIconEngine(file.readAll())) : QIcon();
}

}  // namespace retort::gui
