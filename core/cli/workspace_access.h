#pragma once

#include "core/base/json.h"
#include "core/cli/command.h"
#include "core/run/run_record.h"
#include "core/settings/catalogue.h"
#include "storage/workspace_store.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

/// What several commands do with the workspace.
namespace retort::cli {

/// Opens it; for kNotFound the message says how to make or choose one.
[[nodiscard]] Result<storage::WorkspaceStore> openWorkspace(const Session& session,
                                                            storage::Access access);

/// Sends a request for the runs that `words` mean, and waits until the agent has carried it out.
/// `arguments` gets "run_ids". Returns the runs as they were before.
[[nodiscard]] Result<std::vector<RunRecord>> requestForRuns(const Session& session,
                                                            const std::string& kind,
                                                            const std::vector<std::string>& words,
                                                            Json arguments = Json::object());

/// Prints what was done to each run: "VERB 0123abcd NAME" a line, or a list of {run, name, done}
/// for scripts.
void printRuns(const std::string& verb, const std::vector<RunRecord>& runs, bool is_json);

/// Prints indented JSON; invalid UTF-8 in texts becomes U+FFFD.
void printJson(const Json& json);

/// Writes a document to a file chosen by the user; kAlreadyExists without `may_overwrite`. An empty
/// name or "-" prints it.
[[nodiscard]] Status deliverDocument(const std::string& document,
                                     const std::string& file,
                                     bool may_overwrite);

/// Catalogues of registered trainers, asked once each.
class Catalogues {
 public:
  explicit Catalogues(WorkspacePaths paths) : paths_(std::move(paths)) {}

  [[nodiscard]] Result<Catalogue> find(const std::string& trainer);

 private:
  WorkspacePaths paths_;
  std::map<std::string, Result<Catalogue>> known_;
};

}  // namespace retort::cli
