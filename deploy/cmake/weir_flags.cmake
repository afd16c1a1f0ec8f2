# SPDX-License-Identifier: Apache-2.0
# Compiler and linker flags, as interface targets: nothing global.

add_library(weir_flags INTERFACE)
target_compile_options(weir_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wold-style-cast -Wnon-virtual-dtor -Werror
  -fno-omit-frame-pointer)

# GoogleTest's macros trip -Wconversion and friends at times: tests keep the other warnings.
add_library(weir_test_flags INTERFACE)
target_compile_options(weir_test_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Werror -fno-omit-frame-pointer)

if(WEIR_SANITIZE)
  list(JOIN WEIR_SANITIZE "," sanitizers)
  foreach(flags weir_flags weir_test_flags)
    target_compile_options(${flags} INTERFACE -fsanitize=${sanitizers} -fno-sanitize-recover=all)
    target_link_options(${flags} INTERFACE -fsanitize=${sanitizers})
  endforeach()
endif()

# Where several sources are compiled as one, they are read as one: what these two warn of is the release build's to find.
if(CMAKE_UNITY_BUILD)
  foreach(flags weir_flags weir_test_flags)
    target_compile_options(${flags} INTERFACE -Wno-shadow -Wno-subobject-linkage)
  endforeach()
endif()

# libFuzzer learns only from code that counts its branches: the libraries are instrumented like the targets. The
# standard library's own checks stop at a view or span read behind its end, which lies in memory that is somebody's.
if(WEIR_FUZZ)
  foreach(flags weir_flags weir_test_flags)
    target_compile_options(${flags} INTERFACE -fsanitize=fuzzer-no-link)
    target_compile_definitions(${flags} INTERFACE _GLIBCXX_ASSERTIONS)
    target_link_options(${flags} INTERFACE -fsanitize=fuzzer-no-link)
  endforeach()
endif()

# mold links in a fraction of the time; without it the default linker serves.
find_program(WEIR_MOLD mold)
if(WEIR_MOLD)
  foreach(flags weir_flags weir_test_flags)
    target_link_options(${flags} INTERFACE -fuse-ld=mold)
  endforeach()
endif()

# Paths below the source tree are hashed relative to it, so that a second clone finds the objects of the first.
find_program(WEIR_CCACHE ccache)
if(WEIR_CCACHE)
  set(cached ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${WEIR_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${cached})
  set(CMAKE_C_COMPILER_LAUNCHER ${cached})
endif()
