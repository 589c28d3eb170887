#include "core/events/event_writer.h"

#include "core/base/file.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace retort {

namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::seconds kFlushInterval(1);
constexpr std::size_t kWriteAt = 1U << 18U;  // do not let a second of many points grow in memory
constexpr std::size_t kLargestQueue = 64U << 20U;  // what a full disk may cost
constexpr std::size_t kTailPiece = 1U << 16U;

Result<std::int64_t> fileSize(int descriptor, const std::filesystem::path& file) {
  struct stat status {};

  if (::fstat(descriptor, &status) != 0) {
    return failWith(systemError("cannot read", file));
  }
  return static_cast<std::int64_t>(status.st_size);
}

Result<std::string> readAt(int descriptor,
                           std::int64_t offset,
                           std::size_t size,
                           const std::filesystem::path& file) {
  std::string piece(size, '\0');
  std::size_t filled = 0;
  while (filled < size) {
    const ssize_t got = ::pread(descriptor,
                                piece.data() + filled,
                                size - filled,
                                offset + static_cast<std::int64_t>(filled));
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      return failWith(systemError("cannot read", file));
    }
    if (got == 0) {
      break;
    }
    filled += static_cast<std::size_t>(got);
  }
  piece.resize(filled);
  return piece;
}

/// The offset behind the last newline before `end`; 0 when there is none.
Result<std::int64_t> lineStart(int descriptor,
                               std::int64_t end,
                               const std::filesystem::path& file) {
  while (end > 0) {
    const std::int64_t begin =
        std::max<std::int64_t>(0, end - static_cast<std::int64_t>(kTailPiece));
    const Result<std::string> piece =
        readAt(descriptor, begin, static_cast<std::size_t>(end - begin), file);
    if (!piece) {
      return failWith(piece.error());
    }
    if (const std::size_t newline = piece->rfind('\n'); newline != std::string::npos) {
      return begin + static_cast<std::int64_t>(newline) + 1;
    }
    end = begin;
  }
  return 0;
}

/// Cuts off what stands after the last newline: the line that a killed attempt could not finish.
Status cutTornLine(int descriptor, const std::filesystem::path& file) {
  const Result<std::int64_t> size = fileSize(descriptor, file);
  if (!size) {
    return failWith(size.error());
  }
  const Result<std::int64_t> end = lineStart(descriptor, *size, file);
  if (!end) {
    return failWith(end.error());
  }
  if (*end != *size && ::ftruncate(descriptor, *end) != 0) {
    return failWith(systemError("cannot cut the torn last line of", file));
  }
  return {};
}

}  // namespace

struct EventWriter::State {
  std::filesystem::path file;
  FileDescriptor descriptor;
  int attempt = 1;
  std::string queue;  ///< whole lines, but for the start of the first when a write was cut short
  SteadyClock::time_point last_write = SteadyClock::now();
  std::optional<Error> error;  ///< not taken yet
  bool is_failing = false;
  std::int64_t lost_lines = 0;  ///< dropped because the queue was full

  void add(const Event& event) {
    const std::string line = formatEvent(event);
    if (queue.size() + line.size() + 1 > kLargestQueue) {
      ++lost_lines;
      return;
    }
    queue += line;
    queue += '\n';
  }

  Status write() {
    last_write = SteadyClock::now();
    std::size_t done = 0;
    Status status;
    while (done < queue.size() && status) {
      const ssize_t written = ::write(descriptor.get(), queue.data() + done, queue.size() - done);
      if (written >= 0) {
        done += static_cast<std::size_t>(written);
      } else if (errno != EINTR) {
        status = failWith(systemError("cannot write", file));
      }
    }
    queue.erase(0, done);
    if (!status && !is_failing) {
      error = status.error();
    }
    is_failing = !status.has_value();
    return status;
  }

  void reportLostLines() {
    const std::int64_t lost = std::exchange(lost_lines, 0);
    Event warning;
    warning.kind = "warning";
    warning.attempt = attempt;
    warning.time_ms = wallClockMs();
    warning.fields = {
        {"message", fmt::format("{} events were lost while the file could not be written", lost)}};
    add(warning);
  }

  void addAndMaybeWrite(const Event& event) {
    add(event);
    const bool is_due = SteadyClock::now() - last_write >= kFlushInterval;
    // While writing fails it is tried once a second only, however much waits.
    if (is_due || (queue.size() >= kWriteAt && !is_failing)) {
      const Status status = write();
      if (status && lost_lines > 0) {
        reportLostLines();
      }
    }
  }
};

EventWriter::EventWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}

EventWriter::~EventWriter() {
  static_cast<void>(flush());  // nobody is left to hear of a failure
}

Result<std::unique_ptr<EventWriter>> EventWriter::open(const std::filesystem::path& file,
                                                       const std::string& run_id,
                                                       int attempt,
                                                       std::int64_t from_step) {
  auto state = std::make_unique<State>();
  state->file = file;
  state->attempt = attempt;
  state->descriptor =
      FileDescriptor(::open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  if (!state->descriptor.isOpen()) {
    return failWith(systemError("cannot open", file));
  }
  if (const Status status = cutTornLine(state->descriptor.get(), file); !status) {
    return failWith(status.error());
  }
  std::unique_ptr<EventWriter> writer(new EventWriter(std::move(state)));
  writer->append("open",
                 std::nullopt,
                 {{"protocol", kEventProtocol}, {"run", run_id}, {"from_step", from_step}});
  if (const Status status = writer->flush(); !status) {
    return failWith(status.error());
  }
  return writer;
}

void EventWriter::append(std::string kind, std::optional<std::int64_t> step, Json fields) {
  Event event;
  event.kind = std::move(kind);
  event.attempt = state_->attempt;
  event.time_ms = wallClockMs();
  event.step = step;
  event.fields = std::move(fields);
  state_->addAndMaybeWrite(event);
}

void EventWriter::appendMetrics(std::int64_t step, const std::vector<MetricPoint>& points) {
  Event event;
  event.kind = "metrics";
  event.attempt = state_->attempt;
  event.time_ms = wallClockMs();
  event.step = step;
  event.points = points;
  state_->addAndMaybeWrite(event);
}

Status EventWriter::flush(bool sync) {
  if (Status status = state_->write(); !status) {
    return status;
  }
  if (state_->lost_lines > 0) {
    state_->reportLostLines();
    if (Status status = state_->write(); !status) {
      return status;
    }
  }
  if (sync && ::fsync(state_->descriptor.get()) != 0) {
    return failWith(systemError("cannot sync", state_->file));
  }
  return {};
}

std::optional<Error> EventWriter::takeError() {
  return std::exchange(state_->error, std::nullopt);
}

Result<int> EventWriter::nextAttempt(const std::filesystem::path& file) {
  const Result<FileDescriptor> descriptor = openRegularFile(file);
  if (!descriptor) {
    if (descriptor.error().code == ErrorCode::kNotFound) {
      return 1;
    }
    return failWith(descriptor.error());
  }
  const Result<std::int64_t> size = fileSize(descriptor->get(), file);
  if (!size) {
    return failWith(size.error());
  }
  // Every line carries its attempt, so the last complete one tells; a damaged line is passed over.
  Result<std::int64_t> end = lineStart(descriptor->get(), *size, file);
  while (end && *end > 0) {
    const Result<std::int64_t> begin = lineStart(descriptor->get(), *end - 1, file);
    if (!begin) {
      return failWith(begin.error());
    }
    const Result<std::string> line =
        readAt(descriptor->get(), *begin, static_cast<std::size_t>(*end - 1 - *begin), file);
    if (!line) {
      return failWith(line.error());
    }
    if (const Result<Event> event = parseEvent(*line)) {
      return event->attempt + 1;
    }
    end = begin;
  }
  if (!end) {
    return failWith(end.error());
  }
  return 1;
}

}  // namespace retort
