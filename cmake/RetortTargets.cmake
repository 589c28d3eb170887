# What every target shares: language level, warnings, sanitizers, and the three helpers below.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
# Installed programs find LibTorch where it was when they were linked.
set(CMAKE_INSTALL_RPATH_USE_LINK_PATH ON)
include(GNUInstallDirs)

find_program(RETORT_CCACHE ccache)
if(RETORT_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${RETORT_CCACHE}")
endif()

add_library(retort_options INTERFACE)
target_include_directories(retort_options INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_options(
  retort_options
  INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wall
            -Wextra
            -Wpedantic
            -Wshadow
            -Wconversion
            -Wnon-virtual-dtor
            # Designated initializers leave the rest to the members' own defaults.
            -Wno-missing-field-initializers>)
if(RETORT_WARNINGS_AS_ERRORS)
  target_compile_options(retort_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Werror>)
endif()
if(RETORT_SANITIZE)
  target_compile_options(retort_options INTERFACE -fsanitize=${RETORT_SANITIZE} -fno-omit-frame-pointer
                                                  -fno-sanitize-recover=all)
  target_link_options(retort_options INTERFACE -fsanitize=${RETORT_SANITIZE})
endif()
if(RETORT_CLANG_TIDY)
  find_program(RETORT_CLANG_TIDY_PROGRAM clang-tidy REQUIRED)
  set(CMAKE_CXX_CLANG_TIDY "${RETORT_CLANG_TIDY_PROGRAM};--quiet")
endif()

# retort_library(NAME SOURCES … PUBLIC … PRIVATE …): a static library of this project.
function(retort_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;PUBLIC;PRIVATE")
  add_library(${name} STATIC ${arg_SOURCES})
  target_link_libraries(${name} PUBLIC retort_options ${arg_PUBLIC} PRIVATE ${arg_PRIVATE})
endfunction()

# What ./retort needs for every command but test and gui.
add_custom_target(programs)

# retort_program(NAME OUTPUT program-name SOURCES … LIBRARIES …): an executable in build/…/bin. All but those of the
# tests are installed.
function(retort_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "OUTPUT" "SOURCES;LIBRARIES")
  file(RELATIVE_PATH folder "${PROJECT_SOURCE_DIR}" "${CMAKE_CURRENT_SOURCE_DIR}")
  if(NOT folder MATCHES "^(tests|gui)")
    add_dependencies(programs ${name})
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE retort_options ${arg_LIBRARIES})
  set_target_properties(${name} PROPERTIES OUTPUT_NAME "${arg_OUTPUT}")
  if(NOT folder MATCHES "^tests")
    install(TARGETS ${name} RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
  endif()
endfunction()

# retort_tests(NAME SOURCES … LIBRARIES … LABELS … [PER_SUITE] [TIMEOUT seconds]): a GoogleTest program.
# Each case is a ctest entry; with PER_SUITE each suite is one (for programs that are slow to start, as
# LibTorch's are). TEST_DATA_DIR and SHARED_DATA_DIR are defined for the sources.
function(retort_tests name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "PER_SUITE" "TIMEOUT" "SOURCES;LIBRARIES;LABELS")
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE retort_options ${arg_LIBRARIES} GTest::gmock GTest::gtest_main)
  target_compile_definitions(
    ${name} PRIVATE TEST_DATA_DIR="${PROJECT_SOURCE_DIR}/tests/data"
                    SHARED_DATA_DIR="${PROJECT_SOURCE_DIR}/../shared"
                    PROGRAM_DIR="${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
  # GoogleTest's macros convert signedness inside.
  target_compile_options(${name} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-Wno-sign-conversion>)
  # The libraries are optimised; optimising the tests themselves only costs a third of their compile time.
  target_compile_options(${name} PRIVATE $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<CONFIG:Release>>:-O0>)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
  if(arg_PER_SUITE)
    set(suites "")
    foreach(source IN LISTS arg_SOURCES)
      set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${source}")
      file(STRINGS "${CMAKE_CURRENT_SOURCE_DIR}/${source}" lines REGEX "^(TYPED_)?TEST(_F|_P)?\\(")
      foreach(line IN LISTS lines)
        string(REGEX REPLACE "^(TYPED_)?TEST(_F|_P)?\\(([A-Za-z0-9_]+).*" "\\3" suite "${line}")
        list(APPEND suites "${suite}")
      endforeach()
    endforeach()
    list(REMOVE_DUPLICATES suites)
    foreach(suite IN LISTS suites)
      add_test(NAME "${name}/${suite}" COMMAND ${name} "--gtest_filter=${suite}.*:${suite}/*:*/${suite}.*")
      set_tests_properties("${name}/${suite}" PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT})
    endforeach()
  else()
    include(GoogleTest)
    gtest_discover_tests(
      ${name}
      TEST_PREFIX "${name}/"
      DISCOVERY_MODE PRE_TEST
      PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT})
  endif()
endfunction()
