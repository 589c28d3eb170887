#include "trainers/training/device.h"

#include "trainers/train_error.h"

#include <ATen/Context.h>
#include <ATen/detail/CUDAHooksInterface.h>

#include <charconv>
#include <filesystem>
#include <fstream>

#include <dlfcn.h>
#include <fmt/format.h>

namespace retort::train {

namespace {

constexpr const char* kAdvice = "available: cpu; use device: cpu or auto";

/// LibTorch's folder: the CUDA part lies beside the CPU part that is linked.
std::filesystem::path cudaLibrary() {
  Dl_info info = {};
  const auto* symbol = reinterpret_cast<const void*>(&at::globalContext);
  if (dladdr(symbol, &info) == 0 || info.dli_fname == nullptr) {
    return "libtorch_cuda.so";
  }
  return std::filesystem::path(info.dli_fname).parent_path() / "libtorch_cuda.so";
}

/// Loads LibTorch's CUDA part; returns why it cannot be used, empty when it can.
std::string loadCuda(const GpuDriver& driver) {
  const std::string driver_text =
      driver.version.empty() ? "the NVIDIA driver" : "NVIDIA driver " + driver.version;
  const std::filesystem::path library = cudaLibrary();
  if (!std::filesystem::exists(library)) {
    return fmt::format("{} is there, but LibTorch's CUDA part ({}) is not installed",
                       driver_text,
                       library.string());
  }
  // Never closed: LibTorch registers functions and types from it.
  if (dlopen(library.c_str(), RTLD_NOW | RTLD_GLOBAL) == nullptr) {
    return fmt::format("LibTorch's CUDA part does not load: {}", dlerror());
  }
  const auto& hooks = at::detail::getCUDAHooks();
  if (hooks.getNumGPUs() == 0) {
    const long runtime = hooks.versionCUDART();
    return fmt::format("{} and LibTorch (built for CUDA {}.{}) find no GPU together",
                       driver_text,
                       runtime / 1000,
                       runtime % 1000 / 10);
  }
  return {};
}

[[noreturn]] void refuse(const std::string& wanted, const std::string& reason) {
  throw TrainError(ExitCode::kBadSpec,
                   fmt::format("device: {}: no CUDA device: {}; {}", wanted, reason, kAdvice));
}

}  // namespace

GpuDriver findGpuDriver(const std::string& proc_file,
                        const std::string& device_file,
                        const char* visible) {
  GpuDriver driver;
  std::error_code ignored;
  const bool is_hidden = visible != nullptr && std::string(visible).empty();
  driver.is_present = !is_hidden && std::filesystem::exists(device_file, ignored);
  // "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug ...": the first dotted
  // number.
  std::ifstream stream(proc_file);
  for (std::string word; stream >> word;) {
    if (word.find('.') != std::string::npos &&
        word.find_first_not_of("0123456789.") == std::string::npos) {
      driver.version = word;
      break;
    }
  }
  return driver;
}

WantedDevice parseDevice(const std::string& text) {
  if (text == "auto") {
    return {.is_auto = true};
  }
  if (text == "cpu") {
    return {};
  }
  if (text == "cuda") {
    return {.is_cuda = true};
  }
  WantedDevice device{.is_cuda = true};
  const std::string prefix = "cuda:";
  const char* end = text.data() + text.size();
  if (text.starts_with(prefix)) {
    const auto parsed = std::from_chars(text.data() + prefix.size(), end, device.index);
    if (parsed.ec == std::errc() && parsed.ptr == end && device.index >= 0 && device.index < 128) {
      return device;
    }
  }
  throw TrainError(ExitCode::kBadSpec,
                   fmt::format("device: '{}' is not auto, cpu, cuda or cuda:N", text));
}

at::Device selectDevice(const std::string& wanted,
                        const std::function<void(const std::string&)>& warn) {
  const WantedDevice device = parseDevice(wanted);
  if (!device.is_auto && !device.is_cuda) {
    return at::kCPU;
  }
  const GpuDriver driver = findGpuDriver(
      "/proc/driver/nvidia/version", "/dev/nvidiactl", std::getenv("CUDA_VISIBLE_DEVICES"));
  if (!driver.is_present) {
    if (device.is_auto) {
      return at::kCPU;
    }
    refuse(wanted, "no NVIDIA driver is loaded, or no GPU is visible to this run");
  }
  const std::string problem = loadCuda(driver);
  if (!problem.empty()) {
    if (device.is_auto) {
      warn(problem + "; computing on the CPU");
      return at::kCPU;
    }
    refuse(wanted, problem);
  }
  const int count = at::detail::getCUDAHooks().getNumGPUs();
  if (device.index >= count) {
    refuse(wanted, fmt::format("this run sees {} GPU(s), cuda:0 to cuda:{}", count, count - 1));
  }
  return {at::kCUDA, static_cast<at::DeviceIndex>(device.index)};
}

std::string deviceName(const at::Device& device) {
  return device.str();
}

}  // namespace retort::train
