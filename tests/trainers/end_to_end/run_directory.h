#pragma once

#include "core/events/event.h"
#include "core/run/workspace_layout.h"
#include "core/settings/resolve.h"
#include "tests/trainers/training/temporary_folder.h"

#include <map>
#include <string>
#include <vector>

#include <sys/types.h>

namespace retort::train {

/// What a program left behind.
struct ProgramEnd {
  int exit_code = -1;  ///< -1: a signal
  int signal = 0;
  std::string output;
  std::string errors;
};

/// Starts retort-train; its output goes to files in `folder`.
class TrainerProgram {
 public:
  TrainerProgram(const std::vector<std::string>& arguments, const std::filesystem::path& folder);
  ~TrainerProgram();
  TrainerProgram(const TrainerProgram&) = delete;
  TrainerProgram& operator=(const TrainerProgram&) = delete;

  void send(int signal) const;
  ProgramEnd wait();

  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
  std::filesystem::path folder_;
};

/// Identifies the contents of a model folder.
[[nodiscard]] std::string hashOf(const std::filesystem::path& model);

/// A run directory of its own, carried out by the real program.
class RunDirectory {
 public:
  explicit RunDirectory(const SettingValues& settings);

  /// Writes another spec.yaml.
  void writeSpec(const SettingValues& settings) const;

  [[nodiscard]] RunPaths paths() const { return RunPaths{folder_.path() / kRunId}; }

  [[nodiscard]] TrainerProgram start(const std::string& command = "--run") const;
  [[nodiscard]] ProgramEnd run(const std::string& command = "--run") const;

  /// All events so far; a torn last line is left out.
  [[nodiscard]] std::vector<Event> events() const;

  /// Waits until an event of that kind with at least that step is there; false after 60 s.
  [[nodiscard]] bool waitFor(const std::string& kind, std::int64_t step = 0) const;

  /// The last event of a kind; kind is empty when there is none.
  [[nodiscard]] Event last(const std::string& kind) const;

  /// Every point by series and step as a reader sees it: after a resume, what comes again replaces
  /// what was there. Metrics whose numbers differ each time are left out.
  [[nodiscard]] std::map<std::pair<SeriesKey, std::int64_t>, double> points() const;

  static constexpr const char* kRunId = "0123456789abcdef";

 private:
  TemporaryFolder folder_;
};

}  // namespace retort::train
