// SPDX-License-Identifier: Apache-2.0
// Nobody: listens to the stack and does nothing; for tests of who stands in front of the calls.
#pragma once

#include "signaling/api/sip_stack.hpp"

namespace weir::tests {

class Nobody final : public signaling::SipEvents {
public:
    void on_request(signaling::IncomingRequest) override {}
    void on_cancel(signaling::ServerTxn, signaling::IncomingRequest) override {}
    void on_ack(signaling::ServerTxn, signaling::IncomingRequest) override {}
    void on_ack_timeout(signaling::ServerTxn) override {}
    void on_response(signaling::IncomingResponse) override {}
    void on_failure(signaling::ClientTxn, signaling::TxnFailure) override {}
};

}  // namespace weir::tests
