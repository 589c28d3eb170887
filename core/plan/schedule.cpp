#include "core/plan/schedule.h"

#include "core/plan/run_requests.h"

#include <algorithm>
#include <set>
#include <unordered_map>

#include <fmt/format.h>

namespace retort {
namespace {

// Why a waiting run cannot start whatever becomes free; empty: it can.
class BlockFinder {
 public:
  explicit BlockFinder(const ScheduleInput& input) : input_(input) {
    for (const RunRecord& run : input.runs) {
      runs_.emplace(run.spec.run_id, &run);
    }
  }

  const std::string& reason(const std::string& run_id) {
    const auto known = reasons_.find(run_id);
    if (known != reasons_.end()) {
      return known->second;
    }
    // Entered before its needs are looked at, so that a cycle (only a damaged database has one)
    // ends here.
    reasons_[run_id] = "needs itself";
    std::string found = find(run_id);
    return reasons_[run_id] = std::move(found);
  }

  /// Every run that this one needs has finished.
  [[nodiscard]] bool areNeedsFinished(const std::string& run_id) const {
    const auto needs = input_.needs.find(run_id);
    return needs == input_.needs.end() ||
           std::ranges::all_of(needs->second, [&](const std::string& needed) {
             const auto run = runs_.find(needed);
             return run != runs_.end() && run->second->state == RunState::kFinished;
           });
  }

 private:
  std::string find(const std::string& run_id) {
    const RunRecord& run = *runs_.at(run_id);
    const auto gpus = input_.machine.gpus.size();
    if (run.resources.gpus > static_cast<int>(gpus)) {
      return fmt::format("needs {} GPUs, but this machine has {}", run.resources.gpus, gpus);
    }
    const std::int64_t memory = input_.machine.memory_bytes;
    if (memory > 0 && run.resources.memory_bytes > memory) {
      constexpr double kMebibyte = 1024.0 * 1024.0;
      return fmt::format("needs {:.0f} MiB of memory, but this machine has {:.0f} MiB",
                         static_cast<double>(run.resources.memory_bytes) / kMebibyte,
                         static_cast<double>(memory) / kMebibyte);
    }
    const auto needs = input_.needs.find(run_id);
    if (needs != input_.needs.end()) {
      for (const std::string& needed : needs->second) {
        if (std::string why = whyUnavailable(needed); !why.empty()) {
          return why;
        }
      }
    }
    return "";
  }

  std::string whyUnavailable(const std::string& needed) {
    const auto found = runs_.find(needed);
    if (found == runs_.end()) {
      return fmt::format("needs run {}, which was removed; submit the experiment again", needed);
    }
    const RunRecord& run = *found->second;
    switch (run.state) {
      case RunState::kFailed:
        return fmt::format("needs {}, which failed", runTitle(run));
      case RunState::kDiverged:
        return fmt::format("needs {}, which diverged", runTitle(run));
      case RunState::kStopped:
        return fmt::format("needs {}, which was stopped", runTitle(run));
      case RunState::kQueued:
      case RunState::kBlocked:
        return reason(needed).empty() ? ""
                                      : fmt::format("needs {}, which is blocked", runTitle(run));
      case RunState::kPaused:
      case RunState::kRunning:
      case RunState::kStopping:
      case RunState::kFinished:
        return "";
    }
    return "";
  }

  const ScheduleInput& input_;
  std::unordered_map<std::string, const RunRecord*> runs_;
  std::unordered_map<std::string, std::string> reasons_;
};

// What is left of the machine while runs are handed out.
class FreeSlots {
 public:
  explicit FreeSlots(const ScheduleInput& input)
      : machine_(input.machine),
        gpus_(input.machine.gpus),
        threads_(std::max(1, input.machine.threads)),
        memory_bytes_(input.machine.memory_bytes),
        jobs_(input.machine.jobs - static_cast<int>(input.grants.size())) {
    for (const auto& [run_id, grant] : input.grants) {
      subtract(grant);
    }
  }

  [[nodiscard]] bool isFull() const { return threads_ <= 0 || (machine_.jobs > 0 && jobs_ <= 0); }

  /// The slots for a run, taken; nothing when it must wait, and then what it lacks is kept for it.
  std::optional<Grant> take(const Resources& wanted) {
    Grant grant;
    grant.threads = std::clamp(wanted.threads, 1, std::max(1, machine_.threads));
    grant.memory_bytes = wanted.memory_bytes;
    const auto gpus = static_cast<std::size_t>(std::max(0, wanted.gpus));
    const bool lacks_gpus = gpus > gpus_.size();
    const bool lacks_threads = grant.threads > threads_;
    const bool lacks_memory = machine_.memory_bytes > 0 && grant.memory_bytes > memory_bytes_;
    if (lacks_gpus) {
      gpus_.clear();
    }
    if (lacks_threads) {
      threads_ = 0;
    }
    if (lacks_memory) {
      memory_bytes_ = 0;
    }
    if (lacks_gpus || lacks_threads || lacks_memory) {
      return std::nullopt;
    }
    grant.gpus.assign(gpus_.begin(), gpus_.begin() + static_cast<std::ptrdiff_t>(gpus));
    subtract(grant);
    --jobs_;
    return grant;
  }

 private:
  void subtract(const Grant& grant) {
    std::erase_if(gpus_, [&](const std::string& gpu) {
      return std::ranges::find(grant.gpus, gpu) != grant.gpus.end();
    });
    threads_ -= grant.threads;
    memory_bytes_ -= std::min(memory_bytes_, grant.memory_bytes);
  }

  const MachineSlots& machine_;
  std::vector<std::string> gpus_;
  int threads_;
  std::int64_t memory_bytes_;
  int jobs_;
};

}  // namespace

Schedule planSchedule(const ScheduleInput& input) {
  Schedule schedule;
  BlockFinder blocks(input);
  FreeSlots free(input);
  for (const RunRecord& run : input.runs) {
    if (run.state != RunState::kQueued && run.state != RunState::kBlocked) {
      continue;
    }
    const std::string& run_id = run.spec.run_id;
    const std::string& reason = blocks.reason(run_id);
    if (!reason.empty()) {
      if (run.state != RunState::kBlocked || run.message != reason) {
        schedule.changes.push_back({run_id, RunState::kBlocked, reason});
      }
      continue;
    }
    if (run.state == RunState::kBlocked) {
      schedule.changes.push_back({run_id, RunState::kQueued, ""});
    }
    if (!blocks.areNeedsFinished(run_id)) {
      continue;
    }
    const std::int64_t delay_ms = run.not_before_ms - input.now_ms;
    if (delay_ms > 0 && delay_ms <= input.longest_delay_ms) {
      schedule.next_ms = std::min(schedule.next_ms.value_or(run.not_before_ms), run.not_before_ms);
      continue;
    }
    if (free.isFull()) {
      continue;
    }
    if (auto grant = free.take(run.resources)) {
      schedule.starts.push_back({run_id, *std::move(grant)});
    }
  }
  return schedule;
}

}  // namespace retort
