#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace retort::storage {

/// The process that holds a write lock on the database file or its shared-memory index, from the
/// text of /proc/locks (never by opening the file: closing it would drop this process's own locks).
/// `database_inode` and `index_inode`: 0 for a file that does not exist.
[[nodiscard]] std::optional<std::int64_t> findLockHolder(std::string_view proc_locks,
                                                         std::uint64_t database_inode,
                                                         std::uint64_t index_inode);

/// ", held by process 1234" or "" when it cannot be told (another host, another container).
[[nodiscard]] std::string describeLockHolder(const std::filesystem::path& database_file);

}  // namespace retort::storage
