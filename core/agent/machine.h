#pragma once

#include "core/plan/schedule.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace retort {

/// What this machine offers to runs: the processors that this process may use, memory (the least of
/// the machine's and its control group's limit) and the GPUs of the NVIDIA driver, or those that
/// CUDA_VISIBLE_DEVICES names when it is set. `root` replaces "/" in tests.
[[nodiscard]] MachineSlots detectMachine(const std::filesystem::path& root = "/");

/// The names in a CUDA_VISIBLE_DEVICES value; "" and "-1" name none.
[[nodiscard]] std::vector<std::string> parseVisibleDevices(const std::string& value);

/// How often the kernel's out-of-memory killer struck in this process's control group; 0 where it
/// is not known.
[[nodiscard]] std::int64_t countOutOfMemoryKills(const std::filesystem::path& root = "/");

}  // namespace retort
