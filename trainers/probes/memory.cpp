#include "trainers/probes/memory.h"

#include <ATen/DeviceAccelerator.h>

#include <fstream>
#include <sstream>

namespace retort::train {

namespace {

void measure(const ProbeInput& input, std::vector<MetricPoint>& points) {
  std::ifstream file("/proc/self/status");
  std::ostringstream status;
  status << file.rdbuf();
  const double resident = residentBytes(status.str());
  points.push_back({.series = {.metric = "memory", .component = "process"}, .value = resident});
  if (input.device.is_cuda()) {
    const auto stats = at::accelerator::getDeviceStats(input.device.index());
    const auto peak = static_cast<double>(stats.allocated_bytes[0].peak);
    points.push_back({.series = {.metric = "memory", .component = "gpu"}, .value = peak});
  }
}

}  // namespace

double residentBytes(const std::string& status) {
  std::istringstream lines(status);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string key;
    double kilobytes = 0;
    if (words >> key >> kilobytes && key == "VmRSS:") {
      return kilobytes * 1024;
    }
  }
  return 0;
}

const ProbeDefinition& memoryProbe() {
  static const ProbeDefinition kDefinition = {
      .spec = {.kind = "probe",
               .name = "memory",
               .documentation = "memory of the process, and of the GPU if there is one",
               .formula = "\\mathrm{VmRSS};\\ \\max_t \\mathrm{allocated}(t)",
               .source = "proc_pid_status(5); torch.cuda.max_memory_allocated"},
      .metrics = {{.name = "memory",
                   .dimensions = {"component"},
                   .unit = "B",
                   .better = "min",
                   .documentation = "process: resident memory now; gpu: most memory allocated so "
                                    "far",
                   .formula = "\\mathrm{VmRSS};\\ \\max_t \\mathrm{allocated}(t)",
                   .is_deterministic = false}},
      .default_every = 50,
      .measure = measure,
      .is_of_training = true};
  return kDefinition;
}

}  // namespace retort::train
