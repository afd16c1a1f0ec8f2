// SPDX-License-Identifier: Apache-2.0
// sip_peer: a small SIP party on SofiaStack, to be tried against programs that are not ours (SIPp).
//
//   sip_peer answer udp|tcp ADDRESS:PORT SECONDS              answers every call with 180 and 200
//   sip_peer call udp|tcp LOCAL:PORT REMOTE:PORT CALLS RATE   makes CALLS calls, RATE a second,
//   with BYE
// Prints one line of counters at the end; exit status 0 when every call was complete.
#include <cstdio>
#include <map>
#include <string>

#include <fmt/core.h>

#include "config/base/random.hpp"
#include "config/base/text.hpp"
#include "signaling/sip/sofia_stack.hpp"

namespace weir::tests {
namespace {

using namespace weir::signaling;

constexpr const char* kSdp =
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio 9 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n";

class Answerer final : public SipEvents {
public:
    explicit Answerer(SipStack& stack) : stack_(stack) {}

    void on_request(IncomingRequest request) override {
        const std::string tag = random_.hex(8);
        if (request.message.method == "INVITE") {
            stack_.respond(request.txn, make_response(request.message, 180, "", tag));
            auto ok = make_response(request.message, 200, "", tag);
            for (const auto route : request.message.all("Record-Route"))
                ok.add("Record-Route", std::string(route));
            ok.add("Contact", "<sip:answer@" + request.path.local.to_string() +
                                  ";transport=" + to_string(request.path.transport) + ">");
            ok.add("Content-Type", "application/sdp");
            ok.body = kSdp;
            stack_.respond(request.txn, ok);
            ++invites;
            return;
        }
        if (request.message.method == "BYE") ++byes;
        stack_.respond(request.txn, make_response(request.message, 200, "", tag));
    }
    void on_cancel(ServerTxn, IncomingRequest) override { ++cancels; }
    void on_ack(ServerTxn, IncomingRequest) override { ++acks; }
    void on_ack_timeout(ServerTxn) override { ++lost_acks; }
    void on_response(IncomingResponse) override {}
    void on_failure(ClientTxn, TxnFailure) override {}

    unsigned invites = 0;
    unsigned acks = 0;
    unsigned byes = 0;
    unsigned cancels = 0;
    unsigned lost_acks = 0;

private:
    SipStack& stack_;
    SystemRandom random_;
};

class Caller final : public SipEvents {
public:
    Caller(SofiaLoop& loop, SipStack& stack, SipPath path)
        : loop_(loop), stack_(stack), path_(path) {
        path_.local = stack.listeners().front().second;
    }
    void call() {
        OutgoingRequest invite{.message = request("INVITE", 101, random_.hex(16)), .path = path_};
        invite.message.add("Contact", "<sip:caller@" + path_.local.to_string() +
                                          ";transport=" + to_string(path_.transport) + ">");
        invite.message.add("Content-Type", "application/sdp");
        invite.message.body = kSdp;
        if (const auto txn = stack_.send(invite))
            open_[txn->value()] = invite.message;
        else
            ++failed;
    }
    void on_response(IncomingResponse response) override {
        if (response.message.status < 200) return;
        const auto it = open_.find(response.txn.value());
        if (it == open_.end()) return;
        const SipMessage sent = it->second;
        if (sent.method == "BYE" || response.message.status >= 300) {
            response.message.status < 300 ? ++complete : ++failed;
            open_.erase(it);
            if (complete + failed == wanted) loop_.stop();
            return;
        }
        const bool is_first = answered_[response.txn.value()]++ == 0;
        in_dialog(sent, response.message, "ACK");
        if (is_first) in_dialog(sent, response.message, "BYE");
    }
    void on_failure(ClientTxn, TxnFailure) override {
        if (++failed + complete == wanted) loop_.stop();
    }
    void on_request(IncomingRequest request) override {
        stack_.respond(request.txn, make_response(request.message, 200, "", "x"));
    }
    void on_cancel(ServerTxn, IncomingRequest) override {}
    void on_ack(ServerTxn, IncomingRequest) override {}
    void on_ack_timeout(ServerTxn) override {}

    unsigned complete = 0;
    unsigned failed = 0;
    unsigned wanted = 0;

private:
    SipMessage request(const std::string& method, unsigned cseq, const std::string& id) {
        SipMessage message;
        message.method = method;
        message.request_uri =
            "sip:service@" + path_.remote.to_string() + ";transport=" + to_string(path_.transport);
        message.headers = {{"Max-Forwards", "70"},
                           {"From", "<sip:caller@" + path_.local.to_string() + ">;tag=" + id},
                           {"To", "<sip:service@" + path_.remote.to_string() + ">"},
                           {"Call-ID", id + "@weir"},
                           {"CSeq", std::to_string(cseq) + " " + method}};
        return message;
    }
    void in_dialog(const SipMessage& invite, const SipMessage& ok, const std::string& method) {
        OutgoingRequest next{.message = invite, .path = path_};
        next.message.method = method;
        next.message.body.clear();
        next.message.remove("Content-Type");
        next.message.set("To", *ok.find("To"));
        const unsigned cseq = invite.cseq()->number + (method == "ACK" ? 0 : 1);
        next.message.set("CSeq", std::to_string(cseq) + " " + method);
        if (const auto* contact = ok.find("Contact"))
            if (const auto address = NameAddr::parse(*contact))
                next.message.request_uri = address->uri;
        if (method == "ACK") {
            (void)stack_.send_ack(next);
        } else if (const auto txn = stack_.send(next)) {
            open_[txn->value()] = next.message;
        }
    }

    SofiaLoop& loop_;
    SipStack& stack_;
    SipPath path_;
    SystemRandom random_;
    std::map<std::uint64_t, SipMessage> open_;
    std::map<std::uint64_t, unsigned> answered_;
};

int answer(SofiaLoop& loop, SofiaStack& stack, const char* seconds) {
    Answerer answerer(stack);
    stack.set_events(answerer);
    fmt::print("listening {}\n", stack.listeners().front().second.to_string());
    std::fflush(stdout);
    loop.run_for(std::chrono::seconds(text::number(seconds).value_or(10)));
    fmt::print("invites {} acks {} byes {} cancels {} lost-acks {}\n", answerer.invites,
               answerer.acks, answerer.byes, answerer.cancels, answerer.lost_acks);
    return answerer.invites == answerer.acks ? 0 : 1;
}

struct Load {
    Endpoint remote;
    unsigned calls = 0;
    unsigned rate = 0;
};

int call(SofiaLoop& loop, SofiaStack& stack, SipTransport transport, const Load& load) {
    Caller caller(loop, stack, {.transport = transport, .local = {}, .remote = load.remote});
    stack.set_events(caller);
    caller.wanted = load.calls;
    for (unsigned i = 0; i < load.calls; ++i)
        loop.after(std::chrono::nanoseconds(std::chrono::seconds(1)) * i / load.rate,
                   [&] { caller.call(); });
    loop.run_for(std::chrono::seconds(load.calls / load.rate + 40));
    fmt::print("calls {} complete {} failed {}\n", load.calls, caller.complete, caller.failed);
    return caller.complete == load.calls ? 0 : 1;
}

int run(int argc, char** argv) {
    if (argc < 5) return std::fputs("usage: see the head of sip_peer.cpp\n", stderr), 2;
    const bool is_call = std::string_view(argv[1]) == "call";
    const auto transport =
        std::string_view(argv[2]) == "tcp" ? SipTransport::tcp : SipTransport::udp;
    const auto local = Endpoint::parse(argv[3], 0);
    NullLogger log;
    SystemRandom random;
    auto loop = SofiaLoop::create(log);
    if (!local || !loop || (is_call && argc < 7)) return std::fputs("bad arguments\n", stderr), 2;
    SofiaOptions options;
    options.listeners = {{.transport = transport, .address = *local}};
    auto stack = SofiaStack::create(**loop, options, random);
    if (!stack) return fmt::print(stderr, "{}\n", stack.error().context), 2;
    int status = 0;
    if (is_call) {
        Load load{.remote = Endpoint::parse(argv[4], 5060).value_or(Endpoint{}),
                  .calls = static_cast<unsigned>(text::number(argv[5]).value_or(1)),
                  .rate = static_cast<unsigned>(text::number(argv[6]).value_or(10))};
        status = call(**loop, **stack, transport, load);
    } else {
        status = answer(**loop, **stack, argv[4]);
    }
    for (const auto& metric : (*stack)->metrics()) {
        if (metric.value == 0) continue;
        fmt::print("{}", metric.name);
        for (const auto& [key, value] : metric.labels)
            fmt::print(" {}={}", key, value);
        fmt::print(" {}\n", metric.value);
    }
    return status;
}

}  // namespace
}  // namespace weir::tests

int main(int argc, char** argv) {
    return weir::tests::run(argc, argv);
}
