// SPDX-License-Identifier: Apache-2.0
// ReliableBench: CallBench with 100rel on either leg: reliable 18x of the callee, PRACKs of both.
#pragma once

#include <string>
#include <vector>

#include "tests/unit/signaling/call/call_bench.hpp"

namespace weir::tests {

class ReliableBench : public CallBench {
protected:
    using Mode = config::Rel1xx::Mode;

    ReliableBench();
    ~ReliableBench() override;
    config::DialPeer& peer(std::uint32_t tag);
    // rel1xx of the caller's peer (10) or the callee's (20).
    void set_rel1xx(std::uint32_t tag, Mode mode);
    // A call whose caller names 100rel in `header`: Supported, Require, or none with "".
    ServerTxn call_with(const std::string& header,
                        const std::string& body = sdp("203.0.113.5", 4000));
    // The caller's peer requires 100rel, and the caller supports it.
    ServerTxn reliable_call(const std::string& body = sdp("203.0.113.5", 4000));

    // ---- the callee ---------------------------------------------------------------------------
    void reliable(int status, unsigned rseq, const std::string& body = {},
                  const char* tag = "callee", std::size_t leg = 0);
    std::vector<FakeSipStack::Sent> pracks() const { return stack.sent_with("PRACK"); }
    void answer_callee(int status, const std::string& body = {}, const char* tag = "callee");

    // ---- the caller ---------------------------------------------------------------------------
    // PRACKs the last reliable response that the caller got.
    ServerTxn prack(const std::string& body = {}) { return prack_as(last_rseq(), body); }
    ServerTxn prack_as(const std::string& rseq, const std::string& body = {});
    ServerTxn prack_with(const char* name, const std::string& value, const std::string& body = {});
    std::string last_rseq() const { return header(last_reliable(), "RSeq"); }
    SipMessage last_reliable() const;
    std::size_t count_of(int status) const;
    static std::string early() { return sdp("192.0.2.20", 5000); }
};

}  // namespace weir::tests
