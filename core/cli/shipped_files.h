#pragma once

#include "core/base/result.h"

#include <filesystem>
#include <string>
#include <vector>

namespace retort::cli {

/// Where files of this kind ("grids", "reproductions") may be: beside the program, and in the
/// source tree that it was built from. Paths in those files are relative to either.
[[nodiscard]] std::vector<std::filesystem::path> shippedFolders(const std::string& kind);

/// The names of these files, without their ending, sorted.
[[nodiscard]] std::vector<std::string> shippedNames(const std::string& kind);

/// A file that comes with the program, from the first of these folders that has it. kNotFound names
/// what there is.
[[nodiscard]] Result<std::filesystem::path> findShippedFile(const std::string& kind,
                                                            const std::string& name);

}  // namespace retort::cli
