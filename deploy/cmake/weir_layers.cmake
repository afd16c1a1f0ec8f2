# SPDX-License-Identifier: Apache-2.0
# The functions behind the layering table of the root CMakeLists.txt.

# weir_may_use(TARGET ALLOWED...): TARGET may depend on ALLOWED (`*` = on everything).
function(weir_may_use target)
  set_property(GLOBAL PROPERTY weir_edges_${target} "${ARGN}")
  set_property(GLOBAL APPEND PROPERTY weir_layers ${target})
endfunction()

# weir_third_party(NAME HEADERS prefix... OWNERS target...): who may use the library NAME.
function(weir_third_party name)
  cmake_parse_arguments(ARG "" "" "HEADERS;OWNERS" ${ARGN})
  set_property(GLOBAL PROPERTY weir_owners_${name} "${ARG_OWNERS}")
endfunction()

function(weir_check_edges target)
  cmake_parse_arguments(ARG "" "" "DEPS;THIRD_PARTY" ${ARGN})
  get_property(layers GLOBAL PROPERTY weir_layers)
  if(NOT target IN_LIST layers)
    message(FATAL_ERROR "${target} is not in the layering table: add a weir_may_use line to the root CMakeLists.txt")
  endif()
  get_property(allowed GLOBAL PROPERTY weir_edges_${target})
  foreach(dep IN LISTS ARG_DEPS)
    if(NOT dep IN_LIST allowed AND NOT "*" IN_LIST allowed)
      message(FATAL_ERROR "${target} may not use ${dep}: allowed are '${allowed}' (layering table in the root CMakeLists.txt)")
    endif()
  endforeach()
  foreach(lib IN LISTS ARG_THIRD_PARTY)
    get_property(owners GLOBAL PROPERTY weir_owners_${lib})
    if(NOT target IN_LIST owners AND NOT "*" IN_LIST owners AND NOT "*" IN_LIST allowed)
      message(FATAL_ERROR "${target} may not use the library ${lib}: it belongs to '${owners}'")
    endif()
  endforeach()
endfunction()

# The builds with sanitizers compile several sources as one (CMAKE_UNITY_BUILD, README.md). ALONE file... are those of
# SRCS that go by themselves: a name in an unnamed namespace of theirs, or in <linux/if.h>, is that of something else in
# another source of the target.
function(weir_compile_alone)
  set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# weir_library(TARGET SRCS file... [ALONE file...] DEPS target... THIRD_PARTY lib...): one second-level folder.
# DEPS are public (their headers appear in ours); third-party libraries stay private, except
# `expected`, which is part of the vocabulary.
function(weir_library target)
  cmake_parse_arguments(ARG "" "" "SRCS;ALONE;DEPS;THIRD_PARTY" ${ARGN})
  weir_check_edges(${target} DEPS ${ARG_DEPS} THIRD_PARTY ${ARG_THIRD_PARTY})
  if(ARG_SRCS)
    add_library(${target} STATIC ${ARG_SRCS})
    weir_compile_alone(${ARG_ALONE})
    set(scope PUBLIC)
    target_link_libraries(${target} PRIVATE weir_flags)
    foreach(lib IN LISTS ARG_THIRD_PARTY)
      target_link_libraries(${target} PRIVATE weir_lib_${lib})
    endforeach()
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(${target} ${scope} ${CMAKE_SOURCE_DIR})
  target_link_libraries(${target} ${scope} ${ARG_DEPS})
endfunction()

# weir_program(NAME SRCS file... [ALONE file...] DEPS target... THIRD_PARTY lib...): an executable in build/bin.
function(weir_program name)
  cmake_parse_arguments(ARG "" "" "SRCS;ALONE;DEPS;THIRD_PARTY" ${ARGN})
  add_executable(${name} ${ARG_SRCS})
  weir_compile_alone(${ARG_ALONE})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE weir_flags ${ARG_DEPS})
  foreach(lib IN LISTS ARG_THIRD_PARTY)
    target_link_libraries(${name} PRIVATE weir_lib_${lib})
  endforeach()
endfunction()

# weir_test(NAME LABELS label... SRCS file... [ALONE file...] DEPS target... THIRD_PARTY lib...): a GoogleTest program.
# Each TEST becomes a ctest entry; the labels choose what a sanitizer run repeats (unit, golden, ...):
# a program with none of the labels in WEIR_TEST_LABELS is not built at all. `threads`: its subject runs in threads of
# its own, so ThreadSanitizer repeats it. `release`: it says less, or nothing, with sanitizers, so that
# deploy/test runs it in the release build, too; the other tests of the release build get the label `repeated`.
function(weir_test name)
  cmake_parse_arguments(ARG "" "" "LABELS;SRCS;ALONE;DEPS;THIRD_PARTY" ${ARGN})
  weir_test_is_wanted(wanted ${ARG_LABELS})
  if(NOT wanted)
    return()
  endif()
  add_executable(${name} ${ARG_SRCS})
  weir_compile_alone(${ARG_ALONE})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE weir_test_flags ${ARG_DEPS} GTest::gmock GTest::gtest_main)
  # What a test says is compiled once and runs once: WEIR_TEST_FLAGS make it quick to compile.
  target_compile_options(${name} PRIVATE ${WEIR_TEST_FLAGS})
  target_compile_definitions(${name} PRIVATE WEIR_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  foreach(lib IN LISTS ARG_THIRD_PARTY)
    target_link_libraries(${name} PRIVATE weir_lib_${lib})
  endforeach()
  if(WEIR_SANITIZE OR "release" IN_LIST ARG_LABELS)
    add_dependencies(weir_tests ${name})
  else()
    list(APPEND ARG_LABELS repeated)
  endif()
  # gtest_discover_tests takes its list apart three times, and a second label for the name of a property.
  list(JOIN ARG_LABELS [[\\\\\\\;]] labels)
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST TEST_PREFIX "${WEIR_TEST_PREFIX}"
    PROPERTIES LABELS "${labels}" TIMEOUT 120)
endfunction()

# weir_script_test(NAME [SERIAL] LABELS label... COMMAND word... [TIMEOUT s] [PROGRAMS target...]): a
# test that is a script. Exit code 77 = skipped. PROGRAMS are built before it.
function(weir_script_test name)
  cmake_parse_arguments(ARG "SERIAL" "TIMEOUT" "LABELS;COMMAND;PROGRAMS" ${ARGN})
  weir_test_is_wanted(wanted ${ARG_LABELS})
  if(NOT wanted)
    return()
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  set(full_name ${WEIR_TEST_PREFIX}${name})
  add_test(NAME ${full_name} COMMAND ${ARG_COMMAND})
  set_tests_properties(${full_name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT}
    SKIP_RETURN_CODE 77)
  if(ARG_SERIAL)
    # It measures time or owns something of the machine: nothing else runs beside it.
    set_tests_properties(${full_name} PROPERTIES RUN_SERIAL TRUE RESOURCE_LOCK weir_namespaces)
  endif()
  foreach(program IN LISTS ARG_PROGRAMS)
    if(TARGET ${program})  # without it the script fails and names what is missing
      add_dependencies(weir_tests ${program})
    endif()
  endforeach()
endfunction()

# weir_fuzz(NAME SRCS file... DEPS target...): a libFuzzer program (preset fuzz, clang), and the long
# test that runs it for a minute of CPU. Its seeds are in tests/fuzz/corpus/NAME when there are any.
function(weir_fuzz name)
  cmake_parse_arguments(ARG "" "" "SRCS;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SRCS})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_compile_options(${name} PRIVATE -fsanitize=fuzzer)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  target_link_libraries(${name} PRIVATE weir_test_flags ${ARG_DEPS})
  string(REPLACE "fuzz_" "" short ${name})
  weir_script_test(${name} LABELS fuzz long TIMEOUT 900 PROGRAMS ${name}
    COMMAND ${CMAKE_SOURCE_DIR}/tests/fuzz/run.py --build ${CMAKE_BINARY_DIR} --cpu 60 ${short})
endfunction()

function(weir_test_is_wanted result)
  set(wanted FALSE)
  foreach(label IN LISTS ARGN)
    if(label IN_LIST WEIR_TEST_LABELS)
      set(wanted TRUE)
    endif()
  endforeach()
  set(${result} ${wanted} PARENT_SCOPE)
endfunction()
