// SPDX-License-Identifier: Apache-2.0
// REGISTERs in, REGISTERs out, and their answers back.
#include "signaling/client/registration_proxy.hpp"

#include <algorithm>
#include <utility>

#include "config/base/text.hpp"
#include "config/model/resolve.hpp"
#include "signaling/call/dialog.hpp"
#include "signaling/client/passed_register.hpp"
#include "signaling/client/registrar_place.hpp"

namespace weir::signaling {
namespace {

const config::DialPeer& peer_in(const config::Config& config, config::DialPeerTag tag) {
    const config::DialPeer* found = config.find_peer(tag);
    return found == nullptr ? config::default_dial_peer() : *found;
}

// Extensions that somebody on the way must know: Path we keep (RFC 3327), others we do not.
std::string unknown_extensions(const SipMessage& request) {
    std::string unknown;
    for (const char* name : {"Require", "Proxy-Require"})
        for (const auto value : request.all(name))
            for (const auto tag : split_list(value))
                if (!text::iequals(text::trim(tag), "path"))
                    unknown += (unknown.empty() ? "" : ", ") + std::string(text::trim(tag));
    return unknown;
}

}  // namespace

RegistrationProxy::RegistrationProxy(ClientParts parts, NetworkKnowledge network, PeerOf peer_of)
    : parts_(parts), network_(std::move(network)), peer_of_(std::move(peer_of)) {}

RegistrationProxy::~RegistrationProxy() {
    if (timer_ != TimerId{}) parts_.loop.cancel(timer_);
}

void RegistrationProxy::set_config(config::ConfigPtr config) {
    config_ = std::move(config);
    server_ = config::registrar_server(*config_);
    const bool passes =
        config::registration_passthrough(*config_, config::default_dial_peer()).has_value();
    if (passes && !server_)
        parts_.log.warning("register.passthrough_off",
                           {{"advice", "registrar server is missing in voice service voip / sip"}});
}

std::optional<RegistrationProxy::Way> RegistrationProxy::way_of(
    const IncomingRequest& request) const {
    Way way;
    way.peer = peer_of_(request);
    const config::DialPeer& peer = peer_in(*config_, way.peer);
    const auto mode = config::registration_passthrough(*config_, peer);
    if (!mode) return std::nullopt;
    way.mode = *mode;
    way.registrar = config::registrar_of(*config_, peer, mode->registrar);
    return way;
}

bool RegistrationProxy::takes(const SipMessage& request, const SipPath& path) const {
    if (request.method != "REGISTER" || !server_) return false;
    return way_of({ServerTxn{}, request, path, MonoTime{}}).has_value();
}

bool RegistrationProxy::claim_request(const IncomingRequest& request) {
    if (request.message.method != "REGISTER" || !server_) return false;
    auto way = way_of(request);
    if (!way) return false;
    start(request, *std::move(way));
    return true;
}

void RegistrationProxy::start(const IncomingRequest& received, Way way) {
    const SipMessage& message = received.message;
    const std::string* hops = message.find("Max-Forwards");
    if (hops != nullptr && text::number(text::trim(*hops)) == 0) return refuse(received, 483);
    const auto uri = SipUri::parse(message.request_uri);
    if (!uri || (uri->scheme != "sip" && uri->scheme != "sips")) return refuse(received, 416);
    if (const auto unknown = unknown_extensions(message); !unknown.empty())
        return refuse(received, 420, unknown.c_str());
    const auto path = way.registrar
                          ? registrar_path(*config_, *way.registrar, network_, parts_.stack)
                          : std::nullopt;
    if (!path) {
        parts_.log.warning("register.no_registrar",
                           {{"source", received.path.remote.to_string()},
                            {"registrar", way.registrar ? registrar_host(*way.registrar) : ""}});
        return refuse(received, 503);
    }
    auto request = read_register(message, registrar_host(*way.registrar));
    if (!request) return refuse(received, 400);
    PassthroughSettings settings;
    settings.server = *server_;
    settings.rate_limit = way.mode.rate_limit;
    settings.expires = way.registrar->expires;
    settings.refresh_ratio = way.registrar->refresh_ratio;
    const MonoTime now = parts_.loop.clock().now();
    const auto step = machine_.on_register(
        {*request, received.path, way.peer, path->remote.address, way.registrar->index, settings},
        now);
    carry_out(step, {received, *std::move(request), std::move(way), *path}, nullptr);
}

void RegistrationProxy::carry_out(const Passthrough::Step& step, Waiting waiting,
                                  const SipMessage* from) {
    if (const auto* to_registrar = std::get_if<Passthrough::Ask>(&step))
        ask(*to_registrar, std::move(waiting));
    else
        answer(waiting, std::get<Passthrough::Answer>(step), from);
    watch_ends();
}

void RegistrationProxy::ask(const Passthrough::Ask& ask, Waiting waiting) {
    OutgoingRequest out;
    out.message = register_for(waiting.received.message, waiting.request, *waiting.way.registrar,
                               waiting.path, ask);
    out.path = waiting.path;
    const config::DialPeer& peer = peer_in(*config_, waiting.way.peer);
    if (const auto t1 = config::resolve_timer(*config_, peer, "register"))
        out.t1 = std::chrono::milliseconds(t1->value);
    if (const auto retries = config::resolve_retry(*config_, peer, "register"))
        out.retries = static_cast<std::uint8_t>(retries->value);
    const auto txn = parts_.stack.send(out);
    if (txn) {
        clients_.emplace(*txn, std::pair(ask.question, std::move(waiting)));
        return;
    }
    const auto step = machine_.on_answer(ask.question, {}, parts_.loop.clock().now());
    carry_out(step, std::move(waiting), nullptr);
}

bool RegistrationProxy::claim_response(const IncomingResponse& response) {
    if (!clients_.contains(response.txn)) return false;
    if (response.message.status >= 200) decided(response.txn, &response.message);
    return true;
}

bool RegistrationProxy::claim_failure(ClientTxn txn, TxnFailure) {
    if (!clients_.contains(txn)) return false;
    decided(txn, nullptr);
    return true;
}

void RegistrationProxy::decided(ClientTxn txn, const SipMessage* response) {
    const auto found = clients_.find(txn);
    auto [question, waiting] = std::move(found->second);
    clients_.erase(found);
    RegistrarAnswer said;
    if (response != nullptr) {
        said.status = response->status;
        said.min_expires = seconds_in_header(*response, "Min-Expires");
        for (const RegisterContact& contact : waiting.request.contacts)
            if (const auto granted = granted_to_token(*response, contact.token))
                said.granted[contact.token] = *granted;
    }
    const auto step = machine_.on_answer(question, said, parts_.loop.clock().now());
    if (said.status / 100 == 2)
        parts_.log.info("register.passed", {{"aor", waiting.request.aor},
                                            {"source", waiting.received.path.remote.to_string()},
                                            {"bindings", machine_.bindings().size()}});
    carry_out(step, std::move(waiting), response);
}

void RegistrationProxy::answer(const Waiting& waiting, const Passthrough::Answer& answer,
                               const SipMessage* from) {
    const MonoTime now = parts_.loop.clock().now();
    std::vector<const Binding*> bound;
    if (answer.status / 100 == 2) bound = machine_.bindings().of(waiting.request.aor, now);
    SipMessage response = answer_to_register(waiting.received.message, answer, from, bound, now);
    // RFC 3261 8.2.6.2: every final response has a tag.
    const std::string* to = response.find("To");
    if (to != nullptr && to->find(";tag=") == std::string::npos)
        response.set("To", *to + ";tag=" + parts_.random.hex(16));
    parts_.stack.respond(waiting.received.txn, response);
}

void RegistrationProxy::refuse(const IncomingRequest& received, int status,
                               const char* unsupported) {
    SipMessage response =
        make_response(received.message, status, default_phrase(status), parts_.random.hex(16));
    response.add("Server", product_token());
    if (unsupported != nullptr) response.add("Unsupported", unsupported);
    parts_.stack.respond(received.txn, response);
}

// One timer, for the binding that runs out next.
void RegistrationProxy::watch_ends() {
    if (timer_ != TimerId{}) parts_.loop.cancel(std::exchange(timer_, TimerId{}));
    const auto end = machine_.bindings().next_end();
    if (!end) return;
    const auto wait = std::max(*end - parts_.loop.clock().now(), std::chrono::nanoseconds(0));
    timer_ = parts_.loop.after(wait, [this] {
        timer_ = TimerId{};
        machine_.expire(parts_.loop.clock().now());
        watch_ends();
    });
}

}  // namespace weir::signaling
