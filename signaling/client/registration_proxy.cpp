// SPDX-License-Identifier: Apache-2.0
// REGISTERs in, REGISTERs out, and their answers back.
#include "signaling/client/registration_proxy.hpp"

#include <algorithm>
#include <utility>

#include "config/base/text.hpp"
#include "config/model/resolve.hpp"
#include "signaling/call/dialog.hpp"
#include "signaling/client/client_limits.hpp"
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

void RegistrationProxy::restore(std::vector<Binding> bindings) {
    if (!server_) return;
    machine_.restore(std::move(bindings));
    watch_ends();
}

std::optional<RegistrationProxy::Way> RegistrationProxy::way_of(
    const IncomingRequest& request) const {
    Way way;
    way.peer = peer_of_(request);
    const config::DialPeer& peer = peer_in(*config_, way.peer);
    const auto mode = config::registration_passthrough(*config_, peer);
    if (!mode) return std::nullopt;
    way.mode = *mode;
    way.registrars = config::registrars_of(*config_, peer, mode->registrar);
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
    prefer_living(way.registrars);
    pass(received, std::move(way));
}

// RFC 3263 4.3: what did not answer a moment ago is tried after the others.
void RegistrationProxy::prefer_living(std::vector<config::Registrar>& registrars) const {
    if (registrars.size() < 2) return;
    const MonoTime now = parts_.loop.clock().now();
    std::stable_partition(registrars.begin(), registrars.end(), [&](const auto& each) {
        const auto path = registrar_path(*config_, each, network_, parts_.stack);
        return path && !health_.is_down({path->transport, path->remote}, now);
    });
}

// To the first of the way's registrars; those behind it are for when it does not answer.
void RegistrationProxy::pass(const IncomingRequest& received, Way way) {
    std::optional<SipPath> path;
    std::optional<config::Registrar> registrar;
    while (!path && !way.registrars.empty()) {
        registrar = std::move(way.registrars.front());
        way.registrars.erase(way.registrars.begin());
        path = registrar_path(*config_, *registrar, network_, parts_.stack);
    }
    if (!path) {
        parts_.log.warning("register.no_registrar",
                           {{"source", received.path.remote.to_string()},
                            {"registrar", registrar ? registrar_host(*registrar) : ""}});
        return refuse(received, 503);
    }
    auto request = read_register(received.message, registrar_host(*registrar));
    if (!request) return refuse(received, 400);
    PassthroughSettings settings;
    settings.server = *server_;
    settings.rate_limit = way.mode.rate_limit;
    settings.expires = registrar->expires;
    settings.refresh_ratio = registrar->refresh_ratio;
    const MonoTime now = parts_.loop.clock().now();
    const auto step = machine_.on_register(
        {*request, received.path, way.peer, path->remote.address, registrar->index, settings}, now);
    const bool is_last = way.registrars.empty();
    carry_out(
        step,
        {received, *std::move(request), std::move(way), *std::move(registrar), *path, is_last},
        nullptr);
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
    out.message = register_for(waiting.received.message, waiting.request, waiting.registrar,
                               waiting.path, ask);
    out.path = waiting.path;
    const config::DialPeer& peer = peer_in(*config_, waiting.way.peer);
    if (const auto t1 = config::resolve_timer(*config_, peer, "register"))
        out.t1 = std::chrono::milliseconds(t1->value);
    if (const auto retries = config::resolve_retry(*config_, peer, "register"))
        out.retries = static_cast<std::uint8_t>(retries->value);
    if (!waiting.is_last) out.retries = std::min(out.retries, kRetriesBeforeSecondary);
    const auto txn = parts_.stack.send(out);
    if (txn) {
        clients_.emplace(*txn, std::pair(ask.question, std::move(waiting)));
        return;
    }
    const MonoTime now = parts_.loop.clock().now();
    health_.silent({out.path.transport, out.path.remote}, now);
    if (waiting.is_last)
        return carry_out(machine_.on_answer(ask.question, {}, now), std::move(waiting), nullptr);
    machine_.withdraw(ask.question);
    pass(waiting.received, std::move(waiting.way));
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

// Whether the registrar said nothing of use while there is another one: then that is asked.
bool RegistrationProxy::goes_on(ClientTxn txn, const SipMessage* response) {
    const auto found = clients_.find(txn);
    const SipPath path = found->second.second.path;
    const AddressHealth::Address address{path.transport, path.remote};
    const MonoTime now = parts_.loop.clock().now();
    if (response != nullptr && response->status / 100 != 5 && response->status != 408) {
        health_.answered(address, *response, now);
        return false;
    }
    if (response != nullptr && response->status == 503 && retry_after_of(*response))
        health_.answered(address, *response, now);
    else
        health_.silent(address, now);
    if (found->second.second.is_last || !server_) return false;
    auto [question, waiting] = std::move(found->second);
    clients_.erase(found);
    machine_.withdraw(question);
    parts_.log.warning("register.next_registrar",
                       {{"aor", waiting.request.aor},
                        {"silent", registrar_host(waiting.registrar)},
                        {"status", response == nullptr ? 0 : response->status}});
    pass(waiting.received, std::move(waiting.way));
    return true;
}

void RegistrationProxy::decided(ClientTxn txn, const SipMessage* response) {
    if (goes_on(txn, response)) return;
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
