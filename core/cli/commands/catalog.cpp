#include "core/agent/trainer_catalogue.h"
#include "core/cli/arguments.h"
#include "core/cli/catalogue_text.h"
#include "core/cli/commands/commands.h"
#include "core/cli/workspace_access.h"

#include <memory>

namespace retort::cli {
namespace {

struct CatalogOptions {
  std::string text;
  std::string trainer = "retort-train";
  std::string format = "text";
  std::string output;
  bool may_overwrite = false;
  bool is_json = false;
};

Result<int> showCatalogue(const Session& session, const CatalogOptions& options) {
  const auto complete = loadCatalogue(session.paths, options.trainer);
  if (!complete) {
    return failWith(complete.error());
  }
  const Catalogue catalogue = filterCatalogue(*complete, options.text);
  const bool is_on_terminal = options.output.empty() && session.terminal.is_terminal;
  std::string document;
  if (options.is_json || options.format == "json") {
    document = toJson(catalogue).dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
  } else if (options.format == "markdown") {
    document = catalogueMarkdown(catalogue);
  } else {
    constexpr std::size_t kWidth = 100;
    document = catalogueText(catalogue,
                             std::min(session.terminal.columns, kWidth),
                             is_on_terminal && session.terminal.has_color);
  }
  const Status delivered = deliverDocument(document, options.output, options.may_overwrite);
  return delivered ? Result<int>(0) : failWith(delivered.error());
}

CommandBody declare(Arguments& arguments) {
  auto options = std::make_shared<CatalogOptions>();
  arguments.positional("TEXT", options->text, "Only entries that hold this text", false);
  arguments.option("-t,--trainer", options->trainer, "The trainer (default: retort-train)");
  arguments.choice("-f,--format", options->format, {"text", "markdown", "json"}, "Format");
  arguments.option("-o,--output", options->output, "File to write instead of the terminal");
  arguments.flag("--force", options->may_overwrite, "Replace the file if it exists");
  arguments.flag("--json", options->is_json, "The same as --format json");
  return [options](Session& session) {
    return showCatalogue(session, *options);
  };
}

}  // namespace

Command catalogCommand() {
  return {"catalog",
          "Workspace",
          "Show every setting, technique and metric of a trainer",
          "  retort catalog learning_rate\n"
          "  retort catalog --format markdown -o settings.md\n"
          "  retort catalog --trainer mine --json",
          declare};
}

}  // namespace retort::cli
