#include "core/cli/workspace_access.h"

#include "core/agent/agent_client.h"
#include "core/agent/trainer_catalogue.h"
#include "core/base/file.h"
#include "core/cli/run_reference.h"
#include "core/run/format.h"

#include <filesystem>

namespace retort::cli {

Result<storage::WorkspaceStore> openWorkspace(const Session& session, storage::Access access) {
  auto store = storage::WorkspaceStore::open(session.paths.folder, access);
  if (!store && store.error().code == ErrorCode::kNotFound) {
    return fail(ErrorCode::kNotFound,
                "there is no workspace in " + session.paths.folder.string() +
                    "; 'retort run FILE' makes one, --workspace DIR chooses another");
  }
  if (store) {
    for (const std::string& warning : store->warnings()) {
      printError("retort: " + escapeForTerminal(warning) + "\n");
    }
  }
  return store;
}

Result<std::vector<RunRecord>> requestForRuns(const Session& session,
                                              const std::string& kind,
                                              const std::vector<std::string>& words,
                                              Json arguments) {
  auto store = openWorkspace(session, storage::Access::kReadWrite);
  if (!store) {
    return failWith(store.error());
  }
  auto runs = resolveRuns(*store, words);
  if (!runs) {
    return failWith(runs.error());
  }
  Json ids = Json::array();
  for (const RunRecord& run : *runs) {
    ids.push_back(run.spec.run_id);
  }
  arguments["run_ids"] = std::move(ids);
  if (Status sent = sendRequest(*store, kind, arguments); !sent) {
    return failWith(sent.error());
  }
  return runs;
}

void printRuns(const std::string& verb, const std::vector<RunRecord>& runs, bool is_json) {
  Json list = Json::array();
  for (const RunRecord& run : runs) {
    list.push_back({{"run", run.spec.run_id}, {"name", run.name}, {"done", verb}});
    if (!is_json) {
      print(verb + " " + shortId(run.spec.run_id) + " " + escapeForTerminal(run.name) + "\n");
    }
  }
  if (is_json) {
    printJson(list);
  }
}

void printJson(const Json& json) {
  print(json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

Status deliverDocument(const std::string& document, const std::string& file, bool may_overwrite) {
  if (file.empty() || file == "-") {
    print(document);
    return {};
  }
  std::error_code error;
  if (!may_overwrite && std::filesystem::exists(std::filesystem::symlink_status(file, error))) {
    return fail(ErrorCode::kAlreadyExists, file + " exists; --force replaces it");
  }
  return writeFileAtomically(file, document);
}

Result<Catalogue> Catalogues::find(const std::string& trainer) {
  auto found = known_.find(trainer);
  if (found == known_.end()) {
    found = known_.emplace(trainer, loadCatalogue(paths_, trainer)).first;
  }
  return found->second;
}

}  // namespace retort::cli
