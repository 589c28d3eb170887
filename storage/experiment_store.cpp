#include "storage/experiment_store.h"

#include "core/base/hash.h"
#include "core/base/text.h"
#include "storage/json_column.h"
#include "storage/run_store.h"
#include "storage/sqlite/statement.h"
#include "storage/sqlite/transaction.h"

#include <fmt/format.h>

namespace retort::storage {
namespace {

constexpr std::size_t kHashDigits = 16;

constexpr const char* kFindHash = "SELECT experiment_id FROM experiments WHERE hash = ?1";

constexpr const char* kInsertExperiment = R"sql(
INSERT INTO experiments (name, hash, file, text, report, created_ms, submission)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, (SELECT ifnull(max(submission), 0) + 1 FROM experiments)))sql";

constexpr const char* kSubmitAgain = R"sql(
UPDATE experiments
   SET file = ?2, submission = (SELECT max(submission) + 1 FROM experiments)
 WHERE experiment_id = ?1)sql";

constexpr const char* kInsertMember = R"sql(
INSERT INTO experiment_runs (experiment_id, item, run_id, position, seed, is_needed_only, labels)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7))sql";

constexpr const char* kInsertLabel = R"sql(
INSERT INTO experiment_labels (experiment_id, item, axis, factor, label)
VALUES (?1, ?2, ?3, ?4, ?5))sql";

// ?1: with the text. ?2, ?3, ?4: id, name, run, where they are not NULL.
constexpr const char* kListExperiments = R"sql(
SELECT e.experiment_id, e.name, e.file, iif(?1, e.text, ''), e.report, e.created_ms
  FROM experiments e
 WHERE (?2 IS NULL OR e.experiment_id = ?2)
   AND (?3 IS NULL OR e.name = ?3)
   AND (?4 IS NULL OR e.experiment_id IN
        (SELECT m.experiment_id FROM experiment_runs m WHERE m.run_id = ?4))
 ORDER BY e.submission DESC)sql";

constexpr const char* kListMembers = R"sql(
SELECT item, run_id, position, seed, is_needed_only
  FROM experiment_runs WHERE experiment_id = ?1 ORDER BY item)sql";

constexpr const char* kListLabels = R"sql(
SELECT item, factor, label FROM experiment_labels WHERE experiment_id = ?1 ORDER BY item, axis)sql";

constexpr const char* kListNames = "SELECT DISTINCT name FROM experiments ORDER BY name";

constexpr const char* kRemoveExperiment = "DELETE FROM experiments WHERE experiment_id = ?1";

struct Selection {
  bool with_runs = true;
  std::optional<std::int64_t> experiment_id;
  std::optional<std::string_view> name;
  std::optional<std::string_view> run_id;
};

Result<ExperimentRecord> readExperiment(Statement& row) {
  ExperimentRecord experiment;
  experiment.experiment_id = row.takeInteger();
  experiment.name = row.takeText();
  experiment.file = row.takeText();
  experiment.text = row.takeText();
  Result<Json> report = parseJsonColumn(row.takeText(), "report");
  if (!report) {
    return failWith(report.error());
  }
  experiment.report = std::move(*report);
  experiment.created_ms = row.takeInteger();
  return experiment;
}

Status readMembers(Database& database, ExperimentRecord& experiment) {
  std::vector<std::int64_t> items;
  auto members = readAll(
      database,
      kListMembers,
      [&](Statement& row) {
        items.push_back(row.takeInteger());
        ExperimentRun member;
        member.run_id = row.takeText();
        member.position = row.takeInt();
        member.seed = row.takeOptionalInteger();
        member.is_needed_only = row.takeBool();
        return member;
      },
      experiment.experiment_id);
  if (!members) {
    return failWith(members.error());
  }
  experiment.runs = std::move(*members);
  std::size_t index = 0;
  auto labels = readAll(
      database,
      kListLabels,
      [&](Statement& row) {
        std::int64_t item = row.takeInteger();
        while (index < items.size() && items[index] < item) {
          ++index;
        }
        std::string factor = row.takeText();
        std::string label = row.takeText();
        bool has_member = index < items.size() && items[index] == item;
        if (has_member) {
          experiment.runs[index].labels.emplace_back(std::move(factor), std::move(label));
        }
        return has_member;
      },
      experiment.experiment_id);
  return labels ? Status() : failWith(labels.error());
}

Result<std::vector<ExperimentRecord>> select(Database& database, const Selection& selection) {
  return inRead(database, [&]() -> Result<std::vector<ExperimentRecord>> {
    auto experiments = readAll(database,
                               kListExperiments,
                               readExperiment,
                               selection.with_runs,
                               selection.experiment_id,
                               selection.name,
                               selection.run_id);
    if (experiments && selection.with_runs) {
      for (ExperimentRecord& experiment : *experiments) {
        if (Status members = readMembers(database, experiment); !members) {
          return failWith(members.error());
        }
      }
    }
    return experiments;
  });
}

// For users' queries: labels ->> 'distill'.
std::string labelObject(const ExperimentRun& member) {
  Json object = Json::object();
  for (const auto& [factor, label] : member.labels) {
    object[factor] = label;
  }
  return canonicalJson(object);
}

Status insertMembers(Database& database,
                     std::int64_t experiment_id,
                     const std::vector<SubmittedRun>& runs) {
  std::int64_t item = 0;
  for (const SubmittedRun& submitted : runs) {
    const ExperimentRun& member = submitted.membership;
    Status done = run(database,
                      kInsertMember,
                      experiment_id,
                      item,
                      submitted.spec.run_id,
                      member.position,
                      member.seed,
                      member.is_needed_only,
                      labelObject(member));
    std::int64_t axis = 0;
    for (const auto& [factor, label] : member.labels) {
      if (done) {
        done = run(database, kInsertLabel, experiment_id, item, axis, factor, label);
      }
      ++axis;
    }
    if (!done) {
      return done;
    }
    ++item;
  }
  return {};
}

// The record of this submission, made if needed, and now the latest of its name.
Status addRecord(Database& database,
                 const Submission& submission,
                 std::int64_t now_ms,
                 AddedExperiment& added) {
  std::string hash = submissionHash(submission);
  Result<std::int64_t> known = readInteger(database, kFindHash, hash);
  if (!known) {
    return failWith(known.error());
  }
  if (*known != 0) {
    added.experiment_id = *known;
    return run(database, kSubmitAgain, *known, submission.file);
  }
  Status done = run(database,
                    kInsertExperiment,
                    submission.experiment,
                    hash,
                    submission.file,
                    submission.text,
                    canonicalJson(submission.report),
                    now_ms);
  if (!done) {
    return done;
  }
  added.experiment_id = database.lastInsertId();
  added.is_new = true;
  return insertMembers(database, added.experiment_id, submission.runs);
}

}  // namespace

ExperimentStore::ExperimentStore(Database& database) : database_(&database) {}

Result<AddedExperiment> ExperimentStore::add(const Submission& submission, std::int64_t now_ms) {
  return inWrite(*database_, [&]() -> Result<AddedExperiment> {
    AddedExperiment added;
    if (Status done = addRecord(*database_, submission, now_ms, added); !done) {
      return failWith(done.error());
    }
    RunStore runs(*database_);
    for (const SubmittedRun& submitted : submission.runs) {
      Result<bool> is_new = runs.insertIfNew(submitted, now_ms);
      if (!is_new) {
        return failWith(is_new.error());
      }
      if (*is_new) {
        added.new_runs.push_back(submitted.spec.run_id);
      }
    }
    return added;
  });
}

Result<std::vector<ExperimentRecord>> ExperimentStore::list(bool with_runs) {
  Selection selection;
  selection.with_runs = with_runs;
  return select(*database_, selection);
}

Result<ExperimentRecord> ExperimentStore::find(std::string_view name) {
  Selection selection;
  selection.name = name;
  Result<std::vector<ExperimentRecord>> found = select(*database_, selection);
  if (!found) {
    return failWith(found.error());
  }
  if (!found->empty()) {
    return std::move(found->front());
  }
  auto names = readAll(*database_, kListNames, [](Statement& row) { return row.takeText(); });
  if (!names) {
    return failWith(names.error());
  }
  std::optional<std::string> nearest = nearestName(name, *names);
  return fail(ErrorCode::kNotFound,
              fmt::format("there is no experiment '{}' in this workspace{}",
                          name,
                          nearest ? fmt::format("; did you mean '{}'?", *nearest) : ""));
}

Result<ExperimentRecord> ExperimentStore::get(std::int64_t experiment_id) {
  Selection selection;
  selection.experiment_id = experiment_id;
  Result<std::vector<ExperimentRecord>> found = select(*database_, selection);
  if (!found) {
    return failWith(found.error());
  }
  if (found->empty()) {
    return fail(ErrorCode::kNotFound,
                fmt::format("there is no experiment number {} in this workspace", experiment_id));
  }
  return std::move(found->front());
}

Result<std::vector<ExperimentRecord>> ExperimentStore::experimentsOf(std::string_view run_id) {
  Selection selection;
  selection.run_id = run_id;
  return select(*database_, selection);
}

Status ExperimentStore::remove(std::int64_t experiment_id) {
  return inWrite(*database_, [&]() -> Status {
    Status done = run(*database_, kRemoveExperiment, experiment_id);
    if (done && database_->changes() == 0) {
      return fail(ErrorCode::kNotFound,
                  fmt::format("there is no experiment number {}", experiment_id));
    }
    return done;
  });
}

std::string submissionHash(const Submission& submission) {
  Submission identity = submission;
  identity.file.clear();
  return sha256Hex(canonicalJson(toJson(identity))).substr(0, kHashDigits);
}

}  // namespace retort::storage
