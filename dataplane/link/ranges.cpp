// SPDX-License-Identifier: Apache-2.0
// The ranges of every field of a command that its reader uses as an index or an enumerator.
#include <string>
#include <type_traits>
#include <variant>

#include "dataplane/link/wire.hpp"

namespace weir::dataplane {
namespace {

bool is_side(Side side) {
    return side == Side::a || side == Side::b;
}
bool is_kind(StreamKind kind) {
    return kind == StreamKind::rtp || kind == StreamKind::opaque;
}
bool is_endpoint(const Endpoint& endpoint) {
    const auto family = endpoint.address.family;
    return family == Family::none || family == Family::v4 || family == Family::v6;
}

// One overload per command; each says which field is wrong, or null.
struct RangeCheck {
    const char* operator()(const SetPortRange& c) const {
        if (c.min == 0 || c.min > c.max) return "SetPortRange: empty port range";
        return nullptr;
    }
    const char* operator()(const OpenSession& c) const {
        if (c.stream_count == 0 || c.stream_count > kMaxStreams) return "OpenSession: stream_count";
        for (std::size_t i = 0; i < c.stream_count; ++i)
            if (!is_kind(c.kinds[i])) return "OpenSession: kind of a stream";
        if (c.realms[0] >= kMaxRealms || c.realms[1] >= kMaxRealms) return "OpenSession: realm";
        for (const auto& remote : c.remotes)
            if (!is_endpoint(remote.rtp) || !is_endpoint(remote.rtcp))
                return "OpenSession: address family";
        return nullptr;
    }
    const char* operator()(const AddStream& c) const {
        return is_kind(c.kind) ? nullptr : "AddStream: kind";
    }
    const char* operator()(const SetRemote& c) const {
        if (c.stream >= kMaxStreams) return "SetRemote: stream";
        if (!is_side(c.side)) return "SetRemote: side";
        return is_endpoint(c.rtp) && is_endpoint(c.rtcp) ? nullptr : "SetRemote: address family";
    }
    const char* operator()(const SetPayloadTypes& c) const {
        if (c.stream >= kMaxStreams) return "SetPayloadTypes: stream";
        if (!is_side(c.side)) return "SetPayloadTypes: side";
        if (c.count > kMaxPayloadPairs) return "SetPayloadTypes: count";
        for (std::size_t i = 0; i < c.count; ++i)
            if (c.pairs[i].from >= kPayloadTypes || c.pairs[i].to >= kPayloadTypes)
                return "SetPayloadTypes: payload type";
        return nullptr;
    }
    const char* operator()(const LeaseFork& c) const {
        if (c.stream >= kMaxStreams) return "LeaseFork: stream";
        if (!is_side(c.source)) return "LeaseFork: source";
        return c.realm < kMaxRealms ? nullptr : "LeaseFork: realm";
    }
    const char* operator()(const StartFork& c) const {
        if (c.fork.index >= kMaxForks) return "StartFork: fork";
        return is_endpoint(c.rtp) && is_endpoint(c.rtcp) ? nullptr : "StartFork: address family";
    }
    const char* operator()(const PauseFork& c) const {
        return c.fork.index < kMaxForks ? nullptr : "PauseFork: fork";
    }
    const char* operator()(const ResumeFork& c) const {
        return c.fork.index < kMaxForks ? nullptr : "ResumeFork: fork";
    }
    const char* operator()(const StopFork& c) const {
        return c.fork.index < kMaxForks ? nullptr : "StopFork: fork";
    }
    const char* operator()(const CloseSession&) const { return nullptr; }
    const char* operator()(const ReadSession&) const { return nullptr; }
    const char* operator()(const ListSessions&) const { return nullptr; }
    const char* operator()(const AdoptSession&) const { return nullptr; }
    const char* operator()(const ReadPlane&) const { return nullptr; }
};

}  // namespace

Result<void> check_ranges(const Command& command) {
    if (const char* wrong = std::visit(RangeCheck{}, command)) {
        return fail(ErrorCode::invalid, std::string(wrong) + " is out of range");
    }
    return {};
}

}  // namespace weir::dataplane
