// SPDX-License-Identifier: Apache-2.0
// The datagrams of the media link: messages behind one another, each of them a header and one
// struct of dataplane/api as it lies in memory.
//
// Both ends run on one machine and are built from one tree; the hello compares the version and a
// hash over the sizes of all structs, so that two builds that differ never exchange a command.
// Every message's length is fixed by its type. SEQPACKET keeps the borders and the order. Hello,
// welcome and reject are datagrams of their own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "config/base/bytes.hpp"
#include "config/base/limits.hpp"
#include "config/base/result.hpp"
#include "dataplane/api/media_plane.hpp"

namespace weir::dataplane {

inline constexpr std::uint32_t kLinkMagic = 0x52494557;  // "WEIR" in memory

struct LinkHeader {
    std::uint16_t type = 0;
    std::uint16_t reserved = 0;
    std::uint32_t size = 0;  // octets of the message, this header included
};
static_assert(sizeof(LinkHeader) == 8);

// Types: the handshake's three, then a command or an event by its place in the variant.
inline constexpr std::uint16_t kTypeHello = 1;
inline constexpr std::uint16_t kTypeWelcome = 2;
inline constexpr std::uint16_t kTypeReject = 3;
inline constexpr std::uint16_t kTypeCommand = 0x100;
inline constexpr std::uint16_t kTypeEvent = 0x200;

// Client to server, first; and the server's answer (Welcome has the same form).
struct Hello {
    std::uint32_t magic = kLinkMagic;
    std::uint16_t version = kLinkVersion;
    std::uint16_t reserved = 0;
    std::uint64_t layout = 0;       // layout_hash() of the sender
    std::uint64_t incarnation = 0;  // of the sender: changes with each start of the process
};
static_assert(sizeof(Hello) == 24);

// The server's refusal of a hello; it closes the connection behind it.
enum class LinkReject : std::uint32_t { version = 1, layout = 2, in_use = 3, malformed = 4 };
[[nodiscard]] const char* to_string(LinkReject reason);
struct Reject {
    LinkReject reason = LinkReject::malformed;
    std::uint16_t version = kLinkVersion;
    std::uint16_t reserved = 0;
    std::uint64_t layout = 0;
};
static_assert(sizeof(Reject) == 16);

// Over the sizes and alignments of every command and event and the bounds inside them.
[[nodiscard]] std::uint64_t layout_hash();

// Octets of the longest datagram that either end may send, and of the longest message in it.
[[nodiscard]] std::size_t max_datagram();
[[nodiscard]] std::size_t max_message();

// Thread: any. A message behind those that the datagram has; its owner keeps to max_datagram().
void append(std::vector<std::uint8_t>& datagram, const Command& command);
void append(std::vector<std::uint8_t>& datagram, const Event& event);
// One message alone.
[[nodiscard]] std::vector<std::uint8_t> encode(const Command& command);
[[nodiscard]] std::vector<std::uint8_t> encode(const Event& event);
[[nodiscard]] std::vector<std::uint8_t> encode_hello(std::uint16_t type, std::uint64_t incarnation);
[[nodiscard]] std::vector<std::uint8_t> encode_reject(LinkReject reason);

// Takes the first message off the front of a datagram that is not empty. Where its length cannot be
// right nothing behind it can be found: it is all that was left, and decoding refuses it.
[[nodiscard]] ByteSpan take_message(ByteSpan& datagram);

// Whether its sender may have had more to say than fits into it.
[[nodiscard]] bool may_have_successor(ByteSpan datagram);

// The header, when the message is as long as it says. Error invalid: too short, or lengths differ.
[[nodiscard]] Result<LinkHeader> read_header(ByteSpan message);

// Of one message. Errors (invalid): unknown type, wrong size, a field out of its range. Never reads
// past it.
[[nodiscard]] Result<Command> decode_command(ByteSpan message);
// Into `event`, which is left as it was where it fails: an event may have thousands of octets.
[[nodiscard]] Result<void> decode_event(ByteSpan message, Event& event);
[[nodiscard]] Result<Hello> decode_hello(ByteSpan datagram, std::uint16_t type);
[[nodiscard]] Result<Reject> decode_reject(ByteSpan datagram);

// Whether every index and enumerator of the command lies in its range, so that its reader may use
// them without looking again. Whether a session or a realm exists is the reader's question.
[[nodiscard]] Result<void> check_ranges(const Command& command);

}  // namespace weir::dataplane
