# SPDX-License-Identifier: Apache-2.0
# Writes a compiled BPF program as a C++ array: cmake -DOBJECT=x.o -DNAME=function -DHEADER=its/header.hpp -DOUTPUT=x.cpp -P embed_object.cmake
file(READ "${OBJECT}" bytes HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)" "\\1\n" bytes "${bytes}")
file(WRITE "${OUTPUT}" "// A compiled BPF program; written by the build.
#include \"${HEADER}\"

namespace weir::dataplane {
namespace {
constexpr std::uint8_t kObject[] = {
${bytes}
};
}  // namespace

ByteSpan ${NAME}() { return {kObject, sizeof(kObject)}; }

}  // namespace weir::dataplane
")
