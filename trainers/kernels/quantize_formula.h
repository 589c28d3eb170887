#pragma once

// For nvcc (C++17) and for the host's compiler: no header of LibTorch or of core/.
#include <cmath>
#include <cstdint>

#ifdef __CUDACC__
#define RETORT_HOST_DEVICE __host__ __device__
#else
#define RETORT_HOST_DEVICE
#endif

/// The arithmetic of one element in the fused quantization kernels, in the order of operations of
/// quantizers/{symmetric,ternary,straight_through}.cpp, so that float32 and float64 round alike. A
/// NaN goes wherever it goes there. T: float or double.
namespace retort::train::kernels {

/// x into [-clip, clip].
template <class T>
RETORT_HOST_DEVICE T clipped(T x, T clip) {
  if (x < -clip) {
    return -clip;
  }
  return x > clip ? clip : x;
}

/// |clip(x)|
template <class T>
RETORT_HOST_DEVICE T clippedMagnitude(T x, T clip) {
  return std::fabs(clipped(x, clip));
}

/// The larger one; NaN when either is NaN. Exact, so the order of a reduction is of no matter.
template <class T>
RETORT_HOST_DEVICE T larger(T a, T b) {
  return a > b || a != a ? a : b;
}

/// s = (2^(bits-1) - 1) / max|clip(x)|, through the reciprocal; a maximum below 1e-30 counts as
/// 1e-30.
template <class T>
RETORT_HOST_DEVICE T symmetricScale(T maximum, int bits) {
  const T smallest = static_cast<T>(1e-30);
  const T divisor = maximum < smallest ? smallest : maximum;
  return (T(1) / divisor) * static_cast<T>((1 << (bits - 1)) - 1);
}

/// round(clip(x) s) / s, half to even.
template <class T>
RETORT_HOST_DEVICE T symmetricValue(T x, T clip, T scale) {
  return std::rint(clipped(x, clip) * scale) / scale;
}

/// Delta = factor * sum|clip(x)| / count
template <class T>
RETORT_HOST_DEVICE T ternaryThreshold(T sum, std::int64_t count, T factor) {
  return factor * sum / static_cast<T>(count);
}

/// 1[|clip(x)| > Delta]
template <class T>
RETORT_HOST_DEVICE T ternarySurvives(T magnitude, T threshold) {
  return magnitude > threshold ? T(1) : T(0);
}

/// alpha = sum of the survivors' magnitudes / their number; 0 when there is none.
template <class T>
RETORT_HOST_DEVICE T ternaryLevel(T survivor_sum, T survivors) {
  return survivor_sum / (survivors < T(1) ? T(1) : survivors);
}

/// alpha sign(clip(x)) 1[|clip(x)| > Delta]
template <class T>
RETORT_HOST_DEVICE T ternaryValue(T x, T clip, T threshold, T level) {
  const T value = clipped(x, clip);
  const T sign = static_cast<T>((T(0) < value) - (value < T(0)));
  return sign * level * ternarySurvives(std::fabs(value), threshold);
}

/// dL/dx = dL/dx_q 1[-clip < x < clip]
template <class T>
RETORT_HOST_DEVICE T straightThroughGradient(T gradient, T x, T clip) {
  return x <= -clip || x >= clip ? T(0) : gradient;
}

constexpr int kThreads = 256;      ///< of each block
constexpr int kMostBlocks = 1024;  ///< of a pass over a whole tensor

/// Blocks of a pass over `count` elements of one tensor.
constexpr int blocksFor(std::int64_t count) {
  const std::int64_t blocks = (count + kThreads - 1) / kThreads;
  return blocks < kMostBlocks ? static_cast<int>(blocks) : kMostBlocks;
}

}  // namespace retort::train::kernels
