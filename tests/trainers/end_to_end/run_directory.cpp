#include "tests/trainers/end_to_end/run_directory.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/text.h"
#include "experiments/spec_file.h"
#include "trainers/catalog.h"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <thread>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace retort::train {

namespace {

constexpr std::uint64_t kFileLimit = 1 << 26;

void redirect(const std::filesystem::path& file, int descriptor) {
  const int opened = open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  dup2(opened, descriptor);
  close(opened);
}

}  // namespace

TrainerProgram::TrainerProgram(const std::vector<std::string>& arguments,
                               const std::filesystem::path& folder)
    : folder_(folder) {
  const std::string program = std::string(PROGRAM_DIR) + "/retort-train";
  std::vector<char*> argv = {const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) {
    argv.push_back(const_cast<char*>(argument.c_str()));
  }
  argv.push_back(nullptr);
  const std::filesystem::path output = folder / "stdout";
  const std::filesystem::path errors = folder / "stderr";
  pid_ = fork();
  if (pid_ == 0) {
    redirect(output, STDOUT_FILENO);
    redirect(errors, STDERR_FILENO);
    execv(program.c_str(), argv.data());
    _exit(127);
  }
}

TrainerProgram::~TrainerProgram() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
}

void TrainerProgram::send(int signal) const {
  kill(pid_, signal);
}

ProgramEnd TrainerProgram::wait() {
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  ProgramEnd end;
  end.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  end.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  end.output = readFile(folder_ / "stdout", kFileLimit).value_or("");
  end.errors = readFile(folder_ / "stderr", kFileLimit).value_or("");
  return end;
}

std::string hashOf(const std::filesystem::path& model) {
  return sha256OfInput(model).value_or("");
}

RunDirectory::RunDirectory(const SettingValues& settings) {
  std::filesystem::create_directory(paths().folder);
  writeSpec(settings);
}

void RunDirectory::writeSpec(const SettingValues& settings) const {
  const RunSpec spec{.run_id = kRunId,
                     .trainer = "retort-train",
                     .release = trainerCatalogue().release,
                     .settings = settings};
  EXPECT_TRUE(experiments::writeSpecFile(paths().spec(), spec).has_value());
}

TrainerProgram RunDirectory::start(const std::string& command) const {
  return {{command, paths().folder.string()}, folder_.path()};
}

ProgramEnd RunDirectory::run(const std::string& command) const {
  return start(command).wait();
}

std::vector<Event> RunDirectory::events() const {
  std::vector<Event> events;
  std::string text = readFile(paths().events(), kFileLimit).value_or("");
  text.resize(text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n'));
  for (const std::string& line : splitString(text, '\n')) {
    if (!line.empty()) {
      events.push_back(parseEvent(line).value());
    }
  }
  return events;
}

bool RunDirectory::waitFor(const std::string& kind, std::int64_t step) const {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (std::chrono::steady_clock::now() < deadline) {
    for (const Event& event : events()) {
      if (event.kind == kind && event.step.value_or(0) >= step) {
        return true;
      }
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return false;
}

Event RunDirectory::last(const std::string& kind) const {
  Event found;
  for (const Event& event : events()) {
    if (event.kind == kind) {
      found = event;
    }
  }
  return found;
}

std::map<std::pair<SeriesKey, std::int64_t>, double> RunDirectory::points() const {
  std::map<std::pair<SeriesKey, std::int64_t>, double> points;
  for (const Event& event : events()) {
    if (event.kind == "open") {
      const auto from = event.fields.at("from_step").get<std::int64_t>();
      std::erase_if(points, [&](const auto& point) { return point.first.second > from; });
    }
    for (const MetricPoint& point : event.points) {
      if (trainerCatalogue().findMetric(point.series.metric)->is_deterministic) {
        points[{point.series, event.step.value()}] = point.value;
      }
    }
  }
  return points;
}

}  // namespace retort::train
