// SPDX-License-Identifier: Apache-2.0
// Puts INVITEs together that came in several TCP segments, and tells new calls from old ones.
#include "deploy/apps/offline/capture_invites.hpp"

#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "config/base/text.hpp"
#include "deploy/apps/offline/capture_limits.hpp"
#include "deploy/apps/offline/capture_packet.hpp"

namespace weir::apps {
namespace {

constexpr std::string_view kInvite = "INVITE ";
constexpr std::string_view kEndOfHead = "\r\n\r\n";

bool has_whole_head(std::string_view text) {
    return text.find(kEndOfHead) != std::string_view::npos;
}

// The value of a header, also by its compact name; "" if there is none. The guard reads the message
// properly later: this one only tells calls apart.
std::string_view header(std::string_view text, std::string_view name, std::string_view compact) {
    for (const std::string_view line : text::split(text.substr(0, text.find(kEndOfHead)), '\n')) {
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        const std::string_view found = text::trim(line.substr(0, colon));
        if (text::iequals(found, name) || text::iequals(found, compact))
            return text::trim(line.substr(colon + 1));
    }
    return {};
}

bool has_tag(std::string_view to) {
    const auto bracket = to.rfind('>');
    return text::lower(to.substr(bracket == std::string_view::npos ? 0 : bracket)).find(";tag=") !=
           std::string::npos;
}

// TCP segments that have begun an INVITE whose head is not complete.
class HalfInvites {
public:
    // The payload's INVITE as far as it is whole now.
    std::optional<CapturedInvite> add(std::uint64_t frame, const CapturedPayload& payload) {
        const auto stream = std::make_pair(payload.source, payload.destination);
        const auto found = begun_.find(stream);
        if (found != begun_.end() && payload.sequence == found->second.expected) {
            Half& half = found->second;
            const std::size_t room = kInviteMaxBytes - half.invite.text.size();
            half.invite.text += payload.bytes.substr(0, room);
            half.expected += static_cast<std::uint32_t>(payload.bytes.size());
            if (!has_whole_head(half.invite.text) && payload.bytes.size() < room)
                return std::nullopt;
            CapturedInvite invite = std::move(half.invite);
            begun_.erase(found);
            return invite;
        }
        if (!payload.bytes.starts_with(kInvite)) return std::nullopt;
        CapturedInvite invite{frame, true, payload.source, payload.destination,
                              std::string(payload.bytes.substr(0, kInviteMaxBytes))};
        if (has_whole_head(invite.text)) return invite;
        if (begun_.size() < kCaptureMaxStreams)
            begun_.insert_or_assign(
                stream, Half{std::move(invite),
                             payload.sequence + static_cast<std::uint32_t>(payload.bytes.size())});
        return std::nullopt;
    }

private:
    struct Half {
        CapturedInvite invite;
        std::uint32_t expected = 0;  // sequence number of the next byte
    };
    std::map<std::pair<Endpoint, Endpoint>, Half> begun_;
};

// Whether an INVITE begins a call that was not seen yet.
class Calls {
public:
    bool is_new(const CapturedInvite& invite) {
        if (has_tag(header(invite.text, "To", "t"))) return false;
        if (seen_.size() >= kCaptureMaxInvites) return false;
        return seen_
            .emplace(std::string(header(invite.text, "Call-ID", "i")), invite.source.address,
                     invite.destination.address)
            .second;
    }

private:
    std::set<std::tuple<std::string, IpAddress, IpAddress>> seen_;
};

}  // namespace

Result<CapturedInvite> find_invite(std::string_view capture, std::size_t wanted) {
    auto file = CaptureFile::open(capture);
    if (!file) return fail(file.error());
    HalfInvites halves;
    Calls calls;
    std::size_t found = 0;
    while (const auto frame = file->next()) {
        const auto payload = payload_of(*frame);
        if (!payload) continue;
        std::optional<CapturedInvite> invite;
        if (payload->is_tcp)
            invite = halves.add(frame->number, *payload);
        else if (payload->bytes.starts_with(kInvite))
            invite = CapturedInvite{frame->number, false, payload->source, payload->destination,
                                    std::string(payload->bytes.substr(0, kInviteMaxBytes))};
        if (invite && calls.is_new(*invite) && ++found == wanted) return std::move(*invite);
    }
    const std::string damage = file->fault().empty() ? "" : "; " + file->fault();
    if (found == 0)
        return fail(ErrorCode::not_found,
                    "the capture has no INVITE that begins a call (plain UDP or TCP)" + damage);
    return fail(ErrorCode::not_found, fmt::format("the capture has {} call{}, not {}{}", found,
                                                  found == 1 ? "" : "s", wanted, damage));
}

}  // namespace weir::apps
