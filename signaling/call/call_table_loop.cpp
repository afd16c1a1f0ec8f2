// SPDX-License-Identifier: Apache-2.0
// CallTable: calls that we have sent to ourselves (spec G): which call an INVITE comes back from,
// and what the second pass takes over from the first.
#include "config/model/voice_ports.hpp"
#include "signaling/call/call_table.hpp"
#include "signaling/call/request_keys.hpp"

namespace weir::signaling {

// Known by the tag and the Call-ID that we gave it: nobody else has seen them.
std::optional<FirstPass> CallTable::first_pass_of(const SipMessage& invite) {
    if (invite.method != "INVITE") return std::nullopt;
    const auto tag = owner_of_tag(tag_in(invite, "From"));
    const Entry* entry = tag && tag->shard == shard_ ? find(tag->call) : nullptr;
    return entry == nullptr ? std::nullopt : entry->call->first_pass_of(invite);
}

// Before the machine of the second pass is made. Without a session in the first one, the party of
// that one is who the media of side a go to.
void CallTable::join_first_pass(const std::optional<FirstPass>& first, CallSetup& setup) const {
    if (!first) return;
    setup.from_first_pass = true;
    // The target of a transfer is behind a loop: the transfer has made its ports already.
    if (first->takes_place && setup.invite.message.find("Replaces") == nullptr) return;
    if (first->has_session && !first->takes_place) {
        if (!config::loop_media_separate(*setup.config)) setup.first_pass_realm = first->loop;
        return;
    }
    if (first->owes != config::EarlyOffer::off) setup.first_pass_offer = first->owes;
    setup.realm = first->takes_place ? first->loop : first->near;
    setup.media_address = network_.advertised ? network_.advertised(setup.realm) : IpAddress{};
}

// The call that gave the tag is the other pass: it is here, or it has ended.
void CallTable::tell_loop(TellLoop told) {
    const auto owner = owner_of_tag(told.tag);
    if (owner && owner->shard == shard_)
        feed(owner->call, LoopTold{std::move(told.tag), std::move(told.lines)});
}

}  // namespace weir::signaling
