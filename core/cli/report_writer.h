#pragma once

#include "core/cli/command.h"
#include "core/run/run_record.h"
#include "core/tables/document.h"
#include "storage/workspace_store.h"

#include <filesystem>
#include <string>
#include <vector>

namespace retort::cli {

/// Where the files of one experiment's report go.
struct ReportPlace {
  std::filesystem::path folder;  ///< of the document; exists
  std::string prefix;            ///< of the files' names, for a folder that several share
};

/// Writes the experiment's tables (.tex, .csv, .md) and figures (.svg, .pdf) into the folder and
/// returns the parts of a document that show them. What cannot be made (a metric that was not
/// recorded, figures where the desktop app is not built) is said in its place; an error only when
/// a file cannot be written or the workspace cannot be read.
[[nodiscard]] Result<std::vector<DocumentBlock>> writeExperimentParts(
    const Session& session,
    storage::WorkspaceStore& store,
    const ExperimentRecord& experiment,
    const ReportPlace& place);

/// report.md and report.html.
[[nodiscard]] Status writeDocument(const Document& document, const std::filesystem::path& folder);

}  // namespace retort::cli
