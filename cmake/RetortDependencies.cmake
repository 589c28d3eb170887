# Everything that Retort is built with, in one place. The Debian packages that bring it: cmake/debian-packages.txt.
# LibTorch is found in trainers/ only (cmake/RetortTorch.cmake), so that its flags reach nobody else.
find_package(Threads REQUIRED)
find_package(fmt 9.1 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(tl-expected 1.0 REQUIRED)
find_package(OpenSSL 3.0 REQUIRED COMPONENTS Crypto)
find_package(SQLite3 3.40 REQUIRED)
find_package(yaml-cpp 0.7 REQUIRED)
find_package(CLI11 2.1 REQUIRED)
find_package(Boost 1.74 REQUIRED) # headers of Boost.Math: Student's t and the normal distribution
if(RETORT_BUILD_TESTS)
  find_package(GTest 1.12 REQUIRED)
endif()
if(RETORT_BUILD_TRAINERS)
  # Its pkg-config file names the version; the library that trains models, which it names, too, is not wanted.
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(RETORT_SENTENCEPIECE REQUIRED sentencepiece>=0.1.97)
  find_library(RETORT_SENTENCEPIECE_LIBRARY sentencepiece HINTS ${RETORT_SENTENCEPIECE_LIBRARY_DIRS} REQUIRED)
  add_library(retort_sentencepiece INTERFACE)
  target_link_libraries(retort_sentencepiece INTERFACE ${RETORT_SENTENCEPIECE_LIBRARY})
  target_include_directories(retort_sentencepiece SYSTEM INTERFACE ${RETORT_SENTENCEPIECE_INCLUDE_DIRS})
endif()
