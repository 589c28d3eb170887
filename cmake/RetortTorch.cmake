# Finds LibTorch and defines the target retort_torch. In this order: RETORT_TORCH (CMake or environment: a LibTorch
# folder or PyPI's torch folder), CMAKE_PREFIX_PATH, and the private folder that ./retort fills.
# Only libtorch_cpu and libc10 are linked; the trainer loads libtorch_cuda itself when it is asked for a GPU, so that
# one program runs on machines with and without an NVIDIA driver. find_package(Torch) is of no use here: PyPI's
# package configuration insists on a complete CUDA toolkit.
if(NOT RETORT_TORCH AND DEFINED ENV{RETORT_TORCH})
  set(RETORT_TORCH "$ENV{RETORT_TORCH}")
endif()
set(RETORT_TORCH "${RETORT_TORCH}" CACHE PATH "Folder of LibTorch (holds include/ and lib/)")
if(RETORT_TORCH)
  set(retort_torch_hints "${RETORT_TORCH}" "${RETORT_TORCH}/torch")
endif()
find_path(
  RETORT_TORCH_INCLUDE ATen/ATen.h
  HINTS ${retort_torch_hints}
  PATHS "${PROJECT_SOURCE_DIR}/.retort/libtorch/torch"
  PATH_SUFFIXES include torch/include)
find_library(
  RETORT_TORCH_CPU torch_cpu
  HINTS ${retort_torch_hints}
  PATHS "${PROJECT_SOURCE_DIR}/.retort/libtorch/torch"
  PATH_SUFFIXES lib torch/lib)
find_library(
  RETORT_TORCH_C10 c10
  HINTS ${retort_torch_hints}
  PATHS "${PROJECT_SOURCE_DIR}/.retort/libtorch/torch"
  PATH_SUFFIXES lib torch/lib)
if(NOT RETORT_TORCH_INCLUDE OR NOT RETORT_TORCH_CPU OR NOT RETORT_TORCH_C10)
  message(FATAL_ERROR "LibTorch was not found. './retort build' downloads it; or set RETORT_TORCH to a LibTorch "
                      "folder (the one that holds include/ and lib/), or configure with -DRETORT_BUILD_TRAINERS=OFF.")
endif()

add_library(retort_torch INTERFACE)
target_include_directories(
  retort_torch SYSTEM INTERFACE "${RETORT_TORCH_INCLUDE}" "${RETORT_TORCH_INCLUDE}/torch/csrc/api/include")
target_link_libraries(retort_torch INTERFACE "${RETORT_TORCH_CPU}" "${RETORT_TORCH_C10}")
# libtorch_cpu's own needs (CUPTI, the CUDA runtime) are found through its RPATH when the program starts.
target_link_options(retort_torch INTERFACE -Wl,--allow-shlib-undefined -Wl,--no-as-needed)
