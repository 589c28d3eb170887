#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <string>

namespace retort::train {

/// What is known about GPUs before LibTorch's CUDA part is loaded.
struct GpuDriver {
  bool is_present =
      false;            ///< the kernel driver is there and at least one GPU is visible to this run
  std::string version;  ///< the driver's version; empty when it does not say
};

/// Looks at `proc_file` (/proc/driver/nvidia/version) and `device_file` (/dev/nvidiactl). `visible`
/// is the value of CUDA_VISIBLE_DEVICES, or null: an empty one hides all GPUs.
GpuDriver findGpuDriver(const std::string& proc_file,
                        const std::string& device_file,
                        const char* visible);

/// The setting `device` taken apart.
struct WantedDevice {
  bool is_auto = false;
  bool is_cuda = false;
  int index = 0;
};

/// Throws TrainError (kBadSpec) unless `text` is auto, cpu, cuda or cuda:N.
WantedDevice parseDevice(const std::string& text);

/// Chooses the device and, if it is a GPU, loads LibTorch's CUDA part (it is never linked, so that
/// the same program runs on machines without). Must come before any other use of CUDA.
/// Throws TrainError (kBadSpec) when a GPU is asked for and cannot be used; with `auto` that is
/// reported through `warn` and the CPU is used.
at::Device selectDevice(const std::string& wanted,
                        const std::function<void(const std::string&)>& warn);

/// "cpu", or "cuda:0".
std::string deviceName(const at::Device& device);

}  // namespace retort::train
