#include "core/base/file.h"
#include "core/cli/arguments.h"
#include "core/cli/commands/commands.h"
#include "core/cli/report_writer.h"
#include "core/cli/workspace_access.h"

#include <filesystem>
#include <memory>

namespace retort::cli {
namespace {

namespace fs = std::filesystem;

struct ReportOptions {
  std::string experiment;
  std::string folder;
  bool may_overwrite = false;
};

/// A folder of one's own: other files in it stay, an older report is replaced only when asked.
Status prepareFolder(const ReportOptions& options) {
  if (options.folder.empty()) {
    return fail(ErrorCode::kUsage, "where to: give -o DIR");
  }
  std::error_code error;
  if (!options.may_overwrite && fs::exists(fs::path(options.folder) / "report.html", error)) {
    return fail(ErrorCode::kAlreadyExists,
                options.folder + " holds a report already; --force replaces it");
  }
  fs::create_directories(options.folder, error);
  return error
             ? fail(ErrorCode::kIo, "making the folder " + options.folder + ": " + error.message())
             : Status();
}

Result<int> report(const Session& session, const ReportOptions& options) {
  auto store = openWorkspace(session, storage::Access::kReadOnly);
  if (!store) {
    return failWith(store.error());
  }
  const auto experiment = store->experiments().find(options.experiment);
  if (!experiment) {
    return failWith(experiment.error());
  }
  if (Status prepared = prepareFolder(options); !prepared) {
    return failWith(prepared.error());
  }
  auto parts = writeExperimentParts(session, *store, *experiment, {options.folder, ""});
  if (!parts) {
    return failWith(parts.error());
  }
  if (Status written = writeDocument({experiment->name, std::move(*parts)}, options.folder);
      !written) {
    return failWith(written.error());
  }
  print("The report is " + escapeForTerminal((fs::path(options.folder) / "report.html").string()) +
        "; the same in Markdown, and each table as LaTeX and CSV, beside it\n");
  return 0;
}

CommandBody declare(Arguments& arguments) {
  auto options = std::make_shared<ReportOptions>();
  arguments.positional("EXPERIMENT", options->experiment, "The experiment");
  arguments.option("-o,--output", options->folder, "Folder to write; it is made");
  arguments.flag("--force", options->may_overwrite, "Replace the report that is there");
  return [options](Session& session) {
    return report(session, *options);
  };
}

}  // namespace

Command reportCommand() {
  return {"report",
          "Results",
          "Write the tables and figures that an experiment's report lists",
          "  retort report losses -o losses-report\n"
          "  retort report losses -o losses-report --force\n"
          "\n"
          "Writes report.html and report.md, each table as LaTeX, CSV and Markdown, and each\n"
          "figure as SVG and PDF (drawn by the desktop app, where it is built).",
          declare};
}

}  // namespace retort::cli
