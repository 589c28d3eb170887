#include "trainers/training/run_log.h"

#include "core/base/file.h"

#include <cstdio>
#include <utility>

namespace retort::train {

namespace {

// The protocol asks for a sign of life every 10 s; ticks can be seconds apart.
constexpr std::chrono::seconds kHeartbeatInterval(5);
constexpr std::chrono::milliseconds kFlushInterval(800);

}  // namespace

/// Adds the time until its end to the log's account.
class RunLog::Stopwatch {
 public:
  explicit Stopwatch(RunLog& log) : log_(log), start_(Clock::now()) {}

  ~Stopwatch() { log_.spent_ += Clock::now() - start_; }

  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  RunLog& log_;
  Clock::time_point start_;
};

RunLog::RunLog(std::unique_ptr<EventWriter> events)
    : events_(std::move(events)),
      last_event_(Clock::now()),
      last_flush_(last_event_),
      last_tick_(last_event_) {}

RunLog::~RunLog() {
  flush();
}

void RunLog::event(const std::string& kind, std::optional<std::int64_t> step, Json fields) {
  const Stopwatch stopwatch(*this);
  events_->append(kind, step, std::move(fields));
  last_event_ = Clock::now();
}

void RunLog::metrics(std::int64_t step, const std::vector<MetricPoint>& points) {
  if (points.empty()) {
    return;
  }
  const Stopwatch stopwatch(*this);
  events_->appendMetrics(step, points);
  last_event_ = Clock::now();
}

void RunLog::warn(const std::string& message, std::optional<std::int64_t> step) {
  std::fprintf(stderr, "warning: %s\n", escapeForTerminal(message).c_str());
  event("warning", step, {{"message", message}});
}

void RunLog::tick() {
  const auto now = Clock::now();
  const auto pace = now - last_tick_;
  last_tick_ = now;
  if (now - last_event_ >= kHeartbeatInterval) {
    event("heartbeat", std::nullopt, {{"counter", ++heartbeats_}});
  }
  // What would be more than the interval old at the next tick is written now.
  if (now - last_flush_ + pace >= kFlushInterval) {
    flush();
  }
}

void RunLog::flush(bool sync) {
  const Stopwatch stopwatch(*this);
  last_flush_ = Clock::now();
  static_cast<void>(events_->flush(sync));
  if (const auto error = events_->takeError()) {
    std::fprintf(stderr,
                 "warning: %s; training goes on, the events are kept and tried again\n",
                 escapeForTerminal(error->message).c_str());
  }
}

}  // namespace retort::train
