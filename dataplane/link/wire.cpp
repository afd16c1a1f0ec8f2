// SPDX-License-Identifier: Apache-2.0
// Structs to messages of datagrams and back.
#include "dataplane/link/wire.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "dataplane/link/link_limits.hpp"

namespace weir::dataplane {
namespace {

template <typename T>
void pack(std::vector<std::uint8_t>& datagram, std::uint16_t type, const T& body) {
    static_assert(std::is_trivially_copyable_v<T>);
    // Not __builtin_clear_padding: GCC 12 takes six octets of Leased's first address for its tail
    // padding and clears them. What lies in the padding is ours, and so is the reader.
    const LinkHeader header{type, 0, static_cast<std::uint32_t>(sizeof(LinkHeader) + sizeof(T))};
    const std::size_t before = datagram.size();
    datagram.resize(before + header.size);
    std::memcpy(datagram.data() + before, &header, sizeof header);
    std::memcpy(datagram.data() + before + sizeof header, &body, sizeof body);
}

template <typename T>
std::vector<std::uint8_t> pack(std::uint16_t type, const T& body) {
    std::vector<std::uint8_t> datagram;
    pack(datagram, type, body);
    return datagram;
}

template <typename T>
bool fits(ByteSpan message) {
    return message.size() == sizeof(LinkHeader) + sizeof(T);
}

// Copies the body out of the message; nothing when its size is not exactly T's.
template <typename T>
bool unpack(ByteSpan message, T& body) {
    if (!fits<T>(message)) return false;
    std::memcpy(&body, message.data() + sizeof(LinkHeader), sizeof(T));
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

    // The alternative at `index` from the message's body, in place. Null, or what is wrong.
    static const char* read(std::size_t index, ByteSpan message, std::variant<Types...>& value) {
        if (index >= sizeof...(Types)) return "unknown type";
        std::size_t position = 0;
        const auto read_if = [&]<typename T>(std::type_identity<T>) {
            if (position++ != index) return false;
            return fits<T>(message) && unpack(message, value.template emplace<T>());
        };
        return (read_if(std::type_identity<Types>{}) || ...) ? nullptr : "wrong size";
    }
};

template <typename Variant>
Result<void> decode_variant(ByteSpan message, std::uint16_t base, const char* what,
                            Variant& value) {
    const auto header = read_header(message);
    if (!header) return fail(header.error());
    const char* wrong = header->type < base ? "unknown type"
                                            : Alternatives<Variant>::read(
                                                  std::size_t{header->type} - base, message, value);
    if (wrong == nullptr) return {};
    return fail(ErrorCode::invalid, std::string(what) + " of type " + std::to_string(header->type) +
                                        " and " + std::to_string(message.size()) +
                                        " octets: " + wrong);
}

template <typename Variant>
void append_variant(std::vector<std::uint8_t>& datagram, const Variant& value, std::uint16_t base) {
    const auto type = static_cast<std::uint16_t>(base + value.index());
    std::visit([&](const auto& body) { pack(datagram, type, body); }, value);
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
         {kMaxStreams, kMaxForks, kMaxRealms, kVerdictCount, kForkDropCount, kLinkDatagram})
        hash = (hash ^ bound) * 0x100000001B3ULL;
    hash = Alternatives<Command>::hash(hash);
    return Alternatives<Event>::hash(hash);
}

std::size_t max_message() {
    constexpr std::size_t kLongest = sizeof(LinkHeader) + std::max(Alternatives<Command>::kLargest,
                                                                   Alternatives<Event>::kLargest);
    static_assert(kLongest <= kLinkDatagram, "a datagram takes every message");
    return kLongest;
}

std::size_t max_datagram() {
    return kLinkDatagram;
}

void append(std::vector<std::uint8_t>& datagram, const Command& command) {
    append_variant(datagram, command, kTypeCommand);
}

void append(std::vector<std::uint8_t>& datagram, const Event& event) {
    append_variant(datagram, event, kTypeEvent);
}

std::vector<std::uint8_t> encode(const Command& command) {
    std::vector<std::uint8_t> datagram;
    append(datagram, command);
    return datagram;
}

std::vector<std::uint8_t> encode(const Event& event) {
    std::vector<std::uint8_t> datagram;
    append(datagram, event);
    return datagram;
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

ByteSpan take_message(ByteSpan& datagram) {
    LinkHeader header;
    if (datagram.size() >= sizeof header) std::memcpy(&header, datagram.data(), sizeof header);
    const bool is_there = header.size >= sizeof header && header.size <= datagram.size();
    const std::size_t size = is_there ? header.size : datagram.size();
    const ByteSpan message = datagram.first(size);
    datagram = datagram.subspan(size);
    return message;
}

bool may_have_successor(ByteSpan datagram) {
    return datagram.size() + max_message() > max_datagram();
}

Result<LinkHeader> read_header(ByteSpan message) {
    LinkHeader header;
    if (message.size() < sizeof header) {
        return fail(ErrorCode::invalid,
                    "a message of " + std::to_string(message.size()) + " octets has no header");
    }
    std::memcpy(&header, message.data(), sizeof header);
    if (header.size != message.size()) {
        return fail(ErrorCode::invalid, "a message of " + std::to_string(message.size()) +
                                            " octets says it has " + std::to_string(header.size));
    }
    return header;
}

Result<Command> decode_command(ByteSpan message) {
    Command command;
    if (auto read = decode_variant(message, kTypeCommand, "command", command); !read)
        return fail(read.error());
    if (auto checked = check_ranges(command); !checked) return fail(checked.error());
    return command;
}

Result<void> decode_event(ByteSpan message, Event& event) {
    return decode_variant(message, kTypeEvent, "event", event);
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
