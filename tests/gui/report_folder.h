#pragma once

#include "core/base/file.h"

#include <QDir>
#include <QTemporaryDir>

#include <string>

namespace retort::gui {

constexpr const char* kReportSvg =
    R"(<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20" viewBox="0 0 40 20">)"
    R"(<rect x="0" y="0" width="20" height="20" fill="#ff0000"/></svg>)";

/// A workspace with one report: report.html and a picture beside it.
class ReportFolder {
 public:
  ReportFolder() {
    write("report/points.svg", kReportSvg);
    writePage(
        R"(<h2>Claims</h2><p>a &lt;b&gt; claim</p><figure><img src="points.svg" alt="Every run">)"
        "<figcaption>Every run</figcaption></figure>");
  }

  void writePage(const std::string& body) const {
    write("report/report.html",
          "<!DOCTYPE html><html><head><title>Losses &amp; maps</title>"
          "<style>p{color:red}</style></head><body>" +
              body + "</body></html>");
  }

  void write(const std::string& name, const std::string& text) const {
    const QString path = place_.filePath(QString::fromStdString(name));
    QDir().mkpath(QFileInfo(path).path());
    static_cast<void>(writeFileAtomically(path.toStdString(), text));
  }

  [[nodiscard]] QString path() const { return place_.path(); }

  [[nodiscard]] QString page() const { return place_.filePath("report/report.html"); }

 private:
  QTemporaryDir place_;
};

}  // namespace retort::gui
