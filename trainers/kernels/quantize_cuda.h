#pragma once

// For nvcc (C++17) and for the host's compiler: no header of LibTorch or of core/.
#include <cstdint>

/// The fused kernels as plain functions: pointers, sizes and a stream, so that quantize_cuda.cu
/// needs nothing but the CUDA runtime.
namespace retort::train::kernels {

/// A contiguous tensor in GPU memory, taken as rows; each row has a scale of its own (rows = 1: the
/// whole tensor has one). All pointers are of GPU `device`; the calls only enqueue work on `stream`
/// (a cudaStream_t) and leave the current device as it was.
struct QuantizeArguments {
  const void* input = nullptr;
  void* output = nullptr;
  void* scratch = nullptr;  ///< scratchBytes() bytes; used when rows = 1
  std::int64_t rows = 1;
  std::int64_t columns = 0;  ///< at least 1
  double clip = 2.5;
  int device = 0;
  void* stream = nullptr;
  bool is_double = false;  ///< float64 elements; else float32
};

/// GPU memory that a call with rows = 1 needs besides its tensors.
[[nodiscard]] std::int64_t scratchBytes();

/// quantizers/symmetric.h: rows = 1 in two passes over the tensor, else in one. Returns null, or
/// CUDA's sentence about what is wrong.
[[nodiscard]] const char* symmetricQuantize(const QuantizeArguments& arguments, int bits);

/// quantizers/ternary.h: rows = 1 in three passes over the tensor, else in one. Sums are made in
/// float64 and in a fixed order: the same input gives the same bits.
[[nodiscard]] const char* ternaryQuantize(const QuantizeArguments& arguments, double factor);

/// quantizers/straight_through.h: `output` is the gradient of `input`, of which `gradient` has the
/// layout. rows = 1.
[[nodiscard]] const char* straightThroughBackward(const QuantizeArguments& arguments,
                                                  const void* gradient);

}  // namespace retort::train::kernels
