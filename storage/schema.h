#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

/// The tables of workspace.db. Its `user_version` is the number of migrations that made it.
///
/// Users query the views, which keep their columns when tables change; `.schema v_metrics` shows
/// what they mean:
///   v_runs      one row a run: state, progress, times, tags, and the spec (JSON)
///   v_settings  one row a setting of a run
///   v_cells     one row a run of an experiment: its labels (JSON) and seed
///   v_metrics   one row a point of a curve
///   v_final     one row a curve: its last, least and greatest value
///   v_results   one row a final number of a run, as the trainer reported it
/// For example, the mean final accuracy by loss:
///   SELECT labels ->> 'distill', avg(value) FROM v_cells JOIN v_results USING (run_id)
///   WHERE experiment = 'demo' AND metric = 'eval.accuracy' GROUP BY 1;
///
/// Points are rows keyed (series, step) without a rowid, so that a curve is one stretch of the
/// file. Not-a-number is stored as NULL (SQLite has no NaN), infinities as they are.
namespace retort::storage {

class Database;

/// "Rtrt": marks a file as a Retort workspace.
inline constexpr std::int64_t kApplicationId = 0x52747274;

/// All migrations, oldest first; entry i brings a database of version i to version i + 1. Entries
/// are never changed once released.
[[nodiscard]] std::span<const char* const> migrations();

/// What an opened file is.
struct SchemaState {
  std::int64_t application_id = 0;
  std::int64_t version = 0;
  std::int64_t object_count = 0;  ///< tables, views, …

  [[nodiscard]] bool isBlank() const {
    return application_id == 0 && version == 0 && object_count == 0;
  }
};

/// kDatabase: not a database, or damaged.
[[nodiscard]] Result<SchemaState> readSchemaState(Database& database);

/// Refuses files that are not ours: another program's, made by a newer version, or (`is_writable`
/// false) in need of a migration. A blank file passes. The message names `file`.
Status checkSchemaState(const SchemaState& state,
                        const std::filesystem::path& file,
                        bool is_writable);

/// Runs the missing ones of `steps` in one transaction and sets application id and version. Safe
/// when several processes do it at once; does nothing when the version is current or newer.
Status migrate(Database& database, std::span<const char* const> steps);

/// Refuses a database of the current version in which a table, view or index of ours was changed,
/// or that has triggers, or foreign indexes on our tables: what a stranger's file could use to run
/// statements of its own. Additional tables and views of the user are fine.
Status checkSchemaObjects(Database& database, const std::filesystem::path& file);

}  // namespace retort::storage
