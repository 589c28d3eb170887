#include "trainers/kernels/fused_quantize.h"

#ifdef RETORT_HAS_CUDA
#include "trainers/kernels/quantize_cuda.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <c10/core/Stream.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#endif

namespace retort::train {

#ifdef RETORT_HAS_CUDA

namespace {

bool hasKernel(const at::Tensor& x) {
  return x.is_cuda() && (x.scalar_type() == at::kFloat || x.scalar_type() == at::kDouble) &&
         x.is_contiguous() && x.numel() > 0;
}

/// Arguments for x as one row, on the stream that LibTorch works on. Only LibTorch's device-neutral
/// interface is used, so that its CUDA part need not be linked.
kernels::QuantizeArguments argumentsFor(const at::Tensor& x,
                                        const at::Tensor& output,
                                        double clip) {
  const c10::impl::VirtualGuardImpl gpus(x.device().type());
  return {.input = x.const_data_ptr(),
          .output = output.mutable_data_ptr(),
          .columns = x.numel(),
          .clip = clip,
          .device = x.get_device(),
          .stream = gpus.getStream(x.device()).native_handle(),
          .is_double = x.scalar_type() == at::kDouble};
}

void expectNoError(const char* error) {
  TORCH_CHECK(error == nullptr, "a fused quantization kernel failed: ", error);
}

/// Allocates the result and calls `kernel`. The scratch may be given back at once: LibTorch reuses
/// memory in the order of the stream.
template <class Kernel>
at::Tensor quantizeWith(const at::Tensor& x, const QuantizerOptions& options, Kernel kernel) {
  at::Tensor output = at::empty_like(x);
  kernels::QuantizeArguments arguments = argumentsFor(x, output, options.clip);
  const std::int64_t columns = statisticCount(x, options.granularity);
  arguments.rows = x.numel() / columns;
  arguments.columns = columns;
  at::Tensor scratch;
  if (arguments.rows == 1) {
    scratch = at::empty({kernels::scratchBytes()}, x.options().dtype(at::kByte));
    arguments.scratch = scratch.mutable_data_ptr();
  }
  expectNoError(kernel(arguments));
  return output;
}

}  // namespace

bool hasCudaKernels() {
  return true;
}

std::optional<at::Tensor> fusedSymmetric(const at::Tensor& x, const QuantizerOptions& options) {
  if (!hasKernel(x)) {
    return std::nullopt;
  }
  return quantizeWith(x, options, [&](const kernels::QuantizeArguments& arguments) {
    return kernels::symmetricQuantize(arguments, options.bits);
  });
}

std::optional<at::Tensor> fusedTernary(const at::Tensor& x, const QuantizerOptions& options) {
  if (!hasKernel(x)) {
    return std::nullopt;
  }
  return quantizeWith(x, options, [&](const kernels::QuantizeArguments& arguments) {
    return kernels::ternaryQuantize(arguments, options.threshold_factor);
  });
}

std::optional<at::Tensor> fusedStraightThrough(const at::Tensor& gradient,
                                               const at::Tensor& x,
                                               double clip) {
  if (!hasKernel(x) || !gradient.is_contiguous() || gradient.device() != x.device() ||
      gradient.scalar_type() != x.scalar_type() || gradient.sizes() != x.sizes()) {
    return std::nullopt;
  }
  at::Tensor output = at::empty_like(x);
  expectNoError(
      kernels::straightThroughBackward(argumentsFor(x, output, clip), gradient.const_data_ptr()));
  return output;
}

#else

bool hasCudaKernels() {
  return false;
}

std::optional<at::Tensor> fusedSymmetric(const at::Tensor& /*x*/,
                                         const QuantizerOptions& /*options*/) {
  return std::nullopt;
}

std::optional<at::Tensor> fusedTernary(const at::Tensor& /*x*/,
                                       const QuantizerOptions& /*options*/) {
  return std::nullopt;
}

std::optional<at::Tensor> fusedStraightThrough(const at::Tensor& /*gradient*/,
                                               const at::Tensor& /*x*/,
                                               double /*clip*/) {
  return std::nullopt;
}

#endif

}  // namespace retort::train
