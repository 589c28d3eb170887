#pragma once

#include "core/comparison/comparison_loader.h"
#include "core/tables/render.h"
#include "gui/plots/figure_export.h"

#include <QObject>
#include <QString>

#include <string>

class QMenu;

namespace retort::gui {

class AppContext;
class PlotWidget;

/// A format that tables are exported in.
struct TableExport {
  TableFormat format;
  QString name;        ///< "LaTeX (booktabs)"
  std::string ending;  ///< ".tex"
};

[[nodiscard]] const std::vector<TableExport>& tableExports();

/// The command line that prints the same table: every word is quoted where a shell needs it.
[[nodiscard]] std::string compareCommandLine(const std::string& experiment,
                                             const ComparisonOptions& options);

/// Carries tables and figures to the clipboard and to files that the user chooses. Proposed names
/// are safe; Qt's dialog asks before it replaces a file; a file is written completely or not at
/// all, and a failure is one message.
class CompareExport final : public QObject {
  Q_OBJECT

 public:
  CompareExport(AppContext& context, QWidget* window);

  void copyTable(const ComparisonTable& table, TableFormat format);
  /// Asks where to.
  void saveTable(const ComparisonTable& table);
  /// `needed_height_mm`: what the dialog proposes at least.
  void saveFigure(PlotWidget& plot, const QString& name, double needed_height_mm);

  /// What the dialogs do at their end.
  void writeTable(const ComparisonTable& table, const QString& file);
  void writeFigure(PlotWidget& plot, const QString& file, const FigureOptions& options);

 private:
  void report(const Status& status, const QString& file);

  AppContext& context_;
  QWidget* window_;
  QString folder_;  ///< where the last file went
  FigureOptions figure_options_;
};

}  // namespace retort::gui
