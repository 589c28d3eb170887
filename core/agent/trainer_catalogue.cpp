#include "core/agent/trainer_catalogue.h"

#include "core/agent/program_output.h"
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/plan/attempt_outcome.h"

#include <fmt/format.h>
#include <sys/stat.h>

namespace retort {
namespace {

Result<Catalogue> readCatalogue(const std::string& text) {
  const auto json = parseJson(text);
  if (!json) {
    return fail(ErrorCode::kProtocol, json.error().message);
  }
  return catalogueFromJson(*json);
}

// Changes whenever a file that the command names changes; empty when the program is not such a
// file.
std::string commandFingerprint(const Argv& command) {
  Json parts = Json::array();
  for (const std::string& argument : command) {
    parts.push_back(argument);

    struct stat status {};

    if (argument.starts_with('/') && ::stat(argument.c_str(), &status) == 0) {
      parts.push_back(status.st_size);
      parts.push_back(status.st_mtim.tv_sec);
      parts.push_back(status.st_mtim.tv_nsec);
      parts.push_back(status.st_ino);
    } else if (&argument == &command.front()) {
      return "";
    }
  }
  return sha256Hex(canonicalJson(parts)).substr(0, 16);
}

}  // namespace

Result<Catalogue> askCatalogue(const Argv& command, const CatalogueLimits& limits) {
  Argv question = command;
  question.emplace_back("--catalog");
  const auto answer = runProgram(question, limits.timeout, limits.max_bytes);
  if (!answer) {
    return failWith(withContext(answer.error(), "asking the trainer for its catalogue"));
  }
  const std::string& program = command.front();
  if (answer->exit_code != 0) {
    const std::string ending = answer->exit_code ? fmt::format("exit code {}", *answer->exit_code)
                                                 : signalName(answer->signal.value_or(0));
    return fail(ErrorCode::kProcess,
                fmt::format("{} --catalog failed ({}): {}",
                            program,
                            ending,
                            escapeForTerminal(answer->lastErrorLine())));
  }
  auto catalogue = readCatalogue(answer->output);
  if (!catalogue) {
    return failWith(withContext(catalogue.error(), program + " --catalog"));
  }
  return catalogue;
}

Result<Catalogue> loadCatalogue(const WorkspacePaths& workspace,
                                const std::string& trainer,
                                const CatalogueLimits& limits) {
  const auto command = findTrainer(workspace, trainer);
  if (!command) {
    return failWith(command.error());
  }
  const std::string fingerprint = commandFingerprint(*command);
  const auto file = workspace.cache() / fmt::format("catalogue-{}-{}.json", trainer, fingerprint);
  if (!fingerprint.empty()) {
    if (const auto text = readFile(file, limits.max_bytes)) {
      if (auto catalogue = readCatalogue(*text)) {
        return catalogue;
      }
    }
  }
  auto catalogue = askCatalogue(*command, limits);
  std::error_code error;
  if (catalogue && !fingerprint.empty() && std::filesystem::exists(workspace.folder, error)) {
    std::filesystem::create_directories(workspace.cache(), error);
    // Only a convenience: a workspace that cannot be written works without.
    [[maybe_unused]] const Status saved = writeFileAtomically(file, toJson(*catalogue).dump());
  }
  return catalogue;
}

}  // namespace retort
