// A trainer for tests: honours the contract of trainers (--catalog, --check, --run, --analyze) in
// milliseconds instead of hours, computes numbers that depend on every step, and misbehaves in the
// ways that `fake.behaviour` names.
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "core/events/event_writer.h"
#include "core/run/workspace_layout.h"
#include "core/settings/catalogue.h"
#include "experiments/spec_file.h"

#include <cmath>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

namespace {

using namespace retort;  // NOLINT: a test program of one file

constexpr int kFinished = 0;
constexpr int kDiverged = 2;
constexpr int kStopped = 75;

const std::map<std::string, int> kExitBehaviours = {
    {"bad_data", 65}, {"missing_input", 66}, {"bad_spec", 78}, {"strange_exit", 3}};

volatile std::sig_atomic_t stop_requests = 0;

void onStop(int) {
  if (stop_requests > 0) {
    ::_exit(kStopped);
  }
  stop_requests = 1;
}

SettingSpec integerSetting(std::string key, int value, bool affects_result) {
  SettingSpec spec;
  spec.key = std::move(key);
  spec.type = SettingType::kInteger;
  spec.default_value = value;
  spec.documentation = "see the source";
  spec.minimum = 0;
  spec.affects_result = affects_result;
  return spec;
}

Catalogue makeCatalogue() {
  Catalogue catalogue;
  catalogue.trainer = "fake-trainer";
  catalogue.release = "1";
  SettingSpec seed = integerSetting("seed", 1, true);
  seed.is_seed = true;
  SettingSpec behaviour;
  behaviour.key = "fake.behaviour";
  behaviour.type = SettingType::kChoice;
  behaviour.default_value = "normal";
  behaviour.documentation = "how it misbehaves";
  behaviour.choices = {"normal",
                       "die_at_once",
                       "crash",
                       "hang",
                       "ignore_term",
                       "flood",
                       "torn",
                       "no_end",
                       "grandchild",
                       "escape",
                       "diverge",
                       "wrong_protocol",
                       "bad_data",
                       "missing_input",
                       "bad_spec",
                       "strange_exit",
                       "crash_at_exit",
                       "print_environment"};
  SettingSpec teacher;
  teacher.key = "fake.teacher";
  teacher.type = SettingType::kPath;
  teacher.default_value = "none";
  teacher.choices = {"none"};
  teacher.documentation = "an input made by another run";
  catalogue.settings = {seed,
                        behaviour,
                        teacher,
                        integerSetting("fake.steps", 20, true),
                        integerSetting("fake.crash_step", 5, false),
                        integerSetting("fake.crash_attempts", 1, false),
                        integerSetting("fake.checkpoint_every", 5, false),
                        integerSetting("fake.step_ms", 2, false)};
  MetricSpec loss{"train.loss", {}, "", "min", "falls", "", "", true};
  MetricSpec norm{"grad_norm", {"layer"}, "", "", "of a layer", "", "", true};
  MetricSpec accuracy{"eval.accuracy", {}, "", "max", "rises", "", "", true};
  catalogue.metrics = {loss, norm, accuracy};
  TechniqueSpec probe;
  probe.kind = "probe";
  probe.name = "fake_probe";
  probe.documentation = "measures what it was told";
  catalogue.techniques = {probe};
  return catalogue;
}

// The settings of a run and what it knows about itself.
class Training {
 public:
  Training(RunPaths paths, RunSpec spec) : paths_(std::move(paths)), spec_(std::move(spec)) {}

  int run();

 private:
  [[nodiscard]] int integer(const std::string& key, int fallback) const {
    const auto found = spec_.settings.find(key);
    return found == spec_.settings.end() ? fallback : found->second.get<int>();
  }

  [[nodiscard]] std::string behaviour() const {
    const auto found = spec_.settings.find("fake.behaviour");
    return found == spec_.settings.end() ? "normal" : found->second.get<std::string>();
  }

  [[nodiscard]] std::filesystem::path checkpointFile() const {
    return paths_.checkpoints() / "state.json";
  }

  bool takeLock();
  void loadCheckpoint();
  void saveCheckpoint();
  void misbehaveAtStart();
  void misbehaveAt(int step);
  void train(int step);
  void noteStep(int step);
  int end(const std::string& status, int code, const std::string& message = "");

  RunPaths paths_;
  RunSpec spec_;
  FileDescriptor lock_;
  std::unique_ptr<EventWriter> events_;
  int attempt_ = 1;
  int step_ = 0;  // last step done
  std::uint64_t state_ = 0;
};

bool Training::takeLock() {
  lock_ = FileDescriptor(::open(paths_.lock().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0) {
    std::cerr << "run is locked by pid " << readFile(paths_.lock(), 100).value_or("?") << '\n';
    return false;
  }
  const std::string pid = std::to_string(::getpid());
  return ::ftruncate(lock_.get(), 0) == 0 &&
         ::write(lock_.get(), pid.data(), pid.size()) == static_cast<ssize_t>(pid.size());
}

void Training::loadCheckpoint() {
  state_ = static_cast<std::uint64_t>(integer("seed", 1)) * 0x9E3779B97F4A7C15u + 1;
  const auto text = readFile(checkpointFile(), 4096);
  if (text) {
    const auto json = parseJson(*text).value();
    step_ = json["step"].get<int>();
    state_ = json["state"].get<std::uint64_t>();
  }
}

void Training::saveCheckpoint() {
  std::filesystem::create_directories(paths_.checkpoints());
  const Json json{{"step", step_}, {"state", state_}};
  if (writeFileAtomically(checkpointFile(), json.dump())) {
    events_->append("checkpoint", step_, {{"path", "checkpoint/state.json"}});
    (void)events_->flush();
  }
}

void ignoreTerm() {
  ::signal(SIGTERM, SIG_IGN);
}

// A process that sleeps for an hour: in this group, or escaped into a session of its own.
pid_t startGrandchild(bool escapes) {
  const pid_t pid = ::fork();
  if (pid != 0) {
    return pid;
  }
  if (escapes) {
    ::setsid();
  }
  ignoreTerm();
  ::sleep(3600);
  ::_exit(0);
}

void Training::misbehaveAtStart() {
  const std::string what = behaviour();
  if (what == "die_at_once") {
    std::cerr << "a library is missing\n";
    ::_exit(9);
  }
  if (what == "ignore_term") {
    ignoreTerm();
  }
  if (what == "grandchild" || what == "escape") {
    startGrandchild(what == "escape");
  }
  if (what == "print_environment") {
    for (const char* name : {"RETORT_ATTEMPT",
                             "RETORT_THREADS",
                             "OMP_NUM_THREADS",
                             "MKL_NUM_THREADS",
                             "CUDA_VISIBLE_DEVICES"}) {
      const char* value = std::getenv(name);
      std::cout << name << '=' << (value == nullptr ? "(unset)" : value) << '\n';
    }
    std::cout << "stdin=" << (std::cin.get() == EOF ? "empty" : "something") << std::endl;
  }
  if (what == "flood") {
    const std::string line(1 << 16, 'x');
    for (int i = 0; i < 64; ++i) {
      std::cout << line << "\033[2J" << line;
      std::cerr << line;
    }
  }
}

void Training::misbehaveAt(int step) {
  if (step != integer("fake.crash_step", 5) || attempt_ > integer("fake.crash_attempts", 1)) {
    return;
  }
  const std::string what = behaviour();
  if (what == "crash") {
    std::cerr << "about to crash" << std::endl;
    ::kill(::getpid(), SIGSEGV);
  } else if (what == "hang") {
    (void)events_->flush();
    ignoreTerm();
    ::sleep(3600);
  } else if (what == "torn") {
    (void)events_->flush();
    const FileDescriptor file(::open(paths_.events().c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
    const std::string half = R"({"kind":"metrics","attempt":1,"time_ms":5,"st)";
    (void)!::write(file.get(), half.data(), half.size());
    ::kill(::getpid(), SIGKILL);
  }
}

// One line a step, by which tests see who worked when: "PID ATTEMPT STEP".
void Training::noteStep(int step) {
  const FileDescriptor file(::open(
      (paths_.folder / "steps.log").c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644));
  const std::string line = fmt::format("{} {} {}\n", ::getpid(), attempt_, step);
  (void)!::write(file.get(), line.data(), line.size());
}

void Training::train(int step) {
  misbehaveAt(step);
  noteStep(step);
  ::usleep(static_cast<useconds_t>(integer("fake.step_ms", 2)) * 1000);
  state_ = state_ * 6364136223846793005u + 1442695040888963407u;
  step_ = step;
  const double noise = static_cast<double>(state_ >> 11) / 9007199254740992.0;
  std::vector<MetricPoint> points{{{"train.loss", {}, {}, "", ""}, noise + 1.0 / step}};
  for (int layer = 0; layer < 2; ++layer) {
    points.push_back({{"grad_norm", layer, {}, "", ""}, noise * (layer + 1)});
  }
  events_->appendMetrics(step, points);
  (void)events_->flush();
}

int Training::end(const std::string& status, int code, const std::string& message) {
  events_->append(
      "end", std::nullopt, {{"status", status}, {"exit_code", code}, {"message", message}});
  (void)events_->flush(true);
  return code;
}

int Training::run() {
  if (!takeLock()) {
    return kStopped;
  }
  misbehaveAtStart();
  ::signal(SIGINT, onStop);
  if (behaviour() != "ignore_term") {
    ::signal(SIGTERM, onStop);
  }
  const char* number = std::getenv("RETORT_ATTEMPT");
  attempt_ =
      number != nullptr ? std::atoi(number) : EventWriter::nextAttempt(paths_.events()).value_or(1);
  loadCheckpoint();
  if (behaviour() == "wrong_protocol") {
    (void)writeFileAtomically(paths_.events(),
                              fmt::format("{{\"kind\":\"open\",\"attempt\":1,\"time_ms\":1,"
                                          "\"protocol\":999,\"run\":\"{}\",\"from_step\":-1}}\n",
                                          spec_.run_id));
    ::sleep(3600);
  }
  auto events = EventWriter::open(paths_.events(), spec_.run_id, attempt_, step_ > 0 ? step_ : -1);
  if (!events) {
    std::cerr << events.error().message << '\n';
    return 74;
  }
  events_ = *std::move(events);
  const int steps = integer("fake.steps", 20);
  events_->append("phase", std::nullopt, {{"name", "train"}, {"total_steps", steps}});
  if (const auto code = kExitBehaviours.find(behaviour()); code != kExitBehaviours.end()) {
    return end("failed", code->second, "row 7 of train.tsv has no label");
  }
  while (step_ < steps) {
    train(step_ + 1);
    if (step_ % std::max(1, integer("fake.checkpoint_every", 5)) == 0) {
      saveCheckpoint();
    }
    if (stop_requests > 0) {
      saveCheckpoint();
      return end("stopped", kStopped);
    }
    if (behaviour() == "diverge" && step_ == integer("fake.crash_step", 5)) {
      return end("diverged", kDiverged, "loss is NaN");
    }
  }
  if (behaviour() == "no_end") {
    return kFinished;
  }
  const double accuracy = static_cast<double>(state_ % 10'000) / 10'000;
  std::filesystem::create_directories(paths_.model());
  (void)writeFileAtomically(paths_.model() / "numbers.txt", std::to_string(state_));
  events_->append("result", step_, {{"metrics", {{"eval.accuracy", accuracy}}}});
  end("finished", kFinished);
  if (behaviour() == "crash_at_exit") {
    ::kill(::getpid(), SIGABRT);
  }
  return kFinished;
}

// Says who works, "PID PID" in analysis.pids, and does not end by itself.
[[noreturn]] void hangInAnalysis(const RunPaths& paths, bool ignores_term) {
  const pid_t grandchild = startGrandchild(false);
  if (ignores_term) {
    ignoreTerm();
  }
  (void)writeFileAtomically(paths.folder / "analysis.pids",
                            fmt::format("{} {}", ::getpid(), grandchild));
  ::sleep(3600);
  ::_exit(kFinished);
}

// Prints an analysis that holds the words after the run directory.
int analyze(const RunPaths& paths, const std::vector<std::string>& words) {
  Json points = Json::array();
  for (const int head : {0, 1}) {
    points.push_back({{"metric", "fake_metric"}, {"layer", 0}, {"head", head}, {"mean", 0.5}});
  }
  for (const std::string& word : words) {
    if (word == "probe.fake_probe.fail=1") {
      std::cerr << "fake_trainer: the fake model was removed\n";
      return 66;
    }
    if (word == "probe.fake_probe.hang=1" || word == "probe.fake_probe.hang=2") {
      hangInAnalysis(paths, word.back() == '2');
    }
  }
  const Json analysis = {{"probe", "fake_probe"}, {"file", "nowhere"}, {"points", points}};
  const char* policy = std::getenv("OMP_WAIT_POLICY");
  const Json report = {{"run", "fake"},
                       {"wait_policy", policy == nullptr ? "" : policy},
                       {"checkpoint", "last"},
                       {"rows", 7},
                       {"words", words},
                       {"analyses", Json::array({analysis})}};
  std::cout << report.dump() << std::endl;
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() == 1 && arguments[0] == "--catalog") {
    std::cout << toJson(makeCatalogue()).dump() << std::endl;
    return 0;
  }
  if (arguments.size() > 2 && arguments[0] == "--analyze") {
    return analyze(RunPaths{arguments[1]}, {arguments.begin() + 2, arguments.end()});
  }
  if (arguments.size() != 2 || (arguments[0] != "--run" && arguments[0] != "--check")) {
    std::cerr << "usage: fake_trainer --catalog | --check DIR | --run DIR\n";
    return 64;
  }
  RunPaths paths{arguments[1]};
  auto spec = experiments::readSpecFile(paths.spec());
  if (!spec) {
    std::cerr << spec.error().message << '\n';
    return 78;
  }
  return arguments[0] == "--check" ? 0 : Training(paths, *std::move(spec)).run();
}
