#pragma once

#include "core/base/result.h"

#include <filesystem>

namespace retort::gui {

/// Fills an empty folder with a workspace as a grid in the middle of its work leaves it: finished,
/// running, waiting, failed and diverged runs of made-up numbers, always the same ones. For the
/// pictures of the documents; nothing in it was ever trained.
[[nodiscard]] Status makeSampleWorkspace(const std::filesystem::path& folder);

}  // namespace retort::gui
