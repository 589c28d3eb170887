#include "gui/pages/compare_export.h"

#include "core/base/file.h"
#include "core/base/file_name.h"
#include "core/base/text.h"
#include "gui/models/app_context.h"
#include "gui/pages/figure_dialog.h"
#include "gui/plots/plot_widget.h"

#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QFileInfo>
#include <QPointer>

#include <algorithm>

namespace retort::gui {
namespace {

std::string suffixOf(const QString& file) {
  return ("." + QFileInfo(file).suffix().toLower()).toStdString();
}

QString filterOf(const QString& name, const std::string& ending) {
  return QStringLiteral("%1 (*%2)").arg(name, QString::fromStdString(ending));
}

/// A save dialog that adds the ending of the chosen filter, and lives until it is closed.
QFileDialog* makeSaveDialog(QWidget* window, const QString& title, const QStringList& filters) {
  auto* dialog = new QFileDialog(window, title);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setAcceptMode(QFileDialog::AcceptSave);
  dialog->setFileMode(QFileDialog::AnyFile);
  dialog->setNameFilters(filters);
  const auto add_ending = [dialog](const QString& filter) {
    const qsizetype dot = filter.lastIndexOf(QLatin1Char('.'));
    dialog->setDefaultSuffix(filter.mid(dot + 1).chopped(1));
  };
  QObject::connect(dialog, &QFileDialog::filterSelected, dialog, add_ending);
  add_ending(filters.first());
  return dialog;
}

void addOption(std::vector<std::string>& words, const char* name, const std::string& value) {
  if (!value.empty()) {
    words.emplace_back(name);
    words.push_back(value);
  }
}

}  // namespace

const std::vector<TableExport>& tableExports() {
  static const std::vector<TableExport> exports{
      {TableFormat::kLatex, QStringLiteral("LaTeX (booktabs)"), ".tex"},
      {TableFormat::kMarkdown, QStringLiteral("Markdown"), ".md"},
      {TableFormat::kCsv, QStringLiteral("CSV"), ".csv"},
      {TableFormat::kHtml, QStringLiteral("HTML"), ".html"},
      {TableFormat::kJson, QStringLiteral("JSON"), ".json"},
      {TableFormat::kText, CompareExport::tr("Text"), ".txt"}};
  return exports;
}

std::string compareCommandLine(const std::string& experiment, const ComparisonOptions& options) {
  std::vector<std::string> words{"retort", "compare", experiment};
  addOption(words, "--by", joinStrings(options.by, ","));
  addOption(words, "--columns", joinStrings(options.columns, ","));
  for (const std::string& metric : options.metrics) {
    addOption(words, "--metric", metric);
  }
  addOption(words, "--at", options.at);
  addOption(words, "--baseline", joinStrings(options.baseline, ","));
  if (options.is_without_baseline) {
    words.emplace_back("--no-baseline");
  }
  if (options.confidence != ComparisonOptions{}.confidence) {
    addOption(words, "--confidence", formatDouble(options.confidence * 100));
  }
  std::string line;
  for (const std::string& word : words) {
    line += (line.empty() ? "" : " ") + quoteForShell(word);
  }
  return line;
}

CompareExport::CompareExport(AppContext& context, QWidget* window)
    : QObject(window),
      context_(context),
      window_(window) {}

void CompareExport::copyTable(const ComparisonTable& table, TableFormat format) {
  QApplication::clipboard()->setText(QString::fromStdString(renderTable(table, format)));
  context_.showMessage(tr("The table is on the clipboard."));
}

void CompareExport::saveTable(const ComparisonTable& table) {
  if (table.rows.empty()) {
    context_.showError(tr("There is no table to save."));
    return;
  }
  QStringList filters;
  for (const TableExport& entry : tableExports()) {
    filters.append(filterOf(entry.name, entry.ending));
  }
  QFileDialog* dialog = makeSaveDialog(window_, tr("Save table"), filters);
  dialog->setDirectory(folder_);
  dialog->selectFile(QString::fromStdString(safeFileName(table.experiment, ".tex")));
  connect(dialog, &QFileDialog::fileSelected, this, [this, table](const QString& file) {
    writeTable(table, file);
  });
  dialog->open();
}

void CompareExport::saveFigure(PlotWidget& plot, const QString& name, double needed_height_mm) {
  FigureOptions proposed = figure_options_;
  proposed.height_mm = std::max(proposed.height_mm, needed_height_mm);
  auto* size = new FigureDialog(proposed, window_);
  size->setAttribute(Qt::WA_DeleteOnClose);
  connect(size, &QDialog::accepted, this, [this, size, name, plot = QPointer(&plot)] {
    figure_options_ = size->options();
    QFileDialog* dialog = makeSaveDialog(window_,
                                         tr("Save figure"),
                                         {filterOf(QStringLiteral("PDF"), ".pdf"),
                                          filterOf(QStringLiteral("SVG"), ".svg"),
                                          filterOf(QStringLiteral("PNG"), ".png")});
    dialog->setDirectory(folder_);
    dialog->selectFile(QString::fromStdString(safeFileName(name.toStdString(), ".pdf")));
    connect(dialog, &QFileDialog::fileSelected, this, [this, plot](const QString& file) {
      if (plot) {
        writeFigure(*plot, file, figure_options_);
      }
    });
    dialog->open();
  });
  size->open();
}

void CompareExport::writeTable(const ComparisonTable& table, const QString& file) {
  const std::string ending = suffixOf(file);
  const auto& exports = tableExports();
  const auto chosen = std::find_if(exports.begin(), exports.end(), [&](const TableExport& entry) {
    return entry.ending == ending;
  });
  if (chosen == exports.end()) {
    report(fail(ErrorCode::kUsage,
                "the table's file " + file.toStdString() +
                    " must end in .tex, .md, .csv, .html, .json or .txt"),
           file);
    return;
  }
  report(writeFileAtomically(file.toStdString(), renderTable(table, chosen->format)), file);
}

void CompareExport::writeFigure(PlotWidget& plot,
                                const QString& file,
                                const FigureOptions& options) {
  report(savePlot(plot, file.toStdString(), options), file);
}

void CompareExport::report(const Status& status, const QString& file) {
  if (status) {
    folder_ = QFileInfo(file).absolutePath();
    context_.showMessage(tr("Saved as %1.").arg(file));
  } else {
    context_.showError(QString::fromStdString(status.error().message));
  }
}

}  // namespace retort::gui
