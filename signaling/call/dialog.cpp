// SPDX-License-Identifier: Apache-2.0
// Dialog: requests, responses and the learning of targets (RFC 3261 12).
#include "signaling/call/dialog.hpp"

#include <algorithm>

#include "config/base/text.hpp"
#include "signaling/api/party.hpp"
#include "signaling/call/sip_ports.hpp"

namespace weir::signaling {
namespace {

bool is_sip(const SipUri& uri) {
    return uri.scheme == "sip" || uri.scheme == "sips";
}

std::string uri_of(std::string_view header) {
    const PartyText party = read_party(header);
    return std::string(party.fault == nullptr ? party.uri : std::string_view());
}

// The header without its tag; its other parameters stay.
std::string without_tag(std::string_view value) {
    auto address = NameAddr::parse(value);
    if (!address) return std::string(value);
    std::string kept;
    for (const auto piece : text::split(address->parameters, ';')) {
        if (text::trim(piece).empty() || text::istarts_with(text::trim(piece), "tag=")) continue;
        kept += ";" + std::string(text::trim(piece));
    }
    address->parameters = kept;
    return address->to_string();
}

bool is_target_refresh(std::string_view method) {
    return method == "INVITE" || method == "UPDATE";
}

std::vector<std::string> record_route(const SipMessage& message) {
    std::vector<std::string> routes;
    for (const auto value : message.all("Record-Route"))
        for (const auto element : split_list(value))
            routes.emplace_back(element);
    return routes;
}

// The endpoint that a URI names by IP address, over `transport` unless the URI says another one.
std::optional<SipPath> path_to(const std::string& uri_text, const SipPath& fallback) {
    const auto uri = SipUri::parse(uri_text);
    if (!uri || !is_sip(*uri)) return std::nullopt;
    const auto maddr = uri->parameter("maddr");
    const auto address = IpAddress::parse(maddr ? *maddr : uri->host);
    if (!address || address->is_unspecified()) return std::nullopt;
    SipPath path = fallback;
    path.remote.address = *address;
    const auto transport = uri->parameter("transport");
    if (transport && text::iequals(*transport, "tcp")) path.transport = SipTransport::tcp;
    if (transport && text::iequals(*transport, "udp")) path.transport = SipTransport::udp;
    // RFC 3261 26.2.2: sips over TLS; transport=tls is deprecated there, and what trunks send.
    const bool tls_named = transport && text::iequals(*transport, "tls");
    if (uri->scheme == "sips" || tls_named) path.transport = SipTransport::tls;
    path.remote.port = uri->port != 0 ? uri->port : default_port(path.transport);
    if (path.transport != fallback.transport) path.local.port = 0;  // that transport's own listener
    return path;
}

void add_sdp(SipMessage& message, std::string sdp) {
    if (sdp.empty()) return;
    message.add("Content-Type", "application/sdp");
    message.add("Content-Disposition", "session;handling=required");
    message.body = std::move(sdp);
}

}  // namespace

std::string product_token() {
    return "Weir/" WEIR_VERSION;
}

std::string_view allowed_methods() {
    return "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, PRACK, REFER, INFO, NOTIFY, SUBSCRIBE, "
           "MESSAGE";
}

std::string uri_host_port(const Endpoint& endpoint) {
    std::string host = uri_host(endpoint.address);
    if (endpoint.port != 0 && endpoint.port != kSipPort)
        host += ":" + std::to_string(endpoint.port);
    return host;
}

std::string contact_header(std::string_view user, const SipPath& path) {
    std::string uri = "<sip:";
    if (!user.empty()) uri += std::string(user) + "@";
    uri += uri_host_port(path.local);
    if (path.transport != SipTransport::udp)
        uri += std::string(";transport=") + to_string(path.transport);
    return uri + ">";
}

Dialog::Dialog(DialogStart start)
    : call_id_(std::move(start.call_id)),
      local_tag_(std::move(start.local_tag)),
      local_(std::move(start.local)),
      remote_(std::move(start.remote)),
      remote_target_(std::move(start.remote_target)),
      contact_(std::move(start.contact)),
      path_(start.path) {}

Result<Dialog> Dialog::from_invite(const IncomingRequest& invite, std::string local_tag,
                                   std::string contact) {
    const SipMessage& message = invite.message;
    const std::string* from = message.find("From");
    const std::string* to = message.find("To");
    const std::string* call_id = message.find("Call-ID");
    const std::string* target = message.find("Contact");
    if (from == nullptr || to == nullptr || call_id == nullptr)
        return fail(ErrorCode::invalid, "the INVITE has no From, To or Call-ID");
    if (target == nullptr) return fail(ErrorCode::invalid, "the INVITE has no Contact");
    const auto uri = SipUri::parse(uri_of(*target));
    if (!uri || !is_sip(*uri))
        return fail(ErrorCode::invalid,
                    "Contact '" + text::printable(*target) + "' is no sip: address");
    Dialog dialog;
    dialog.call_id_ = *call_id;
    dialog.local_tag_ = std::move(local_tag);
    dialog.remote_tag_ = tag_in(message, "From");
    dialog.local_ = without_tag(*to);
    dialog.remote_ = without_tag(*from);
    dialog.remote_target_ = uri_of(*target);
    dialog.contact_ = std::move(contact);
    dialog.routes_ = record_route(message);
    dialog.path_ = invite.path;
    const auto cseq = message.cseq();
    if (!cseq) return fail(cseq.error());
    dialog.remote_cseq_ = cseq->number;
    dialog.confirmed_ = true;  // RFC 3261 12.1.1: route set and target are final for the UAS
    return dialog;
}

void Dialog::add_address_headers(SipMessage& message) const {
    message.add("From", local_ + ";tag=" + local_tag_);
    message.add("To", remote_tag_.empty() ? remote_ : remote_ + ";tag=" + remote_tag_);
}

// RFC 3261 12.2.1.1: loose routing leaves the target in the Request-URI, a strict router gets
// itself there.
void Dialog::set_targets(SipMessage& message) const {
    message.request_uri = remote_target_;
    if (routes_.empty()) return;
    const std::string first = uri_of(routes_.front());
    const auto uri = SipUri::parse(first);
    if (uri && uri->parameter("lr")) {
        for (const auto& route : routes_)
            message.add("Route", route);
        return;
    }
    message.request_uri = first;
    for (std::size_t i = 1; i < routes_.size(); ++i)
        message.add("Route", routes_[i]);
    message.add("Route", "<" + remote_target_ + ">");
}

SipMessage Dialog::invite(const InviteHeaders& headers) {
    SipMessage message;
    message.method = "INVITE";
    message.headers = headers.leading;
    add_address_headers(message);
    message.add("Date", rfc1123(headers.now));
    message.add("Call-ID", call_id_);
    message.add("Supported", headers.supported);
    message.add("Min-SE", std::to_string(headers.min_se.count()));
    if (headers.guid) message.add("Cisco-Guid", headers.guid->to_string());
    message.add("User-Agent", product_token());
    message.add("Allow", headers.allow);
    message.add("CSeq", std::to_string(next_cseq_++) + " INVITE");
    message.add("Max-Forwards", "70");
    message.add("Timestamp", std::to_string(headers.now.ns / 1'000'000'000));
    message.add("Contact", contact_);
    message.add("Expires", std::to_string(headers.expires.count()));
    message.add("Allow-Events", "telephone-event");
    set_targets(message);
    add_sdp(message, headers.body);
    return message;
}

SipMessage Dialog::request(std::string_view method) {
    SipMessage message;
    message.method = method;
    add_address_headers(message);
    message.add("Call-ID", call_id_);
    message.add("CSeq", std::to_string(next_cseq_++) + " " + std::string(method));
    message.add("Max-Forwards", "70");
    message.add("User-Agent", product_token());
    if (is_target_refresh(method)) {
        message.add("Contact", contact_);
        message.add("Allow", std::string(allowed_methods()));
    }
    set_targets(message);
    return message;
}

SipMessage Dialog::request_with_sdp(std::string_view method, std::string sdp) {
    SipMessage message = request(method);
    add_sdp(message, std::move(sdp));
    return message;
}

void Dialog::keep_credentials(const SipMessage& invite) {
    credentials_.clear();
    credentials_cseq_ = invite.cseq() ? invite.cseq()->number : 0;
    for (const char* name : {"Authorization", "Proxy-Authorization"})
        for (const auto value : invite.all(name))
            credentials_.push_back({name, std::string(value)});
}

SipMessage Dialog::ack(std::uint32_t invite_cseq, std::string sdp) const {
    SipMessage message;
    message.method = "ACK";
    add_address_headers(message);
    message.add("Call-ID", call_id_);
    message.add("CSeq", std::to_string(invite_cseq) + " ACK");
    message.add("Max-Forwards", "70");
    message.add("User-Agent", product_token());
    if (invite_cseq == credentials_cseq_)
        message.headers.insert(message.headers.end(), credentials_.begin(), credentials_.end());
    set_targets(message);
    add_sdp(message, std::move(sdp));
    return message;
}

SipMessage Dialog::response(const SipMessage& request, int status, std::string sdp) const {
    SipMessage message = make_response(request, status, default_phrase(status), local_tag_);
    if (status == 100) return message;
    if (is_target_refresh(request.method) && status < 300) {
        for (const auto& route : request.all("Record-Route"))
            message.add("Record-Route", std::string(route));
        message.add("Contact", contact_);
        message.add("Allow", std::string(allowed_methods()));
    }
    message.add("Server", product_token());
    add_sdp(message, std::move(sdp));
    return message;
}

void Dialog::learn_target(const SipMessage& message) {
    const std::string* contact = message.find("Contact");
    if (contact == nullptr) return;
    std::string target = uri_of(*contact);
    // A target that we cannot use would cut the dialog off: the old one stays.
    const auto uri = SipUri::parse(target);
    if (uri && is_sip(*uri)) remote_target_ = std::move(target);
}

void Dialog::on_response(const SipMessage& response) {
    if (response.status <= 100 || response.status >= 300) return;
    const bool final = response.status >= 200;
    if (!confirmed_) {
        if (const auto tag = tag_in(response, "To"); !tag.empty()) remote_tag_ = tag;
        // RFC 3261 12.1.2: the UAC's route set is the Record-Route in reverse.
        routes_ = record_route(response);
        std::reverse(routes_.begin(), routes_.end());
        confirmed_ = final;
    }
    learn_target(response);
}

Dialog Dialog::fork_of(const SipMessage& response) const {
    Dialog fork = *this;
    fork.confirmed_ = false;
    fork.on_response(response);
    return fork;
}

bool Dialog::is_forked(const SipMessage& response) const {
    const std::string tag = tag_in(response, "To");
    return !tag.empty() && tag != remote_tag_;
}

RequestOrder Dialog::on_request(const SipMessage& request) {
    const auto cseq = request.cseq();
    if (!cseq || (remote_cseq_ && cseq->number <= *remote_cseq_)) return RequestOrder::stale;
    remote_cseq_ = cseq->number;
    if (is_target_refresh(request.method)) learn_target(request);
    return RequestOrder::next;
}

SipPath Dialog::path() const {
    const std::string next = routes_.empty() ? remote_target_ : uri_of(routes_.front());
    // Before the peer has answered, the configuration has chosen the path, not the Request-URI.
    if (remote_tag_.empty()) return path_;
    return path_to(next, path_).value_or(path_);
}

bool Dialog::matches(const SipMessage& request) const {
    const std::string* call_id = request.find("Call-ID");
    return call_id != nullptr && *call_id == call_id_ && tag_in(request, "To") == local_tag_ &&
           tag_in(request, "From") == remote_tag_;
}

bool Dialog::sent(const SipMessage& request) const {
    const std::string* call_id = request.find("Call-ID");
    return call_id != nullptr && *call_id == call_id_ && tag_in(request, "From") == local_tag_ &&
           tag_in(request, "To") == remote_tag_;
}

}  // namespace weir::signaling
