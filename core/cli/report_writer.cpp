#include "core/cli/report_writer.h"

#include "core/base/file.h"
#include "core/base/file_name.h"
#include "core/cli/figure_drawing.h"
#include "core/comparison/experiment_catalogue.h"
#include "core/comparison/experiment_report.h"
#include "core/tables/render.h"

#include <utility>

namespace retort::cli {
namespace {

namespace fs = std::filesystem;

constexpr double kFigureWidthMm = 160;

class PartWriter {
 public:
  PartWriter(const Session& session,
             storage::WorkspaceStore& store,
             const ExperimentRecord& experiment,
             const ReportPlace& place)
      : session_(session),
        store_(store),
        experiment_(experiment),
        place_(place),
        catalogue_(catalogueOf(session.paths, store, experiment)) {}

  Result<std::vector<DocumentBlock>> write() {
    const ExperimentReport report = reportOf(experiment_);
    for (const ReportTable& table : report.tables) {
      if (Status written = writeTable(table); !written) {
        return failWith(written.error());
      }
    }
    if (!report.figures.empty() && !canDrawFigures()) {
      blocks_.emplace_back(ParagraphBlock{
          "Figures were not drawn: retort-gui, which draws them, is not built. './retort gui' "
          "builds it; the same command then adds them."});
      return std::move(blocks_);
    }
    for (const ReportFigure& figure : report.figures) {
      writeFigure(figure);
    }
    return std::move(blocks_);
  }

 private:
  [[nodiscard]] std::string fileName(const std::string& name, const char* ending) const {
    return safeFileName(place_.prefix + name, ending);
  }

  Status writeTable(const ReportTable& wanted) {
    const auto lookup = [&](const std::string& name) {
      return catalogue_.findMetric(name);
    };
    const auto table = loadComparison(store_, experiment_, wanted.options, lookup);
    if (!table) {
      blocks_.emplace_back(ParagraphBlock{"The table " + titleOf(wanted.name, wanted.title) +
                                          " cannot be made: " + table.error().message});
      return {};
    }
    for (const auto& [ending, format] : {std::pair(".tex", TableFormat::kLatex),
                                         std::pair(".csv", TableFormat::kCsv),
                                         std::pair(".md", TableFormat::kMarkdown)}) {
      const fs::path file = place_.folder / fileName(wanted.name, ending);
      if (Status written = writeFileAtomically(file, renderTable(*table, format)); !written) {
        return written;
      }
    }
    blocks_.emplace_back(ComparisonBlock{titleOf(wanted.name, wanted.title), *table});
    return {};
  }

  void writeFigure(const ReportFigure& wanted) {
    const std::string title = titleOf(wanted.name, wanted.title);
    FigureSpec figure = wanted.figure;
    figure.workspace = session_.paths.folder.string();
    figure.width_mm = kFigureWidthMm;
    for (const char* ending : {".svg", ".pdf"}) {
      figure.file = (place_.folder / fileName(wanted.name, ending)).string();
      if (Status drawn = drawFigure(figure); !drawn) {
        blocks_.emplace_back(
            ParagraphBlock{"The figure " + title + " was not drawn: " + drawn.error().message});
        return;
      }
    }
    blocks_.emplace_back(PictureBlock{title, fileName(wanted.name, ".svg")});
  }

  static std::string titleOf(const std::string& name, const std::string& title) {
    return title.empty() ? name : title;
  }

  const Session& session_;
  storage::WorkspaceStore& store_;
  const ExperimentRecord& experiment_;
  const ReportPlace& place_;
  Catalogue catalogue_;
  std::vector<DocumentBlock> blocks_;
};

}  // namespace

Result<std::vector<DocumentBlock>> writeExperimentParts(const Session& session,
                                                        storage::WorkspaceStore& store,
                                                        const ExperimentRecord& experiment,
                                                        const ReportPlace& place) {
  return PartWriter(session, store, experiment, place).write();
}

Status writeDocument(const Document& document, const fs::path& folder) {
  if (Status written = writeFileAtomically(folder / "report.md", renderMarkdown(document));
      !written) {
    return written;
  }
  return writeFileAtomically(folder / "report.html", renderHtml(document));
}

}  // namespace retort::cli
