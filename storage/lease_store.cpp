#include "storage/lease_store.h"

#include "storage/sqlite/statement.h"
#include "storage/sqlite/transaction.h"

namespace retort::storage {
namespace {

constexpr const char* kReadLease =
    "SELECT pid, start_ticks, boot_id, host, heartbeat, acquired_ms FROM lease";

constexpr const char* kTakeLease = R"sql(
INSERT OR REPLACE INTO lease (slot, pid, start_ticks, boot_id, host, heartbeat, acquired_ms)
VALUES (1, ?1, ?2, ?3, ?4, 0, ?5))sql";

constexpr const char* kRenewLease = R"sql(
UPDATE lease SET heartbeat = heartbeat + 1
 WHERE pid = ?1 AND start_ticks = ?2 AND boot_id = ?3)sql";

constexpr const char* kReleaseLease =
    "DELETE FROM lease WHERE pid = ?1 AND start_ticks = ?2 AND boot_id = ?3";

LeaseRecord readLease(Statement& row) {
  LeaseRecord lease;
  lease.process.pid = row.takeInteger();
  lease.process.start_ticks = row.takeInteger();
  lease.process.boot_id = row.takeText();
  lease.host = row.takeText();
  lease.heartbeat = row.takeInteger();
  lease.acquired_ms = row.takeInteger();
  return lease;
}

}  // namespace

LeaseStore::LeaseStore(Database& database) : database_(&database) {}

Result<std::optional<LeaseRecord>> LeaseStore::holder() {
  return readFirst(*database_, kReadLease, readLease);
}

Result<bool> LeaseStore::acquire(const ProcessIdentity& self,
                                 std::string_view host,
                                 std::int64_t now_ms,
                                 const std::optional<LeaseRecord>& dead) {
  return inWrite(*database_, [&]() -> Result<bool> {
    Result<std::optional<LeaseRecord>> current = holder();
    if (!current) {
      return failWith(current.error());
    }
    if (current->has_value() && *current != dead) {
      return (*current)->process == self;
    }
    Status done =
        run(*database_, kTakeLease, self.pid, self.start_ticks, self.boot_id, host, now_ms);
    if (!done) {
      return failWith(done.error());
    }
    return true;
  });
}

Result<bool> LeaseStore::renew(const ProcessIdentity& self) {
  return inWrite(*database_, [&]() -> Result<bool> {
    Status done = run(*database_, kRenewLease, self.pid, self.start_ticks, self.boot_id);
    if (!done) {
      return failWith(done.error());
    }
    return database_->changes() > 0;
  });
}

Status LeaseStore::release(const ProcessIdentity& self) {
  return inWrite(*database_, [&] {
    return run(*database_, kReleaseLease, self.pid, self.start_ticks, self.boot_id);
  });
}

}  // namespace retort::storage
