// SPDX-License-Identifier: Apache-2.0
// The media of a loop (spec G): a call that we send to ourselves comes back as another call. One of
// the two passes has the media session; the other one hands the descriptions on with the addresses
// that stand in them, and leases nothing.
//
// clang-format off
// | first pass        | second pass       | who has the session |
// |-------------------|-------------------|---------------------|
// | -                 | any               | the second: its side a faces the party of the first  |
// | is recorded       | not recorded      | the first, if both lead to the same realm; else both |
// | is recorded       | is recorded       | both: two recordings need two sessions               |
// | makes no offer, its caller gets 18x reliably | any | the first, and the second if it is recorded: we may have to answer the callee in the caller's place |
// | is recorded, makes no offer | early-offer forced | both: the offer needs ports              |
// | tdm-forking separate-media | any      | both                                                 |
// clang-format on
//
// Which it is, is decided with the INVITE. All that follows are ordinary offers and answers, which
// pass through both calls: hold, new addresses, new streams. The pass without a session answers no
// offer by itself: midcall-signaling of the other one counts. Where the caller makes no offer it
// makes none either, and asks for no 100rel: `early-offer forced` at its peer is done by the pass
// behind it, which has ports.
#pragma once

#include "config/model/sip_options.hpp"
#include "dataplane/api/session.hpp"
#include "signaling/sdp/description.hpp"

namespace weir::signaling {

// What a call knows about its own INVITE that comes back to us.
struct FirstPass {
    bool has_session = true;
    dataplane::RealmIndex near = 0;  // the realm toward its party, the other side of the loop
    dataplane::RealmIndex loop = 0;  // the realm toward us
    bool takes_place = false;        // an INVITE that joins two calls (transfer.cpp)
    config::EarlyOffer owes = config::EarlyOffer::off;  // its peer is to get an offer: by us
};

// Puts the addresses of `source` (c= of each m-line, a=rtcp) into `made`, which was rewritten from
// it. An m-line that is refused or held by address stays as it is. Thread: any; pure.
void keep_addresses(const sdp::Description& source, sdp::Description& made);

}  // namespace weir::signaling
