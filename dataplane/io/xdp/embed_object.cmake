# SPDX-License-Identifier: Apache-2.0
# Writes the compiled XDP program as a C++ array: cmake -DOBJECT=x.o -DNAME=function -DOUTPUT=x.cpp -P embed_object.cmake
file(READ "${OBJECT}" bytes HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)" "\\1\n" bytes "${bytes}")
file(WRITE "${OUTPUT}" "// The compiled media_filter.bpf.c; written by the build.
#include \"dataplane/io/xdp/filter_object.hpp\"

namespace weir::dataplane {
namespace {
constexpr std::uint8_t kObject[] = {
${bytes}
};
}  // namespace

ByteSpan ${NAME}() { return {kObject, sizeof(kObject)}; }

}  // namespace weir::dataplane
")
