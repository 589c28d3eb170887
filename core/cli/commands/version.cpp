#include "core/cli/arguments.h"
#include "core/cli/commands/commands.h"
#include "core/cli/workspace_access.h"
#include "core/events/event.h"

#include <memory>

namespace retort::cli {
namespace {

CommandBody declare(Arguments& arguments) {
  auto is_json = std::make_shared<bool>(false);
  arguments.flag("--json", *is_json, "For scripts");
  return [is_json](Session&) -> Result<int> {
    if (*is_json) {
      printJson({{"version", RETORT_VERSION}, {"event_protocol", kEventProtocol}});
    } else {
      print("retort " RETORT_VERSION "\n");
    }
    return 0;
  };
}

}  // namespace

Command versionCommand() {
  return {"version", "Workspace", "Print the version", "  retort version --json", declare};
}

}  // namespace retort::cli
