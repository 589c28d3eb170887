#include "core/base/file.h"
#include "trainers/catalog.h"
#include "trainers/training/failure.h"
#include "trainers/training/run_analysis.h"
#include "trainers/training/run_session.h"
#include "trainers/training/stop_signals.h"

#include <cstdio>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace retort;

constexpr int kUsageError = 64;

constexpr const char* kHelp =
    R"(retort-train: carries out one run of Retort.

usage:
  retort-train --catalog      print all settings, techniques and metrics as JSON
  retort-train --run DIR      carry out DIR/spec.yaml; go on from DIR/checkpoint if there is one
  retort-train --check DIR    check everything that can be checked without training; print JSON
  retort-train --analyze DIR --probe NAME[,NAME…] [--set KEY=VALUE]… [--checkpoint last|best|STEP]
               [--rows N] [--batch N]
                              measure the model of DIR with probes on its evaluation rows; write
                              DIR/analysis/ and print JSON
  retort-train --version      print the version
  retort-train --help         print this

signals: TERM, INT, USR1, USR2: finish the step, write a checkpoint, exit 75; again: at once.
exit codes: 0 finished, 2 diverged, 65 bad data, 66 missing input, 75 stopped, 78 bad spec;
everything else is a crash.

example:
  retort-train --check retort-workspace/runs/0123456789abcdef
)";

void print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
}

void printError(const std::string& message) {
  std::fprintf(stderr, "retort-train: %s\n", escapeForTerminal(message, true).c_str());
}

int printCatalogue() {
  print(toJson(train::trainerCatalogue()).dump(2) + "\n");
  return std::fflush(stdout) == 0 ? 0 : 74;
}

int run(const std::string& folder) {
  train::StopSignals::install();
  std::unique_ptr<train::RunSession> session;
  try {
    session = std::make_unique<train::RunSession>(folder);
    const train::LoopEnd end = session->run();
    printError(end.message);
    return static_cast<int>(end.exit_code);
  } catch (...) {
    const train::Failure failure = train::describeFailure(std::current_exception());
    printError(failure.message);
    if (session) {
      session->reportFailure(failure);
    }
    return failure.exit_code;
  }
}

int check(const std::string& folder) {
  try {
    print(train::checkRun(folder).dump(2) + "\n");
    return 0;
  } catch (...) {
    const train::Failure failure = train::describeFailure(std::current_exception());
    const Json report = {{"ok", false}, {"message", failure.message}};
    print(report.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    printError(failure.message);
    return failure.exit_code;
  }
}

int analyze(const std::string& folder, const std::vector<std::string>& words) {
  train::StopSignals::install();
  try {
    const train::AnalysisRequest request = train::parseAnalysisRequest(words);
    print(train::analyzeRun(folder, request).dump(1) + "\n");
    return std::fflush(stdout) == 0 ? 0 : 74;
  } catch (const std::invalid_argument& error) {
    printError(error.what());
    return kUsageError;
  } catch (...) {
    const train::Failure failure = train::describeFailure(std::current_exception());
    printError(failure.message);
    return failure.exit_code;
  }
}

}  // namespace

int main(int count, char** arguments) {
  const std::string command = count > 1 ? arguments[1] : "";
  if (count == 2 && command == "--catalog") {
    return printCatalogue();
  }
  if (count == 2 && (command == "--help" || command == "-h")) {
    print(kHelp);
    return 0;
  }
  if (count == 2 && command == "--version") {
    print("retort-train " + train::trainerCatalogue().release + "\n");
    return 0;
  }
  if (count == 3 && command == "--run") {
    return run(arguments[2]);
  }
  if (count == 3 && command == "--check") {
    return check(arguments[2]);
  }
  if (count >= 3 && command == "--analyze") {
    return analyze(arguments[2], {arguments + 3, arguments + count});
  }
  printError("expected --catalog, --run DIR, --check DIR, --analyze DIR, --version or --help");
  return kUsageError;
}
