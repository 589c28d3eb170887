# Decides whether CUDA kernels are built: sets RETORT_HAS_CUDA, and with it enables the language and defines the
# target retort_cuda. Only the CUDA runtime is linked, statically, so that programs also start where there is no CUDA.
# nvcc is looked for in CUDACXX, PATH and /usr/local/cuda/bin. RETORT_CUDA: AUTO, ON (nvcc is required) or OFF.
set(RETORT_HAS_CUDA FALSE)
if(RETORT_CUDA STREQUAL "OFF")
  return()
endif()
find_program(
  RETORT_NVCC nvcc
  HINTS ENV CUDACXX ENV CUDA_PATH
  PATHS /usr/local/cuda/bin
  PATH_SUFFIXES bin)
if(NOT RETORT_NVCC)
  if(RETORT_CUDA STREQUAL "ON")
    message(FATAL_ERROR "RETORT_CUDA is ON, but nvcc was not found; set CUDACXX or put nvcc in PATH.")
  endif()
  message(STATUS "No nvcc: CUDA kernels are not built")
  return()
endif()

set(CMAKE_CUDA_COMPILER "${RETORT_NVCC}" CACHE FILEPATH "nvcc")
if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)
  set(CMAKE_CUDA_ARCHITECTURES 80 90)
endif()
set(CMAKE_CUDA_RUNTIME_LIBRARY Static)
enable_language(CUDA)
# CMake 3.25 knows no C++20 for nvcc: kernels keep to C++17 and include no header of core/.
set(CMAKE_CUDA_STANDARD 17)
set(CMAKE_CUDA_STANDARD_REQUIRED ON)
find_package(CUDAToolkit REQUIRED)
add_library(retort_cuda INTERFACE)
target_link_libraries(retort_cuda INTERFACE CUDA::cudart_static)
set(RETORT_HAS_CUDA TRUE)
