#include "core/cli/arguments.h"
#include "core/cli/commands/commands.h"
#include "core/cli/doctor_report.h"
#include "core/cli/workspace_access.h"

#include <memory>

namespace retort::cli {
namespace {

CommandBody declare(Arguments& arguments) {
  auto is_json = std::make_shared<bool>(false);
  arguments.flag("--json", *is_json, "For scripts");
  return [is_json](Session& session) -> Result<int> {
    const std::vector<CheckResult> results = examine(session);
    if (*is_json) {
      printJson(reportJson(results));
    } else {
      print(reportText(results, session.terminal.has_color));
    }
    return reportExitCode(results);
  };
}

}  // namespace

Command doctorCommand() {
  return {"doctor",
          "Workspace",
          "Check programs, trainers, devices and the workspace; 1 when something failed",
          "  retort doctor\n"
          "  retort doctor --workspace /data/retort --json",
          declare};
}

}  // namespace retort::cli
