// SPDX-License-Identifier: Apache-2.0
// Fuzzes the datagrams of the media link: a command that is accepted has every field in its range
// and comes back from its own encoding.
#include <cstddef>
#include <cstdint>

#include "config/base/result.hpp"
#include "dataplane/link/wire.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace weir::dataplane;
    const weir::ByteSpan datagram(data, size);
    static_cast<void>(decode_hello(datagram, kTypeHello));
    static_cast<void>(decode_reject(datagram));
    static_cast<void>(decode_event(datagram));
    const auto command = decode_command(datagram);
    if (!command) return 0;
    WEIR_ASSERT(check_ranges(*command).has_value());
    const auto again = decode_command(encode(*command));
    WEIR_ASSERT(again.has_value() && again->index() == command->index());
    return 0;
}
