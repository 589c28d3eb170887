#pragma once

#include "core/base/result.h"

#include <QImage>
#include <QList>
#include <QMap>
#include <QString>

namespace retort::gui {

/// A report that `retort reproduce` or `retort report` has written: the folder of a report.html.
struct ReportPlace {
  QString title;  ///< of the page
  QString file;   ///< absolute path of report.html

  /// Whether it shows this experiment: it is about it alone, or has a table or figure of it.
  [[nodiscard]] bool isAbout(const QString& experiment) const;

  bool operator==(const ReportPlace&) const = default;
};

/// The reports in folders of a workspace (WORKSPACE/*/report.html), by title. Looks at the disk.
[[nodiscard]] QList<ReportPlace> findReports(const QString& workspace);

/// A report as it can be shown: its page without the style, and the pictures beside it, drawn.
struct ReportDocument {
  QString file;
  QString title;
  QString html;
  QMap<QString, QImage> pictures;  ///< by the name that the page has for them
};

/// Reads a report.html. Of what the page refers to only pictures (SVG, PNG) in its own folder are
/// read; nothing is fetched, and nothing outside of the folder is looked at. SVG is drawn on white
/// for a screen with `pixel_ratio`.
[[nodiscard]] Result<ReportDocument> loadReport(const QString& file, double pixel_ratio);

}  // namespace retort::gui
