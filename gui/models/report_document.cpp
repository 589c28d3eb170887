#include "gui/models/report_document.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QImageReader>
#include <QPainter>
#include <QRegularExpression>
#include <QSvgRenderer>
#include <QTextDocumentFragment>

#include <algorithm>

namespace retort::gui {
namespace {

constexpr qint64 kLargestPage = 16 << 20;
constexpr qint64 kLargestPicture = 8 << 20;
constexpr qint64 kHead = 8 << 10;  // holds the title
constexpr int kWidestPicture = 900;
constexpr qsizetype kMostPictures = 500;

QString plainText(const QString& html) {
  return QTextDocumentFragment::fromHtml(html).toPlainText().simplified();
}

QString titleOf(const QString& html) {
  static const QRegularExpression kTitle(QStringLiteral("<title>([^<]*)</title>"));
  return plainText(kTitle.match(html).captured(1));
}

/// Empty where the page asks for something else than a picture in its own folder.
QString picturePath(const QDir& folder, const QString& name) {
  const QFileInfo file(folder.filePath(name));
  const bool is_beside = !name.contains(QLatin1Char('/')) && !name.contains(QLatin1Char('\\')) &&
                         file.isFile() && file.size() <= kLargestPicture;
  // A link may lead anywhere.
  return is_beside && file.canonicalPath() == folder.canonicalPath() ? file.canonicalFilePath()
                                                                     : QString();
}

QImage drawSvg(const QString& path, double pixel_ratio) {
  QSvgRenderer renderer(path);
  if (!renderer.isValid() || renderer.defaultSize().isEmpty()) {
    return {};
  }
  QSizeF size = renderer.defaultSize();
  size *= std::min(1.0, kWidestPicture / size.width());
  size = size.boundedTo(QSizeF(kWidestPicture, 4 * kWidestPicture));
  QImage image((size * pixel_ratio).toSize(), QImage::Format_RGB32);
  image.fill(Qt::white);
  QPainter painter(&image);
  renderer.render(&painter, QRectF(QPointF(0, 0), size * pixel_ratio));
  painter.end();
  image.setDevicePixelRatio(pixel_ratio);
  return image;
}

QImage readPicture(const QString& path, double pixel_ratio) {
  if (path.endsWith(QLatin1String(".svg"))) {
    return drawSvg(path, pixel_ratio);
  }
  return path.endsWith(QLatin1String(".png")) ? QImageReader(path, "png").read() : QImage();
}

}  // namespace

bool ReportPlace::isAbout(const QString& experiment) const {
  if (experiment.isEmpty()) {
    return false;
  }
  const QStringList files = QFileInfo(file).absoluteDir().entryList(QDir::Files);
  return title == experiment || std::ranges::any_of(files, [&](const QString& name) {
           return name.startsWith(experiment + QLatin1Char('-'));
         });
}

QList<ReportPlace> findReports(const QString& workspace) {
  QList<ReportPlace> reports;
  const QDir place(workspace);
  for (const QString& name : place.entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name)) {
    QFile file(place.absoluteFilePath(name + QStringLiteral("/report.html")));
    if (file.open(QIODevice::ReadOnly)) {
      const QString title = titleOf(QString::fromUtf8(file.read(kHead)));
      reports.append({title.isEmpty() ? name : title, QFileInfo(file).absoluteFilePath()});
    }
  }
  std::ranges::stable_sort(reports, {}, &ReportPlace::title);
  return reports;
}

Result<ReportDocument> loadReport(const QString& file, double pixel_ratio) {
  QFile page(file);
  if (!page.open(QIODevice::ReadOnly)) {
    return fail(ErrorCode::kIo,
                "the report " + file.toStdString() +
                    " cannot be read: " + page.errorString().toStdString());
  }
  if (page.size() > kLargestPage) {
    return fail(ErrorCode::kInvalidData,
                "the report " + file.toStdString() + " is larger than 16 MiB: no report of Retort");
  }
  ReportDocument report;
  report.file = QFileInfo(file).absoluteFilePath();
  report.html = QString::fromUtf8(page.readAll());
  report.title = titleOf(report.html);
  static const QRegularExpression kStyle(QStringLiteral("<style>.*?</style>"),
                                         QRegularExpression::DotMatchesEverythingOption);
  static const QRegularExpression kPicture(QStringLiteral("<img src=\"([^\"]+)\""));
  report.html.remove(kStyle);
  // Qt's rich text does not know figures: without this their captions stand beside them.
  report.html.replace(QLatin1String("figcaption>"), QLatin1String("p>"));
  report.html.replace(QLatin1String("figure>"), QLatin1String("div>"));
  const QDir folder = QFileInfo(report.file).absoluteDir();
  for (auto found = kPicture.globalMatch(report.html);
       found.hasNext() && report.pictures.size() < kMostPictures;) {
    const QString name = plainText(found.next().captured(1));
    if (const QString path = picturePath(folder, name); !path.isEmpty()) {
      report.pictures[name] = readPicture(path, pixel_ratio);
    }
  }
  return report;
}

}  // namespace retort::gui
