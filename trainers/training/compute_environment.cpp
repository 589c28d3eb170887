#include "trainers/training/compute_environment.h"

#include "core/base/text.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/util/Exception.h>
#include <torch/headeronly/version.h>

#include <cstdlib>
#include <set>
#include <utility>

#include <sched.h>
#include <unistd.h>

namespace retort::train {

class ComputeEnvironment::Warnings : public c10::WarningHandler {
 public:
  explicit Warnings(std::function<void(const std::string&)> warn) : warn_(std::move(warn)) {}

  void process(const c10::Warning& warning) override {
    std::string message = warning.msg();
    if (message.find("does not have a deterministic implementation") != std::string::npos) {
      message = "the result is not reproducible: " + message;
    }
    if (seen_.insert(message).second) {
      warn_(message);
    }
  }

 private:
  std::function<void(const std::string&)> warn_;
  std::set<std::string> seen_;
};

ComputeEnvironment::ComputeEnvironment(const RunSettings& settings,
                                       std::function<void(const std::string&)> warn)
    : warnings_(std::make_unique<Warnings>(std::move(warn))) {
  c10::WarningUtils::set_warning_handler(warnings_.get());
  at::set_num_threads(grantedThreads(settings.threads, std::getenv("RETORT_THREADS")));
  auto& context = at::globalContext();
  context.setDeterministicAlgorithms(settings.deterministic, /*warn_only=*/true);
  context.setDeterministicFillUninitializedMemory(false);
  context.setDeterministicCuDNN(settings.deterministic);
  context.setDeterministicMkldnn(settings.deterministic);
  context.setBenchmarkCuDNN(!settings.deterministic);
  // `numerics: reference` is IEEE single precision: no TF32.
  context.setAllowTF32CuBLAS(false);
  context.setAllowTF32CuDNN(false);
  if (settings.deterministic) {
    // cuBLAS reads it when it is loaded; :4096:8 is the value its documentation gives.
    setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", /*overwrite=*/0);
  }
}

ComputeEnvironment::~ComputeEnvironment() {
  c10::WarningUtils::set_warning_handler(nullptr);
}

Json ComputeEnvironment::describe(const at::Device& device, const RunSettings& settings) {
  char host[256] = {};
  gethostname(host, sizeof(host) - 1);
  Json facts = {{"host", host},
                {"pid", getpid()},
                {"device", device.str()},
                {"threads", at::get_num_threads()},
                {"dtype", settings.dtype},
                {"numerics", settings.numerics},
                {"deterministic", settings.deterministic},
                {"libtorch", TORCH_VERSION},
                {"cpu", at::get_cpu_capability()}};
  if (device.is_cuda()) {
    facts["cuda_runtime"] = at::detail::getCUDAHooks().versionCUDART();
  }
  return facts;
}

int grantedThreads(std::int64_t setting, const char* granted) {
  if (setting > 0) {
    return static_cast<int>(setting);
  }
  if (granted != nullptr) {
    const auto threads = parseInteger(granted);
    if (threads && *threads > 0 && *threads <= 4096) {
      return static_cast<int>(*threads);
    }
  }
  cpu_set_t cores;
  CPU_ZERO(&cores);
  const bool is_known = sched_getaffinity(0, sizeof(cores), &cores) == 0;
  return is_known ? std::max(1, CPU_COUNT(&cores)) : 1;
}

}  // namespace retort::train
