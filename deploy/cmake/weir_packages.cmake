# SPDX-License-Identifier: Apache-2.0
# Third-party packages, each behind one interface target weir_lib_NAME (headers as SYSTEM).
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json system)
pkg_check_modules(SOFIA REQUIRED sofia-sip-ua)
pkg_check_modules(DPDK REQUIRED libdpdk)
pkg_check_modules(RE2 REQUIRED re2)
pkg_check_modules(BPF REQUIRED libbpf)
pkg_check_modules(MNL REQUIRED libmnl)
pkg_check_modules(EDIT REQUIRED libedit)
pkg_check_modules(OPENSSL REQUIRED libssl libcrypto)
pkg_check_modules(CARES REQUIRED libcares)
pkg_check_modules(CRYPTO REQUIRED libcrypto)
pkg_check_modules(DEFLATE REQUIRED libdeflate)

foreach(lib expected fmt json yaml asio prometheus sofia dpdk bpf mnl re2 jemalloc libedit crypto pfr openssl cares libdeflate)
  add_library(weir_lib_${lib} INTERFACE)
endforeach()

target_link_libraries(weir_lib_fmt INTERFACE fmt::fmt)
target_link_libraries(weir_lib_json INTERFACE Boost::json)
target_link_libraries(weir_lib_yaml INTERFACE yaml-cpp)
target_link_libraries(weir_lib_asio INTERFACE Boost::system Threads::Threads)
target_link_libraries(weir_lib_prometheus INTERFACE prometheus-cpp::core)

target_include_directories(weir_lib_sofia SYSTEM INTERFACE ${SOFIA_INCLUDE_DIRS})
target_link_libraries(weir_lib_sofia INTERFACE ${SOFIA_LINK_LIBRARIES})

# pkg-config says -march=corei7; the packet path chooses its own instruction set (WEIR_MARCH).
target_include_directories(weir_lib_dpdk SYSTEM INTERFACE ${DPDK_INCLUDE_DIRS})
target_compile_options(weir_lib_dpdk INTERFACE -march=${WEIR_MARCH} -include rte_config.h)
target_link_libraries(weir_lib_dpdk INTERFACE ${DPDK_LINK_LIBRARIES})
if("thread" IN_LIST WEIR_SANITIZE)
  # ThreadSanitizer does not know fences; Asio's queue is ordered by its mutex without them.
  target_compile_definitions(weir_lib_asio INTERFACE BOOST_ASIO_DISABLE_FENCED_BLOCK)
  # The stock rings are reported by ThreadSanitizer; the C11 model is understood.
  target_compile_definitions(weir_lib_dpdk INTERFACE RTE_USE_C11_MEM_MODEL)
endif()

target_include_directories(weir_lib_bpf SYSTEM INTERFACE ${BPF_INCLUDE_DIRS})
target_link_libraries(weir_lib_bpf INTERFACE ${BPF_LINK_LIBRARIES})
target_include_directories(weir_lib_mnl SYSTEM INTERFACE ${MNL_INCLUDE_DIRS})
target_link_libraries(weir_lib_mnl INTERFACE ${MNL_LINK_LIBRARIES})

target_include_directories(weir_lib_crypto SYSTEM INTERFACE ${CRYPTO_INCLUDE_DIRS})
target_link_libraries(weir_lib_crypto INTERFACE ${CRYPTO_LINK_LIBRARIES})

target_include_directories(weir_lib_libedit SYSTEM INTERFACE ${EDIT_INCLUDE_DIRS})
target_link_libraries(weir_lib_libedit INTERFACE ${EDIT_LINK_LIBRARIES})

target_include_directories(weir_lib_openssl SYSTEM INTERFACE ${OPENSSL_INCLUDE_DIRS})
target_link_libraries(weir_lib_openssl INTERFACE ${OPENSSL_LINK_LIBRARIES})
target_include_directories(weir_lib_cares SYSTEM INTERFACE ${CARES_INCLUDE_DIRS})
target_link_libraries(weir_lib_cares INTERFACE ${CARES_LINK_LIBRARIES})
target_include_directories(weir_lib_libdeflate SYSTEM INTERFACE ${DEFLATE_INCLUDE_DIRS})
target_link_libraries(weir_lib_libdeflate INTERFACE ${DEFLATE_LINK_LIBRARIES})

target_include_directories(weir_lib_re2 SYSTEM INTERFACE ${RE2_INCLUDE_DIRS})
target_link_libraries(weir_lib_re2 INTERFACE ${RE2_LINK_LIBRARIES} Threads::Threads)

# Sanitizers bring their own allocator.
if(NOT WEIR_SANITIZE)
  target_link_libraries(weir_lib_jemalloc INTERFACE -Wl,--no-as-needed jemalloc -Wl,--as-needed)
endif()

if(WEIR_TESTS)
  find_package(GTest REQUIRED)
  include(GoogleTest)
endif()
if(WEIR_BENCH)
  find_package(benchmark REQUIRED)
endif()
