#pragma once

#include "core/base/result.h"
#include "core/run/run_record.h"
#include "core/run/submission.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace retort::storage {

class Database;

struct AddedExperiment {
  std::int64_t experiment_id = 0;
  bool is_new = false;                ///< false: exactly this was submitted before
  std::vector<std::string> new_runs;  ///< ids that were not known; all others keep their state

  bool operator==(const AddedExperiment&) const = default;
};

/// Experiments: every different submission is kept; the one submitted last under a name is *the*
/// experiment of that name. A grid that was extended and submitted again is thus a new record that
/// shares the runs of the old one.
class ExperimentStore {
 public:
  explicit ExperimentStore(Database& database);

  /// Stores the submission, inserts the runs that are not known yet (queued), and records the
  /// membership of all. The same submission again (`submissionHash`) returns the same id and makes
  /// it the latest of its name; its removed runs are inserted anew. Idempotent, so that a request
  /// may be carried out twice.
  [[nodiscard]] Result<AddedExperiment> add(const Submission& submission, std::int64_t now_ms);

  /// Latest submission first. `with_runs` false leaves `runs` and `text` empty.
  [[nodiscard]] Result<std::vector<ExperimentRecord>> list(bool with_runs = false);

  /// The latest one with this exact name, runs in order of `position`; kNotFound names similar
  /// ones.
  [[nodiscard]] Result<ExperimentRecord> find(std::string_view name);
  [[nodiscard]] Result<ExperimentRecord> get(std::int64_t experiment_id);

  /// The experiments that a run belongs to, latest first.
  [[nodiscard]] Result<std::vector<ExperimentRecord>> experimentsOf(std::string_view run_id);

  /// Forgets one record; its runs stay.
  Status remove(std::int64_t experiment_id);

 private:
  Database* database_;
};

/// Identifies a submission whatever its file is called: 16 hexadecimal digits.
[[nodiscard]] std::string submissionHash(const Submission& submission);

}  // namespace retort::storage
