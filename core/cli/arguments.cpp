#include "core/cli/arguments.h"

#include "core/base/file.h"

#include <algorithm>

#include <CLI/CLI.hpp>

namespace retort::cli {

struct Arguments::Parser {
  std::string command;
  CLI::App app;
};

Arguments::Arguments(const std::string& command,
                     const std::string& description,
                     const std::string& examples)
    : parser_(std::make_unique<Parser>()) {
  parser_->command = command;
  parser_->app.name(command);
  parser_->app.description(description);
  parser_->app.footer("\nExamples:\n" + examples);
  parser_->app.set_help_flag("-h,--help", "Show this help");
  parser_->app.get_formatter()->column_width(34);
}

Arguments::~Arguments() = default;

void Arguments::flag(const std::string& names, bool& target, const std::string& help) {
  parser_->app.add_flag(names, target, help);
}

void Arguments::option(const std::string& names, std::string& target, const std::string& help) {
  parser_->app.add_option(names, target, help);
}

void Arguments::options(const std::string& names,
                        std::vector<std::string>& target,
                        const std::string& help) {
  parser_->app.add_option(names, target, help)->type_size(1)->allow_extra_args(false);
}

void Arguments::list(const std::string& names,
                     std::vector<std::string>& target,
                     const std::string& help) {
  parser_->app.add_option(names, target, help)
      ->type_size(1)
      ->allow_extra_args(false)
      ->delimiter(',');
}

void Arguments::number(const std::string& names,
                       std::int64_t& target,
                       std::int64_t least,
                       std::int64_t most,
                       const std::string& help) {
  parser_->app.add_option(names, target, help)
      ->check(CLI::Range(least, most).description(""))
      ->type_name("NUMBER");
}

void Arguments::choice(const std::string& names,
                       std::string& target,
                       const std::vector<std::string>& choices,
                       const std::string& help) {
  parser_->app.add_option(names, target, help)->check(CLI::IsMember(choices));
}

void Arguments::positional(const std::string& name,
                           std::string& target,
                           const std::string& help,
                           bool is_required) {
  parser_->app.add_option(name, target, help)->required(is_required)->type_name("");
}

void Arguments::positionals(const std::string& name,
                            std::vector<std::string>& target,
                            const std::string& help,
                            bool is_required) {
  parser_->app.add_option(name, target, help)->required(is_required)->type_name("");
}

Result<bool> Arguments::parse(const std::vector<std::string>& words) {
  // CLI11 throws; this is the one place where its exceptions end.
  try {
    parser_->app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
    return false;
  } catch (const CLI::CallForHelp&) {
    return true;
  } catch (const CLI::ParseError& error) {
    return fail(ErrorCode::kUsage,
                escapeForTerminal(error.what()) + "; see '" + parser_->command + " --help'");
  }
}

std::string Arguments::help() const {
  return parser_->app.help();
}

}  // namespace retort::cli
