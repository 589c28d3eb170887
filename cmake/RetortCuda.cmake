# Decides whether CUDA kernels are built: sets RETORT_HAS_CUDA, and with it enables the language and defines the
# target retort_cuda. RETORT_CUDA: AUTO (when a working nvcc is there), ON (required) or OFF.
# nvcc is looked for in CUDACXX, CUDA_PATH, PATH and /usr/local/cuda.
# Only the CUDA runtime is linked, and statically, so that programs also start where there is no CUDA. LibTorch brings
# a runtime of its own as a shared library; hiding the static one's symbols keeps the two apart.
set(RETORT_HAS_CUDA FALSE)
if(RETORT_CUDA STREQUAL "OFF")
  return()
endif()
if(DEFINED ENV{CUDACXX})
  set(RETORT_NVCC "$ENV{CUDACXX}" CACHE FILEPATH "nvcc")
endif()
find_program(
  RETORT_NVCC nvcc
  HINTS ENV CUDA_PATH
  PATHS /usr/local/cuda/bin
  PATH_SUFFIXES bin)
if(NOT RETORT_NVCC)
  if(RETORT_CUDA STREQUAL "ON")
    message(FATAL_ERROR "RETORT_CUDA is ON, but nvcc was not found; set CUDACXX or put nvcc in PATH.")
  endif()
  message(STATUS "CUDA kernels are not built: nvcc was not found (LibTorch's own are used on GPUs)")
  return()
endif()

# Turing and newer: code for 7.5, 8.0 and 9.0, and for what comes later an intermediate form that the driver compiles.
if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)
  set(CMAKE_CUDA_ARCHITECTURES 75-real 80-real 90)
endif()
set(CMAKE_CUDA_RUNTIME_LIBRARY Static)
set(CMAKE_CUDA_COMPILER "${RETORT_NVCC}" CACHE FILEPATH "nvcc")
if(RETORT_CUDA STREQUAL "AUTO" AND NOT RETORT_WORKING_NVCC STREQUAL RETORT_NVCC)
  # An nvcc that does not go with this compiler must not keep the rest from being built.
  include(CheckLanguage)
  unset(CMAKE_CUDA_COMPILER CACHE)
  set(ENV{CUDACXX} "${RETORT_NVCC}")
  check_language(CUDA)
  if(NOT CMAKE_CUDA_COMPILER)
    message(STATUS "CUDA kernels are not built: ${RETORT_NVCC} does not work with this compiler")
    return()
  endif()
  set(RETORT_WORKING_NVCC "${RETORT_NVCC}" CACHE INTERNAL "the nvcc that was tried and works")
endif()
enable_language(CUDA)
# CMake 3.25 knows no C++20 for nvcc: kernels keep to C++17 and include no header of core/ or LibTorch.
set(CMAKE_CUDA_STANDARD 17)
set(CMAKE_CUDA_STANDARD_REQUIRED ON)
if(RETORT_CCACHE AND NOT CMAKE_CUDA_COMPILER_LAUNCHER)
  set(CMAKE_CUDA_COMPILER_LAUNCHER "${RETORT_CCACHE}")
endif()
find_package(CUDAToolkit REQUIRED)
add_library(retort_cuda INTERFACE)
# Not its folder of headers, which only nvcc needs and knows: every unit of the trainer would be compiled anew for it.
target_link_libraries(retort_cuda INTERFACE $<LINK_ONLY:CUDA::cudart_static>)
target_link_options(retort_cuda INTERFACE LINKER:--exclude-libs,libcudart_static.a)
# Products and sums are rounded one by one, as on the CPU.
target_compile_options(retort_cuda INTERFACE $<$<COMPILE_LANGUAGE:CUDA>:--fmad=false -Xcompiler=-Wall,-Wextra>)
set(RETORT_HAS_CUDA TRUE)
message(STATUS "CUDA kernels are built by ${CMAKE_CUDA_COMPILER} ${CMAKE_CUDA_COMPILER_VERSION} for ${CMAKE_CUDA_ARCHITECTURES}")
