#include "core/agent/trainer_registry.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/text.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

namespace retort {
namespace {

constexpr const char* kBuiltinTrainer = "retort-train";
constexpr std::uint64_t kMaxFileBytes = 1u << 20;

std::filesystem::path builtinFolder() {
  if (const char* folder = std::getenv("RETORT_TRAINER_DIR")) {
    return folder;
  }
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
}

Result<Argv> readCommand(const std::string& name, const Json& value) {
  const auto malformed = [&](std::string_view reason) {
    return fail(ErrorCode::kInvalidConfig, fmt::format("trainer '{}': {}", name, reason));
  };
  if (!isTrainerName(name)) {
    return malformed("a name has letters, digits, '-', '_' and '.' only, at most 64");
  }
  if (!value.is_array() || value.empty()) {
    return malformed("expected a list: the program and its arguments");
  }
  Argv command;
  for (const Json& argument : value) {
    if (!argument.is_string() ||
        argument.get_ref<const std::string&>().find('\0') != std::string::npos) {
      return malformed("the program and its arguments must be texts");
    }
    command.push_back(argument.get<std::string>());
  }
  const std::string& program = command.front();
  const bool is_bare = program.find('/') == std::string::npos;
  if (program.empty() || (!is_bare && program.front() != '/')) {
    return malformed(fmt::format(
        "the program '{}' must be an absolute path, or a bare name that PATH finds", program));
  }
  return command;
}

}  // namespace

bool isTrainerName(std::string_view name) {
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  return !name.empty() && name.size() <= 64 && name.front() != '.' && name.front() != '-' &&
         std::ranges::all_of(name, is_allowed);
}

Result<std::map<std::string, Argv>> readTrainers(const WorkspacePaths& workspace) {
  std::map<std::string, Argv> trainers{
      {kBuiltinTrainer, {(builtinFolder() / kBuiltinTrainer).string()}}};
  std::error_code error;
  if (!std::filesystem::exists(workspace.trainers(), error)) {
    return trainers;
  }
  const std::string file = workspace.trainers().string();
  const auto text = readFile(workspace.trainers(), kMaxFileBytes);
  if (!text) {
    return failWith(withContext(text.error(), file));
  }
  const auto json = parseJson(*text);
  if (!json || !json->is_object()) {
    return fail(ErrorCode::kInvalidConfig,
                fmt::format("{}: {}",
                            file,
                            json ? "expected an object {\"name\": [\"program\", …]}"
                                 : json.error().message));
  }
  for (const auto& [name, value] : json->items()) {
    auto command = readCommand(name, value);
    if (!command) {
      return failWith(withContext(command.error(), file));
    }
    trainers.insert_or_assign(name, *std::move(command));
  }
  return trainers;
}

Result<Argv> findTrainer(const WorkspacePaths& workspace, const std::string& name) {
  auto trainers = readTrainers(workspace);
  if (!trainers) {
    return failWith(trainers.error());
  }
  const auto found = trainers->find(name);
  if (found != trainers->end()) {
    return found->second;
  }
  std::vector<std::string> known;
  for (const auto& [known_name, command] : *trainers) {
    known.push_back(known_name);
  }
  return fail(ErrorCode::kNotFound,
              fmt::format("unknown trainer '{}'; known: {}; register others in {}",
                          escapeForTerminal(name),
                          joinStrings(known, ", "),
                          workspace.trainers().string()));
}

}  // namespace retort
