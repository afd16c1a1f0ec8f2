// SPDX-License-Identifier: Apache-2.0
// Fuzzes the datagrams of the media link: they fall into messages without a rest, and a command
// that is accepted has every field in its range and comes back from its own encoding.
#include <cstddef>
#include <cstdint>

#include "config/base/result.hpp"
#include "dataplane/link/wire.hpp"

namespace {

using namespace weir::dataplane;

void look_at(weir::ByteSpan message) {
    Event event;
    static_cast<void>(decode_event(message, event));
    const auto command = decode_command(message);
    if (!command) return;
    WEIR_ASSERT(check_ranges(*command).has_value());
    const auto again = decode_command(encode(*command));
    WEIR_ASSERT(again.has_value() && again->index() == command->index());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const weir::ByteSpan datagram(data, size);
    static_cast<void>(decode_hello(datagram, kTypeHello));
    static_cast<void>(decode_reject(datagram));
    std::size_t taken = 0;
    for (weir::ByteSpan rest = datagram; !rest.empty();) {
        const auto message = take_message(rest);
        WEIR_ASSERT(!message.empty());
        taken += message.size();
        look_at(message);
    }
    WEIR_ASSERT(taken == size);
    return 0;
}
