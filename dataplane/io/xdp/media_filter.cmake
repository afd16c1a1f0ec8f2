# SPDX-License-Identifier: Apache-2.0
# The XDP program of af_xdp: compiled for the kernel's BPF machine, then made an array of C++: the
# source file ${WEIR_FILTER_OBJECT}.
find_program(WEIR_BPF_CLANG NAMES clang clang-19 clang-18 clang-17 clang-16 clang-15 clang-14)
if(NOT WEIR_BPF_CLANG)
  message(FATAL_ERROR "clang is missing: it compiles the XDP program of af_xdp (dataplane/io/xdp); "
    "`apt-get install clang`, or deploy/setup --packages-only")
endif()

# The kernel's types are in the directory of the host's architecture. `-mcpu=v3`: atomic operations that
# answer (Linux 5.12), in the program that relays. Headers are copied in words: `-fno-strict-aliasing`.
file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/xdp)
set(WEIR_FILTER_OBJECT)
function(weir_xdp_object name)
  set(object ${CMAKE_CURRENT_BINARY_DIR}/xdp/${name}.bpf.o)
  set(embedded ${CMAKE_CURRENT_BINARY_DIR}/xdp/${name}.cpp)
  add_custom_command(OUTPUT ${object}
    COMMAND ${WEIR_BPF_CLANG} -O2 -g -fno-strict-aliasing -target bpf ${ARGN} -Wall -Werror -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=
      -fdebug-compilation-dir=. -isystem /usr/include/${CMAKE_LIBRARY_ARCHITECTURE} -I ${CMAKE_SOURCE_DIR}
      -c ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/media_filter.bpf.c -o ${object}
    DEPENDS ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/media_filter.bpf.c ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/filter_maps.h
      ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/flow_relay.bpf.h ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/flow_send.bpf.h
      ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/flow_fork.bpf.h ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/flow_maps.h
    COMMENT "XDP program ${name}.bpf.o" VERBATIM)
  add_custom_command(OUTPUT ${embedded}
    COMMAND ${CMAKE_COMMAND} -DOBJECT=${object} -DNAME=${name} -DOUTPUT=${embedded}
      -P ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/embed_object.cmake
    DEPENDS ${object} ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/embed_object.cmake VERBATIM)
  set(WEIR_FILTER_OBJECT ${WEIR_FILTER_OBJECT} ${embedded} PARENT_SCOPE)
endfunction()
weir_xdp_object(filter_object)
weir_xdp_object(relay_object -mcpu=v3 -DWEIR_XDP_OFFLOAD)
