// SPDX-License-Identifier: Apache-2.0
// Structs to datagrams and back.
#include "dataplane/link/wire.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace weir::dataplane {
namespace {

template <typename T>
std::vector<std::uint8_t> pack(std::uint16_t type, const T& body) {
    static_assert(std::is_trivially_copyable_v<T>);
    // Not __builtin_clear_padding: GCC 12 takes six octets of Leased's first address for its tail
    // padding and clears them. What lies in the padding is ours, and so is the reader.
    const LinkHeader header{type, 0, static_cast<std::uint32_t>(sizeof(LinkHeader) + sizeof(T))};
    std::vector<std::uint8_t> datagram(header.size);
    std::memcpy(datagram.data(), &header, sizeof header);
    std::memcpy(datagram.data() + sizeof header, &body, sizeof body);
    return datagram;
}

// Copies the body out of the datagram; nothing when its size is not exactly T's.
template <typename T>
bool unpack(ByteSpan datagram, T& body) {
    if (datagram.size() != sizeof(LinkHeader) + sizeof(T)) return false;
    std::memcpy(&body, datagram.data() + sizeof(LinkHeader), sizeof(T));
    return true;
}

template <typename Variant>
struct Alternatives;

template <typename... Types>
struct Alternatives<std::variant<Types...>> {
    static_assert((std::is_trivially_copyable_v<Types> && ...), "they travel as bytes");
    static constexpr std::size_t kLargest = std::max({sizeof(Types)...});

    static std::uint64_t hash(std::uint64_t seed) {
        // FNV-1a over the numbers that decide how a reader would see the bytes.
        const auto mix = [&seed](std::uint64_t value) { seed = (seed ^ value) * 0x100000001B3ULL; };
        mix(sizeof...(Types));
        ((mix(sizeof(Types)), mix(alignof(Types))), ...);
        return seed;
    }

    // The alternative at `index` from the datagram's body.
    static Result<std::variant<Types...>> read(std::size_t index, ByteSpan datagram) {
        std::variant<Types...> value;
        std::size_t position = 0;
        bool fits = false;
        const auto read_if = [&]<typename T>(T body) {
            if (position++ != index) return;
            fits = unpack(datagram, body);
            if (fits) value = body;
        };
        (read_if(Types{}), ...);
        if (index >= sizeof...(Types)) return fail(ErrorCode::invalid, "unknown type");
        if (!fits) {
            return fail(ErrorCode::invalid,
                        "wrong size of " + std::to_string(datagram.size()) + " octets");
        }
        return value;
    }
};

template <typename Variant>
Result<Variant> decode_variant(ByteSpan datagram, std::uint16_t base, const char* what) {
    const auto header = read_header(datagram);
    if (!header) return fail(header.error());
    const std::string name = std::string(what) + " of type " + std::to_string(header->type);
    if (header->type < base) return fail(ErrorCode::invalid, name + ": unknown type");
    auto value = Alternatives<Variant>::read(header->type - base, datagram);
    if (!value) return fail(value.error().within(name));
    return value;
}

template <typename Variant>
std::vector<std::uint8_t> encode_variant(const Variant& value, std::uint16_t base) {
    const auto type = static_cast<std::uint16_t>(base + value.index());
    return std::visit([type](const auto& body) { return pack(type, body); }, value);
}

}  // namespace

const char* to_string(LinkReject reason) {
    switch (reason) {
        case LinkReject::version:
            return "the link's versions differ: both processes must be of one release";
        case LinkReject::layout:
            return "the link's structs differ: both processes must be of one build";
        case LinkReject::in_use:
            return "another signalling process is connected";
        case LinkReject::malformed:
            return "the hello was not understood";
    }
    return "unknown reason";
}

std::uint64_t layout_hash() {
    std::uint64_t hash = 0xCBF29CE484222325ULL;
    for (const std::size_t bound :
         {kMaxStreams, kMaxForks, kMaxRealms, kVerdictCount, kForkDropCount})
        hash = (hash ^ bound) * 0x100000001B3ULL;
    hash = Alternatives<Command>::hash(hash);
    return Alternatives<Event>::hash(hash);
}

std::size_t max_datagram() {
    return sizeof(LinkHeader) +
           std::max(Alternatives<Command>::kLargest, Alternatives<Event>::kLargest);
}

std::vector<std::uint8_t> encode(const Command& command) {
    return encode_variant(command, kTypeCommand);
}

std::vector<std::uint8_t> encode(const Event& event) {
    return encode_variant(event, kTypeEvent);
}

std::vector<std::uint8_t> encode_hello(std::uint16_t type, std::uint64_t incarnation) {
    Hello hello;
    hello.layout = layout_hash();
    hello.incarnation = incarnation;
    return pack(type, hello);
}

std::vector<std::uint8_t> encode_reject(LinkReject reason) {
    Reject reject;
    reject.reason = reason;
    reject.layout = layout_hash();
    return pack(kTypeReject, reject);
}

Result<LinkHeader> read_header(ByteSpan datagram) {
    LinkHeader header;
    if (datagram.size() < sizeof header) {
        return fail(ErrorCode::invalid,
                    "a datagram of " + std::to_string(datagram.size()) + " octets has no header");
    }
    std::memcpy(&header, datagram.data(), sizeof header);
    if (header.size != datagram.size()) {
        return fail(ErrorCode::invalid, "a datagram of " + std::to_string(datagram.size()) +
                                            " octets says it has " + std::to_string(header.size));
    }
    return header;
}

Result<Command> decode_command(ByteSpan datagram) {
    auto command = decode_variant<Command>(datagram, kTypeCommand, "command");
    if (!command) return command;
    if (auto checked = check_ranges(*command); !checked) return fail(checked.error());
    return command;
}

Result<Event> decode_event(ByteSpan datagram) {
    return decode_variant<Event>(datagram, kTypeEvent, "event");
}

Result<Hello> decode_hello(ByteSpan datagram, std::uint16_t type) {
    const auto header = read_header(datagram);
    if (!header) return fail(header.error());
    Hello hello;
    if (header->type != type || !unpack(datagram, hello) || hello.magic != kLinkMagic)
        return fail(ErrorCode::invalid, "not a hello of the media link");
    return hello;
}

Result<Reject> decode_reject(ByteSpan datagram) {
    const auto header = read_header(datagram);
    if (!header) return fail(header.error());
    Reject reject;
    if (header->type != kTypeReject || !unpack(datagram, reject))
        return fail(ErrorCode::invalid, "not a reject of the media link");
    return reject;
}

}  // namespace weir::dataplane
