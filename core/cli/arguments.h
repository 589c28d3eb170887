#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace retort::cli {

/// What one command accepts on its command line: declared first, then parsed into the targets,
/// which must outlive the object. Hides CLI11, so that a command costs no second of compilation.
class Arguments {
 public:
  /// `command` as it is typed ("retort run"), for usage and messages.
  Arguments(const std::string& command,
            const std::string& description,
            const std::string& examples);
  ~Arguments();
  Arguments(const Arguments&) = delete;
  Arguments& operator=(const Arguments&) = delete;

  /// `names`: "--json" or "-o,--output".
  void flag(const std::string& names, bool& target, const std::string& help);
  void option(const std::string& names, std::string& target, const std::string& help);
  /// May be given several times; each takes one value.
  void options(const std::string& names, std::vector<std::string>& target, const std::string& help);
  /// One value with commas: "a,b" gives two.
  void list(const std::string& names, std::vector<std::string>& target, const std::string& help);
  void number(const std::string& names,
              std::int64_t& target,
              std::int64_t least,
              std::int64_t most,
              const std::string& help);
  void choice(const std::string& names,
              std::string& target,
              const std::vector<std::string>& choices,
              const std::string& help);
  /// `name` in capitals, as it appears in the usage line.
  void positional(const std::string& name,
                  std::string& target,
                  const std::string& help,
                  bool is_required = true);
  void positionals(const std::string& name,
                   std::vector<std::string>& target,
                   const std::string& help,
                   bool is_required = true);

  /// Fills the targets from the words after the command. kUsage with the offending text. Returns
  /// true when help was asked for: then nothing is to be done but to print `help()`.
  [[nodiscard]] Result<bool> parse(const std::vector<std::string>& words);
  [[nodiscard]] std::string help() const;

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace retort::cli
