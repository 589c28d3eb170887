#include "storage/event_follower.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "storage/ingest_store.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace retort::storage {
namespace {

constexpr std::size_t kFirstRead = 1024;

// An open event file. Reads at positions, so that it needs no state.
class EventFile {
 public:
  // No value in the result: there is no file yet.
  static Result<std::optional<EventFile>> open(const std::filesystem::path& file) {
    Result<FileDescriptor> descriptor = openRegularFile(file);
    if (!descriptor && descriptor.error().code == ErrorCode::kNotFound) {
      return std::optional<EventFile>();
    }
    if (!descriptor) {
      return failWith(descriptor.error());
    }
    struct stat info = {};
    if (::fstat(descriptor->get(), &info) != 0) {
      return failWith(systemError("cannot read", file));
    }
    return std::optional(EventFile(file, std::move(*descriptor), info.st_size));
  }

  [[nodiscard]] std::int64_t size() const { return size_; }

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  // Up to `count` bytes at `offset`; fewer at the end of the file.
  Result<std::string> read(std::int64_t offset, std::size_t count) const {
    if (::lseek(descriptor_.get(), offset, SEEK_SET) < 0) {
      return failWith(systemError("cannot read", path_));
    }
    std::string bytes(count, '\0');
    std::size_t done = 0;
    while (done < count) {
      Result<std::size_t> got =
          readSome(descriptor_.get(), bytes.data() + done, count - done, path_);
      if (!got) {
        return failWith(got.error());
      }
      if (*got == 0) {
        break;
      }
      done += *got;
    }
    bytes.resize(done);
    return bytes;
  }

 private:
  EventFile(std::filesystem::path path, FileDescriptor descriptor, std::int64_t size)
      : path_(std::move(path)),
        descriptor_(std::move(descriptor)),
        size_(size) {}

  std::filesystem::path path_;
  FileDescriptor descriptor_;
  std::int64_t size_;
};

// Complete lines from `offset` on: at least one if there is one, at most about
// `limits.piece_bytes`. Empty: none yet.
Result<std::string> readLines(const EventFile& file,
                              std::int64_t offset,
                              const FollowLimits& limits) {
  std::int64_t available = std::max<std::int64_t>(file.size() - offset, 0);
  std::int64_t wanted = std::min(available, limits.piece_bytes);
  while (true) {
    Result<std::string> bytes = file.read(offset, static_cast<std::size_t>(wanted));
    if (!bytes) {
      return failWith(bytes.error());
    }
    std::size_t end = bytes->rfind('\n');
    if (end != std::string::npos) {
      bytes->resize(end + 1);
      return bytes;
    }
    if (wanted > limits.line_bytes) {
      return fail(
          ErrorCode::kProtocol,
          fmt::format("{}: the line at byte {} is longer than {} MiB; this is no event file",
                      file.path().string(),
                      offset,
                      limits.line_bytes >> 20));
    }
    if (wanted >= available) {
      return std::string();
    }
    wanted = std::min({available, wanted * 2, limits.line_bytes + 1});
  }
}

// The hash of the first line; "" when it is not complete.
Result<std::string> firstLineHash(const EventFile& file) {
  for (std::size_t count = kFirstRead;; count *= 4) {
    Result<std::string> bytes = file.read(0, count);
    if (!bytes) {
      return failWith(bytes.error());
    }
    std::size_t end = bytes->find('\n');
    if (end != std::string::npos) {
      return sha256Hex(std::string_view(*bytes).substr(0, end));
    }
    if (bytes->size() < count) {
      return std::string();
    }
  }
}

// Whether the file goes on where `state` ended: not truncated, the same first line, a line's end at
// the offset.
Result<bool> continues(const EventFile& file, const IngestState& state) {
  if (state.offset == 0) {
    return true;
  }
  if (file.size() < state.offset) {
    return false;
  }
  Result<std::string> before = file.read(state.offset - 1, 1);
  if (!before) {
    return failWith(before.error());
  }
  Result<std::string> hash = firstLineHash(file);
  if (!hash) {
    return failWith(hash.error());
  }
  return *before == "\n" && *hash == state.first_line_sha256;
}

// The lines of one piece as a batch.
class BatchBuilder {
 public:
  BatchBuilder(const EventFile& file, std::string run_id, const IngestState& before)
      : path_(file.path().string()) {
    batch_.run_id = std::move(run_id);
    batch_.before = before;
    batch_.after = before;
  }

  Status addLines(std::string_view lines) {
    while (!lines.empty()) {
      std::size_t end = lines.find('\n');
      if (Status added = addLine(lines.substr(0, end)); !added) {
        return added;
      }
      batch_.after.offset += static_cast<std::int64_t>(end) + 1;
      lines.remove_prefix(end + 1);
    }
    return {};
  }

  [[nodiscard]] const EventBatch& batch() const { return batch_; }

  FollowResult takeResult() {
    result_.bytes = batch_.after.offset - batch_.before.offset;
    for (Event& event : batch_.events) {
      if (event.kind != "metrics") {
        result_.events.push_back(std::move(event));
      }
    }
    return std::move(result_);
  }

 private:
  Status addLine(std::string_view line) {
    Result<Event> event = parseEvent(line);
    bool is_first = batch_.after.offset == 0;
    if (is_first && !event) {
      return failWith(withContext(event.error(), path_));
    }
    if (!event) {
      logDamage(event.error());
      return {};
    }
    if (is_first || event->kind == "open") {
      if (Status opening = checkOpening(*event, batch_.run_id); !opening) {
        return failWith(withContext(opening.error(), path_));
      }
      batch_.after.attempt = event->attempt;
    }
    if (is_first) {
      batch_.after.first_line_sha256 = sha256Hex(line);
    }
    if (event->kind == "metrics") {
      ++result_.metric_events;
      result_.last_step = std::max(result_.last_step, event->step.value_or(-1));
    }
    time_ms_ = event->time_ms;
    batch_.events.push_back(std::move(*event));
    return {};
  }

  void logDamage(const Error& error) {
    std::string message = fmt::format(
        "{}: skipped a malformed line at byte {}: {}", path_, batch_.after.offset, error.message);
    Event warning;
    warning.kind = "warning";
    warning.attempt = batch_.after.attempt;
    warning.time_ms = time_ms_;
    warning.fields = Json{{"message", message}};
    batch_.events.push_back(std::move(warning));
    result_.damaged_lines.push_back(std::move(message));
  }

  std::string path_;
  EventBatch batch_;
  FollowResult result_;
  std::int64_t time_ms_ = 0;
};

void addTo(FollowResult& total, FollowResult part) {
  total.bytes += part.bytes;
  total.has_more = part.has_more;
  total.was_replaced |= part.was_replaced;
  std::move(part.events.begin(), part.events.end(), std::back_inserter(total.events));
  total.metric_events += part.metric_events;
  total.last_step = std::max(total.last_step, part.last_step);
  std::move(part.damaged_lines.begin(),
            part.damaged_lines.end(),
            std::back_inserter(total.damaged_lines));
}

}  // namespace

EventFollower::EventFollower(IngestStore& ingest, FollowLimits limits)
    : ingest_(&ingest),
      limits_(limits) {}

Result<FollowResult> EventFollower::advance(const std::string& run_id,
                                            const std::filesystem::path& events_file) {
  Result<IngestState> stored = ingest_->state(run_id);
  if (!stored) {
    return failWith(stored.error());
  }
  Result<std::optional<EventFile>> file = EventFile::open(events_file);
  if (!file) {
    return failWith(file.error());
  }
  if (!file->has_value() || (*file)->size() == stored->offset) {
    return FollowResult();
  }
  Result<bool> is_same = continues(**file, *stored);
  if (!is_same) {
    return failWith(is_same.error());
  }
  IngestState before = *is_same ? *stored : IngestState();
  Result<std::string> lines = readLines(**file, before.offset, limits_);
  if (!lines) {
    return failWith(lines.error());
  }
  if (lines->empty()) {
    return FollowResult();
  }
  BatchBuilder builder(**file, run_id, before);
  if (Status built = builder.addLines(*lines); !built) {
    return failWith(built.error());
  }
  // Only now, when the new contents are known to be this run's.
  if (!*is_same) {
    if (Status restarted = ingest_->restart(run_id); !restarted) {
      return failWith(restarted.error());
    }
  }
  if (Status appended = ingest_->append(builder.batch()); !appended) {
    return failWith(appended.error());
  }
  std::int64_t end = before.offset + static_cast<std::int64_t>(lines->size());
  FollowResult result = builder.takeResult();
  result.was_replaced = !*is_same;
  result.has_more = end < (*file)->size();
  return result;
}

Result<FollowResult> EventFollower::drain(const std::string& run_id,
                                          const std::filesystem::path& events_file) {
  FollowResult total;
  do {
    Result<FollowResult> part = advance(run_id, events_file);
    if (!part) {
      return failWith(part.error());
    }
    addTo(total, std::move(*part));
  } while (total.has_more);
  return total;
}

}  // namespace retort::storage
