# Finds LibTorch and defines the target retort_torch. In this order: RETORT_TORCH (CMake or environment: a LibTorch
# folder or PyPI's torch folder), CMAKE_PREFIX_PATH, and the private folder that ./retort fills.
# Only libtorch_cpu and libc10 are linked; the trainer loads libtorch_cuda itself when it is asked for a GPU, so that
# one program runs on machines with and without an NVIDIA driver. find_package(Torch) is of no use here: PyPI's
# package configuration insists on a complete CUDA toolkit.
if(NOT RETORT_TORCH AND DEFINED ENV{RETORT_TORCH})
  set(RETORT_TORCH "$ENV{RETORT_TORCH}")
endif()
set(RETORT_TORCH "${RETORT_TORCH}" CACHE PATH "Folder of LibTorch (holds include/ and lib/)")
set(retort_torch_default "${PROJECT_SOURCE_DIR}/.retort/libtorch/torch")
set(retort_torch_hints "${retort_torch_default}")
if(RETORT_TORCH)
  set(retort_torch_hints "${RETORT_TORCH}" "${RETORT_TORCH}/torch" NO_DEFAULT_PATH)
endif()
find_path(
  RETORT_TORCH_INCLUDE ATen/ATen.h
  HINTS ${retort_torch_hints}
  PATH_SUFFIXES include torch/include)
find_library(
  RETORT_TORCH_CPU torch_cpu
  HINTS ${retort_torch_hints}
  PATH_SUFFIXES lib torch/lib)
find_library(
  RETORT_TORCH_C10 c10
  HINTS ${retort_torch_hints}
  PATH_SUFFIXES lib torch/lib)
if(NOT RETORT_TORCH_INCLUDE OR NOT RETORT_TORCH_CPU OR NOT RETORT_TORCH_C10)
  message(FATAL_ERROR "LibTorch was not found. './retort build' downloads it; or set RETORT_TORCH to a LibTorch "
                      "folder (the one that holds include/ and lib/), or configure with -DRETORT_BUILD_TRAINERS=OFF.")
endif()
# The numbers that tests expect, bit for bit, are those of this release.
set(retort_torch_version "")
if(EXISTS "${RETORT_TORCH_INCLUDE}/torch/headeronly/version.h")
  file(STRINGS "${RETORT_TORCH_INCLUDE}/torch/headeronly/version.h" retort_torch_version REGEX "_M(AJ|IN)OR [0-9]+$")
endif()
if(NOT retort_torch_version MATCHES "MAJOR 2;.*MINOR 11$")
  message(WARNING "The LibTorch in ${RETORT_TORCH_INCLUDE} is not release 2.11, the one that Retort is tested with.")
endif()

add_library(retort_torch INTERFACE)
target_include_directories(
  retort_torch SYSTEM INTERFACE "${RETORT_TORCH_INCLUDE}" "${RETORT_TORCH_INCLUDE}/torch/csrc/api/include")
target_link_libraries(retort_torch INTERFACE "${RETORT_TORCH_CPU}" "${RETORT_TORCH_C10}")
# libtorch_cpu's own needs (CUPTI, the CUDA runtime) are found through its RPATH when the program starts.
target_link_options(retort_torch INTERFACE -Wl,--allow-shlib-undefined -Wl,--no-as-needed)
# LibTorch's folder brings its own, newer fmt, which hides Debian's there and has no library to link.
target_compile_definitions(retort_torch INTERFACE FMT_HEADER_ONLY)
