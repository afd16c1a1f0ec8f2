# SPDX-License-Identifier: Apache-2.0
# Programs for the kernel's BPF machine: compiled by clang, then made an array of C++ by
# embed_object.cmake. The source files: ${WEIR_BPF_OBJECTS}.
find_program(WEIR_BPF_CLANG NAMES clang clang-19 clang-18 clang-17 clang-16 clang-15 clang-14)
if(NOT WEIR_BPF_CLANG)
  message(FATAL_ERROR "clang is missing: it compiles the BPF programs of af_xdp and af_packet (dataplane/io); "
    "`apt-get install clang`, or deploy/setup --packages-only")
endif()

# The kernel's types are in the directory of the host's architecture. Headers are copied in words:
# `-fno-strict-aliasing`. HEADER declares the function NAME, which gives the object's bytes; the rest are flags.
set(WEIR_BPF_OBJECTS)
function(weir_bpf_object name source header)
  set(object ${CMAKE_CURRENT_BINARY_DIR}/bpf/${name}.bpf.o)
  set(embedded ${CMAKE_CURRENT_BINARY_DIR}/bpf/${name}.cpp)
  file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/bpf)
  add_custom_command(OUTPUT ${object}
    COMMAND ${WEIR_BPF_CLANG} -O2 -g -fno-strict-aliasing -target bpf ${ARGN} -Wall -Werror -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=
      -fdebug-compilation-dir=. -isystem /usr/include/${CMAKE_LIBRARY_ARCHITECTURE} -I ${CMAKE_SOURCE_DIR}
      -MD -MF ${object}.d -c ${CMAKE_CURRENT_SOURCE_DIR}/${source} -o ${object}
    DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${source} DEPFILE ${object}.d
    COMMENT "BPF program ${name}.bpf.o" VERBATIM)
  add_custom_command(OUTPUT ${embedded}
    COMMAND ${CMAKE_COMMAND} -DOBJECT=${object} -DNAME=${name} -DHEADER=dataplane/io/${header} -DOUTPUT=${embedded}
      -P ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/embed_object.cmake
    DEPENDS ${object} ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/embed_object.cmake VERBATIM)
  set(WEIR_BPF_OBJECTS ${WEIR_BPF_OBJECTS} ${embedded} PARENT_SCOPE)
endfunction()
weir_bpf_object(filter_object xdp/media_filter.bpf.c xdp/filter_object.hpp)
# `-mcpu=v3`: atomic operations that answer (Linux 5.12).
weir_bpf_object(relay_object xdp/media_filter.bpf.c xdp/filter_object.hpp -mcpu=v3 -DWEIR_XDP_OFFLOAD)
weir_bpf_object(classifier_object tc/ingress_classifier.bpf.c tc/classifier_object.hpp)
