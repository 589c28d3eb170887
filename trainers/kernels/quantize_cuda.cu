#include "trainers/kernels/quantize_cuda.h"
#include "trainers/kernels/quantize_formula.h"

#include <cuda_runtime.h>

namespace retort::train::kernels {
namespace {

// Scratch of the passes over a whole tensor: two partial results of each block.
constexpr int kScratch = 2 * kMostBlocks;

/// Typed arguments of one launch.
template <class T>
struct Work {
  const T* input;
  T* output;
  double* scratch;
  std::int64_t columns;
  T clip;
};

/// The elements of one thread: begin, begin + stride, … below end.
struct Share {
  std::int64_t begin;
  std::int64_t end;
  std::int64_t stride;
};

__device__ Share shareOfRow(std::int64_t columns) {
  return {static_cast<std::int64_t>(threadIdx.x), columns, kThreads};
}

__device__ Share shareOfTensor(std::int64_t count) {
  return {static_cast<std::int64_t>(blockIdx.x) * kThreads + threadIdx.x,
          count,
          static_cast<std::int64_t>(gridDim.x) * kThreads};
}

/// What a reduction makes of two values.
struct Add {
  static constexpr double kNeutral = 0;

  __device__ double operator()(double a, double b) const { return a + b; }
};

struct Larger {
  static constexpr double kNeutral = 0;  // of magnitudes

  __device__ double operator()(double a, double b) const { return larger(a, b); }
};

/// Combines one value of each thread in a fixed order; every thread gets the result.
template <class Combine>
__device__ double combineBlock(double value, Combine combine) {
  __shared__ double shared[kThreads];
  shared[threadIdx.x] = value;
  __syncthreads();
  for (unsigned half = kThreads / 2; half > 0; half /= 2) {
    if (threadIdx.x < half) {
      shared[threadIdx.x] = combine(shared[threadIdx.x], shared[threadIdx.x + half]);
    }
    __syncthreads();
  }
  const double result = shared[0];
  __syncthreads();
  return result;
}

/// Combines the blocks' partial results; every block does it for itself, in the same order.
template <class Combine>
__device__ double combinePartials(const double* partials, int count, Combine combine) {
  double value = Combine::kNeutral;
  for (int i = static_cast<int>(threadIdx.x); i < count; i += kThreads) {
    value = combine(value, partials[i]);
  }
  return combineBlock(value, combine);
}

template <class T, class Combine>
__device__ double combineMagnitudes(const T* x, Share share, T clip, Combine combine) {
  double value = Combine::kNeutral;
  for (std::int64_t i = share.begin; i < share.end; i += share.stride) {
    value = combine(value, static_cast<double>(clippedMagnitude(x[i], clip)));
  }
  return combineBlock(value, combine);
}

struct Survivors {
  double sum;
  double count;
};

template <class T>
__device__ Survivors survivorsOf(const T* x, Share share, T clip, T threshold) {
  Survivors survivors{0, 0};
  for (std::int64_t i = share.begin; i < share.end; i += share.stride) {
    const T magnitude = clippedMagnitude(x[i], clip);
    const T survives = ternarySurvives(magnitude, threshold);
    // A product, not a branch: 0 * NaN tells of a NaN as the reference does.
    survivors.sum += static_cast<double>(survives * magnitude);
    survivors.count += static_cast<double>(survives);
  }
  return {combineBlock(survivors.sum, Add()), combineBlock(survivors.count, Add())};
}

template <class T>
__device__ void writeSymmetric(const T* x, T* y, Share share, T clip, T scale) {
  for (std::int64_t i = share.begin; i < share.end; i += share.stride) {
    y[i] = symmetricValue(x[i], clip, scale);
  }
}

template <class T>
__device__ void writeTernary(const T* x, T* y, Share share, T clip, T threshold, T level) {
  for (std::int64_t i = share.begin; i < share.end; i += share.stride) {
    y[i] = ternaryValue(x[i], clip, threshold, level);
  }
}

// One block for each row; after the first pass the row is in the cache.

template <class T>
__global__ void symmetricRows(Work<T> work, int bits) {
  const T* x = work.input + blockIdx.x * work.columns;
  const Share row = shareOfRow(work.columns);
  const auto maximum = static_cast<T>(combineMagnitudes(x, row, work.clip, Larger()));
  writeSymmetric(
      x, work.output + blockIdx.x * work.columns, row, work.clip, symmetricScale(maximum, bits));
}

template <class T>
__global__ void ternaryRows(Work<T> work, T factor) {
  const T* x = work.input + blockIdx.x * work.columns;
  const Share row = shareOfRow(work.columns);
  const auto sum = static_cast<T>(combineMagnitudes(x, row, work.clip, Add()));
  const T threshold = ternaryThreshold(sum, work.columns, factor);
  const Survivors survivors = survivorsOf(x, row, work.clip, threshold);
  const T level = ternaryLevel(static_cast<T>(survivors.sum), static_cast<T>(survivors.count));
  writeTernary(x, work.output + blockIdx.x * work.columns, row, work.clip, threshold, level);
}

// The whole tensor: each pass leaves one partial result of each block, which the next combines.

template <class T>
__global__ void partialMaximum(Work<T> work) {
  const double maximum =
      combineMagnitudes(work.input, shareOfTensor(work.columns), work.clip, Larger());
  if (threadIdx.x == 0) {
    work.scratch[blockIdx.x] = maximum;
  }
}

template <class T>
__global__ void symmetricTensor(Work<T> work, int bits) {
  const auto maximum =
      static_cast<T>(combinePartials(work.scratch, static_cast<int>(gridDim.x), Larger()));
  writeSymmetric(work.input,
                 work.output,
                 shareOfTensor(work.columns),
                 work.clip,
                 symmetricScale(maximum, bits));
}

template <class T>
__global__ void partialSum(Work<T> work, double* partials) {
  const double sum = combineMagnitudes(work.input, shareOfTensor(work.columns), work.clip, Add());
  if (threadIdx.x == 0) {
    partials[blockIdx.x] = sum;
  }
}

template <class T>
__device__ T thresholdOf(const Work<T>& work, const double* partials, T factor) {
  const double sum = combinePartials(partials, static_cast<int>(gridDim.x), Add());
  return ternaryThreshold(static_cast<T>(sum), work.columns, factor);
}

template <class T>
__global__ void partialSurvivors(Work<T> work, const double* partials, T factor) {
  const T threshold = thresholdOf(work, partials, factor);
  const Survivors survivors =
      survivorsOf(work.input, shareOfTensor(work.columns), work.clip, threshold);
  if (threadIdx.x == 0) {
    work.scratch[blockIdx.x] = survivors.sum;
    work.scratch[kMostBlocks + blockIdx.x] = survivors.count;
  }
}

template <class T>
__global__ void ternaryTensor(Work<T> work, const double* partials, T factor) {
  const T threshold = thresholdOf(work, partials, factor);
  const auto blocks = static_cast<int>(gridDim.x);
  const auto sum = static_cast<T>(combinePartials(work.scratch, blocks, Add()));
  const auto count = static_cast<T>(combinePartials(work.scratch + kMostBlocks, blocks, Add()));
  writeTernary(work.input,
               work.output,
               shareOfTensor(work.columns),
               work.clip,
               threshold,
               ternaryLevel(sum, count));
}

template <class T>
__global__ void straightThrough(Work<T> work, const T* gradient) {
  const Share share = shareOfTensor(work.columns);
  for (std::int64_t i = share.begin; i < share.end; i += share.stride) {
    work.output[i] = straightThroughGradient(gradient[i], work.input[i], work.clip);
  }
}

/// Makes a GPU the current one, and the former one again at its end.
class DeviceScope {
 public:
  explicit DeviceScope(int device) {
    error_ = cudaGetDevice(&former_);
    if (error_ == cudaSuccess) {
      error_ = cudaSetDevice(device);
      is_changed_ = error_ == cudaSuccess && device != former_;
    }
  }

  ~DeviceScope() {
    if (is_changed_) {
      cudaSetDevice(former_);
    }
  }

  DeviceScope(const DeviceScope&) = delete;
  DeviceScope& operator=(const DeviceScope&) = delete;

  cudaError_t error() const { return error_; }

 private:
  cudaError_t error_ = cudaSuccess;
  int former_ = 0;
  bool is_changed_ = false;
};

template <class T>
Work<T> typed(const QuantizeArguments& arguments) {
  return {static_cast<const T*>(arguments.input),
          static_cast<T*>(arguments.output),
          static_cast<double*>(arguments.scratch),
          arguments.columns,
          static_cast<T>(arguments.clip)};
}

template <class T>
void launchSymmetric(const QuantizeArguments& arguments, int bits) {
  const Work<T> work = typed<T>(arguments);
  const auto stream = static_cast<cudaStream_t>(arguments.stream);
  if (arguments.rows > 1) {
    symmetricRows<<<static_cast<unsigned>(arguments.rows), kThreads, 0, stream>>>(work, bits);
    return;
  }
  const int blocks = blocksFor(arguments.columns);
  partialMaximum<<<blocks, kThreads, 0, stream>>>(work);
  symmetricTensor<<<blocks, kThreads, 0, stream>>>(work, bits);
}

template <class T>
void launchTernary(const QuantizeArguments& arguments, T factor) {
  const Work<T> work = typed<T>(arguments);
  const auto stream = static_cast<cudaStream_t>(arguments.stream);
  if (arguments.rows > 1) {
    ternaryRows<<<static_cast<unsigned>(arguments.rows), kThreads, 0, stream>>>(work, factor);
    return;
  }
  const int blocks = blocksFor(arguments.columns);
  double* sums = work.scratch + kScratch;
  partialSum<<<blocks, kThreads, 0, stream>>>(work, sums);
  partialSurvivors<<<blocks, kThreads, 0, stream>>>(work, sums, factor);
  ternaryTensor<<<blocks, kThreads, 0, stream>>>(work, sums, factor);
}

template <class T>
void launchStraightThrough(const QuantizeArguments& arguments, const void* gradient) {
  straightThrough<<<blocksFor(arguments.columns),
                    kThreads,
                    0,
                    static_cast<cudaStream_t>(arguments.stream)>>>(typed<T>(arguments),
                                                                   static_cast<const T*>(gradient));
}

/// Runs `launch` with the arguments' GPU as the current one.
template <class Launch>
const char* onDevice(const QuantizeArguments& arguments, Launch launch) {
  const DeviceScope device(arguments.device);
  cudaError_t error = device.error();
  if (error == cudaSuccess) {
    launch();
    error = cudaGetLastError();
  }
  return error == cudaSuccess ? nullptr : cudaGetErrorString(error);
}

}  // namespace

std::int64_t scratchBytes() {
  return static_cast<std::int64_t>(sizeof(double)) * (kScratch + kMostBlocks);
}

const char* symmetricQuantize(const QuantizeArguments& arguments, int bits) {
  return onDevice(arguments, [&] {
    arguments.is_double ? launchSymmetric<double>(arguments, bits)
                        : launchSymmetric<float>(arguments, bits);
  });
}

const char* ternaryQuantize(const QuantizeArguments& arguments, double factor) {
  return onDevice(arguments, [&] {
    arguments.is_double ? launchTernary<double>(arguments, factor)
                        : launchTernary<float>(arguments, static_cast<float>(factor));
  });
}

const char* straightThroughBackward(const QuantizeArguments& arguments, const void* gradient) {
  return onDevice(arguments, [&] {
    arguments.is_double ? launchStraightThrough<double>(arguments, gradient)
                        : launchStraightThrough<float>(arguments, gradient);
  });
}

}  // namespace retort::train::kernels
