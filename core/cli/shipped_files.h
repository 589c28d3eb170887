#pragma once

#include "core/base/result.h"

#include <filesystem>
#include <string>

namespace retort::cli {

/// A file that comes with the program, `kind` "grids" or "reproductions": installed beside it, else
/// in the source tree that it was built from. kNotFound names what there is.
[[nodiscard]] Result<std::filesystem::path> findShippedFile(const std::string& kind,
                                                            const std::string& name);

}  // namespace retort::cli
