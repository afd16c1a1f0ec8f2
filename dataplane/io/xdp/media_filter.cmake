# SPDX-License-Identifier: Apache-2.0
# The XDP program of af_xdp: compiled for the kernel's BPF machine, then made an array of C++: the
# source file ${WEIR_FILTER_OBJECT}.
find_program(WEIR_BPF_CLANG NAMES clang clang-19 clang-18 clang-17 clang-16 clang-15 clang-14)
if(NOT WEIR_BPF_CLANG)
  message(FATAL_ERROR "clang is missing: it compiles the XDP program of af_xdp (dataplane/io/xdp); "
    "`apt-get install clang`, or deploy/setup --packages-only")
endif()

set(object ${CMAKE_CURRENT_BINARY_DIR}/xdp/media_filter.bpf.o)
set(embedded ${CMAKE_CURRENT_BINARY_DIR}/xdp/filter_object.cpp)
# The kernel's types are in the directory of the host's architecture.
file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/xdp)
add_custom_command(OUTPUT ${object}
  COMMAND ${WEIR_BPF_CLANG} -O2 -g -target bpf -Wall -Werror -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=
    -fdebug-compilation-dir=. -isystem /usr/include/${CMAKE_LIBRARY_ARCHITECTURE} -I ${CMAKE_SOURCE_DIR}
    -c ${CMAKE_CURRENT_LIST_DIR}/media_filter.bpf.c -o ${object}
  DEPENDS ${CMAKE_CURRENT_LIST_DIR}/media_filter.bpf.c ${CMAKE_CURRENT_LIST_DIR}/filter_maps.h
  COMMENT "XDP program media_filter.bpf.o" VERBATIM)
add_custom_command(OUTPUT ${embedded}
  COMMAND ${CMAKE_COMMAND} -DOBJECT=${object} -DOUTPUT=${embedded} -P ${CMAKE_CURRENT_LIST_DIR}/embed_object.cmake
  DEPENDS ${object} ${CMAKE_CURRENT_LIST_DIR}/embed_object.cmake VERBATIM)
set(WEIR_FILTER_OBJECT ${embedded})
