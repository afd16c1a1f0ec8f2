// SPDX-License-Identifier: Apache-2.0
// REGISTERs: messages, timers, transactions, and which registrars are in use.
#include "signaling/client/register_client.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "config/base/text.hpp"
#include "config/model/resolve.hpp"
#include "signaling/call/dialog.hpp"
#include "signaling/client/client_limits.hpp"
#include "signaling/client/registrar_place.hpp"
#include "signaling/edge/digest.hpp"
#include "signaling/edge/register_request.hpp"

namespace weir::signaling {
namespace {

// What the registrar grants our contact: its expires, else Expires (RFC 3261 10.2.4).
std::optional<std::chrono::seconds> granted_to(const SipMessage& response,
                                               const std::string& user) {
    for (const auto value : response.all("Contact"))
        for (const auto element : split_list(value)) {
            const auto address = NameAddr::parse(element);
            const auto uri = address ? SipUri::parse(address->uri) : Result<SipUri>();
            if (!address || !uri || uri->user != user) continue;
            const auto said = address->parameter("expires");
            if (const auto number = said ? text::number(*said) : std::nullopt)
                return std::chrono::seconds(std::min<std::uint64_t>(*number, UINT32_MAX));
        }
    return seconds_in_header(response, "Expires");
}

// The credential stands before the passwords of its level (spec B.11).
config::DialPeer asker_of(std::uint32_t tenant, const config::Credential& credential) {
    config::DialPeer peer;
    if (tenant != 0) peer.tenant = tenant;
    peer.sip.authentication = {{credential.user, credential.password, credential.realm, false}};
    return peer;
}

}  // namespace

RegisterClient::RegisterClient(ClientParts parts, NetworkKnowledge network)
    : parts_(parts), network_(std::move(network)) {}

RegisterClient::~RegisterClient() {
    for (auto& [key, entry] : entries_)
        drop_timer(entry);
}

std::map<RegisterClient::Key, RegisterClient::Entry> RegisterClient::wanted(
    const config::ConfigPtr& config) {
    std::map<Key, Entry> made;
    for (const auto& level : config::registrar_levels(*config))
        for (const auto& registrar : level.registrars)
            for (const auto& credential : level.credentials) {
                if (!registrar.realm.empty() && registrar.realm != credential.realm) continue;
                const Key key{level.tenant, registrar.index, credential.number, credential.user};
                Entry entry;
                entry.registrar = registrar;
                entry.credential = credential;
                entry.state = Registration({registrar.expires, registrar.refresh_ratio});
                entry.config = config;
                entry.standing_by = registrar.secondary;
                made.try_emplace(key, std::move(entry));
            }
    return made;
}

void RegisterClient::set_config(config::ConfigPtr config) {
    config_ = std::move(config);
    std::map<Key, Entry> next = wanted(config_);
    std::vector<Key> gone;
    for (auto& [key, entry] : entries_) {
        const auto same = next.find(key);
        if (same != next.end() && same->second.registrar == entry.registrar &&
            same->second.credential == entry.credential) {
            entry.config = config_;
            entry.leaving = false;
            next.erase(same);
        } else if (!entry.leaving) {
            gone.push_back(key);
        }
    }
    // What has changed begins anew under the same key: its old binding runs out by itself.
    for (const Key& key : gone) {
        Entry& entry = entries_.at(key);
        if (!next.contains(key)) {
            remove(key, entry);
            continue;
        }
        drop_timer(entry);
        if (entry.txn != ClientTxn{}) clients_.erase(entry.txn);
        entries_.erase(key);
    }
    for (auto& [key, entry] : next) {
        entry.call_id = parts_.random.hex(24);
        entry.contact_user = key.number.empty() ? key.user : key.number;
        if (entry.registrar.random_contact) entry.contact_user = parts_.random.hex(16);
        Entry& placed = entries_.insert_or_assign(key, std::move(entry)).first->second;
        if (!placed.standing_by)
            start(key, placed,
                  std::chrono::milliseconds(parts_.random.below(kFirstPingSpread.count())));
    }
}

void RegisterClient::stop() {
    std::vector<Key> all;
    for (const auto& [key, entry] : entries_)
        all.push_back(key);
    for (const Key& key : all)
        if (const auto found = entries_.find(key);
            found != entries_.end() && !found->second.leaving)
            remove(key, found->second);
}

void RegisterClient::give_up() {
    for (auto& [key, entry] : entries_)
        drop_timer(entry);
    clients_.clear();
    entries_.clear();
}

void RegisterClient::again() {
    for (auto& [key, entry] : entries_)
        if (!entry.standing_by && !entry.leaving && entry.txn == ClientTxn{})
            start(key, entry, std::chrono::nanoseconds(0));
}

void RegisterClient::drop_timer(Entry& entry) {
    if (entry.timer != TimerId{}) parts_.loop.cancel(std::exchange(entry.timer, TimerId{}));
}

void RegisterClient::start(const Key& key, Entry& entry, std::chrono::nanoseconds delay) {
    drop_timer(entry);
    entry.timer = parts_.loop.after(delay, [this, key] {
        const auto found = entries_.find(key);
        if (found == entries_.end()) return;
        found->second.timer = TimerId{};
        step(key, found->second.state.due());
    });
}

void RegisterClient::remove(const Key& key, Entry& entry) {
    drop_timer(entry);
    entry.leaving = true;
    if (entry.txn != ClientTxn{}) clients_.erase(std::exchange(entry.txn, ClientTxn{}));
    const auto next = entry.state.stop(parts_.loop.clock().now());
    if (!next.send) {
        entries_.erase(key);
        return;
    }
    step(key, next);
}

void RegisterClient::step(const Key& key, const Registration::Step& next) {
    const auto found = entries_.find(key);
    if (found == entries_.end()) return;
    Entry& entry = found->second;
    if (next.send) return send(key, entry, next.with_answer);
    if (next.wait) return start(key, entry, *next.wait);
    if (entry.leaving) entries_.erase(found);
}

SipMessage RegisterClient::message_of(const Entry& entry) {
    const std::string host = registrar_host(entry.registrar);
    const std::string scheme = entry.registrar.sips ? "sips:" : "sip:";
    const std::string& number =
        entry.credential.number.empty() ? entry.credential.user : entry.credential.number;
    const std::string address = "<" + scheme + number + "@" + host + ">";
    OutOfDialog request;
    request.method = "REGISTER";
    request.request_uri = scheme + host;
    request.from = address;
    request.to = address;
    request.call_id = entry.call_id;
    request.from_tag = parts_.random.hex(8);
    request.cseq = entry.cseq;
    request.contact = contact_header(entry.contact_user, entry.path);
    SipMessage message = make_request(request);
    message.add("Expires", std::to_string(entry.state.asked().count()));
    message.add("Supported", "path");
    return message;
}

void RegisterClient::send(const Key& key, Entry& entry, bool with_answer) {
    const auto path = registrar_path(*entry.config, entry.registrar, network_, parts_.stack);
    if (!path) return decided(key, nullptr);
    entry.path = *path;
    ++entry.cseq;
    OutgoingRequest out;
    out.message = message_of(entry);
    if (with_answer) {
        auto answered = with_digest_answers(out.message, entry.challenge, parts_.random.hex(16),
                                            *entry.config, asker_of(key.tenant, entry.credential));
        if (!answered) return decided(key, nullptr);
        out.message = *std::move(answered);
    } else {
        entry.challenge = SipMessage{};
    }
    out.path = *path;
    config::DialPeer of;
    if (key.tenant != 0) of.tenant = key.tenant;
    if (const auto t1 = config::resolve_timer(*entry.config, of, "register"))
        out.t1 = std::chrono::milliseconds(t1->value);
    if (const auto retries = config::resolve_retry(*entry.config, of, "register"))
        out.retries = static_cast<std::uint8_t>(retries->value);
    const auto txn = parts_.stack.send(out);
    if (!txn) return decided(key, nullptr);
    ++sent_;
    entry.txn = *txn;
    clients_[*txn] = key;
}

bool RegisterClient::can_answer(const Key& key, const Entry& entry,
                                const SipMessage& response) const {
    const auto challenges = digest_challenges(response);
    const bool first = entry.challenge.status == 0;
    return std::any_of(challenges.begin(), challenges.end(), [&](const auto& challenge) {
        return (first || challenge.stale) &&
               digest_user(*entry.config, asker_of(key.tenant, entry.credential), challenge.realm);
    });
}

// `response` null: none came.
void RegisterClient::decided(const Key& key, const SipMessage* response) {
    const auto found = entries_.find(key);
    if (found == entries_.end()) return;
    Entry& entry = found->second;
    entry.txn = ClientTxn{};
    const MonoTime now = parts_.loop.clock().now();
    RegisterAnswer answer;
    if (response != nullptr) {
        answer.status = response->status;
        answer.granted = granted_to(*response, entry.contact_user);
        answer.min_expires = seconds_in_header(*response, "Min-Expires");
        answer.retry_after = seconds_in_header(*response, "Retry-After");
        answer.can_answer = can_answer(key, entry, *response);
        if (answer.can_answer) entry.challenge = *response;
    }
    const std::uint32_t failures = entry.state.failures();
    const bool was_registered = entry.state.is_registered(now);
    const auto next =
        entry.state.answered(answer, now, static_cast<std::uint32_t>(parts_.random.below(1000)));
    if (entry.state.failures() > failures) {
        ++failed_;
        parts_.log.warning("register.failed", {{"line", entry.contact_user},
                                               {"registrar", registrar_host(entry.registrar)},
                                               {"status", answer.status}});
        call_secondaries(key);
    } else if (!was_registered && entry.state.is_registered(now)) {
        parts_.log.info("register.registered", {{"line", entry.contact_user},
                                                {"registrar", registrar_host(entry.registrar)},
                                                {"expires", entry.state.left(now).count()}});
        call_secondaries(key);
    }
    step(key, next);
}

// A secondary registrar is used while a primary of the same line is not (spec B.11).
void RegisterClient::call_secondaries(const Key& key) {
    const auto primary = entries_.find(key);
    if (primary == entries_.end() || primary->second.registrar.secondary) return;
    const bool needed = primary->second.state.phase() == Registration::Phase::waiting;
    std::vector<std::pair<Key, Registration::Step>> steps;
    for (auto& [other, entry] : entries_) {
        if (!entry.registrar.secondary || entry.leaving || other.tenant != key.tenant ||
            other.number != key.number || other.user != key.user)
            continue;
        if (needed == !entry.standing_by) continue;
        entry.standing_by = !needed;
        if (needed) {
            start(other, entry, std::chrono::nanoseconds(0));
            continue;
        }
        drop_timer(entry);
        if (entry.txn != ClientTxn{}) clients_.erase(std::exchange(entry.txn, ClientTxn{}));
        steps.emplace_back(other, entry.state.stop(parts_.loop.clock().now()));
    }
    for (const auto& [other, next] : steps)
        step(other, next);
}

bool RegisterClient::has_left(const IpAddress& address) const {
    const MonoTime now = parts_.loop.clock().now();
    for (const auto& [key, entry] : entries_) {
        if (entry.registrar.secondary || entry.path.remote.address != address ||
            entry.state.phase() != Registration::Phase::waiting)
            continue;
        for (const auto& [other, stands_in] : entries_)
            if (stands_in.registrar.secondary && other.tenant == key.tenant &&
                other.number == key.number && other.user == key.user &&
                stands_in.state.is_registered(now))
                return true;
    }
    return false;
}

bool RegisterClient::claim_response(const IncomingResponse& response) {
    const auto found = clients_.find(response.txn);
    if (found == clients_.end()) return false;
    if (response.message.status < 200) return true;
    const Key key = std::move(found->second);
    clients_.erase(found);
    decided(key, &response.message);
    return true;
}

bool RegisterClient::claim_failure(ClientTxn txn, TxnFailure) {
    const auto found = clients_.find(txn);
    if (found == clients_.end()) return false;
    const Key key = std::move(found->second);
    clients_.erase(found);
    decided(key, nullptr);
    return true;
}

std::vector<RegisterRow> RegisterClient::rows() const {
    const MonoTime now = parts_.loop.clock().now();
    std::vector<RegisterRow> rows;
    for (const auto& [key, entry] : entries_)
        rows.push_back({key.tenant, key.number.empty() ? key.user : key.number,
                        registrar_host(entry.registrar), key.registrar, entry.state.left(now),
                        entry.state.is_registered(now), entry.state.last_status()});
    return rows;
}

std::vector<Metric> RegisterClient::metrics() const {
    const MonoTime now = parts_.loop.clock().now();
    std::size_t registered = 0;
    for (const auto& [key, entry] : entries_)
        if (entry.state.is_registered(now)) ++registered;
    return {Metric{"weir_signaling_registrations", "Lines to be registered at registrars",
                   MetricKind::gauge, static_cast<double>(entries_.size())},
            Metric{"weir_signaling_registrations_active", "Of them, those that are registered",
                   MetricKind::gauge, static_cast<double>(registered)},
            Metric{"weir_signaling_registers_sent_total", "REGISTERs sent", MetricKind::counter,
                   static_cast<double>(sent_)},
            Metric{"weir_signaling_registers_failed_total",
                   "REGISTERs refused for good, or not answered", MetricKind::counter,
                   static_cast<double>(failed_)}};
}

std::string show_register_status(const std::vector<RegisterRow>& rows, std::uint32_t tenant) {
    std::string text;
    std::optional<std::uint32_t> level;
    for (const RegisterRow& row : rows) {
        if (tenant != 0 && row.tenant != tenant) continue;
        if (level != row.tenant) {
            level = row.tenant;
            text += fmt::format("{}{}\n\n{:<32} {:<28} {:<12} {}\n", text.empty() ? "" : "\n",
                                row.tenant == 0 ? "sip-ua" : fmt::format("Tenant: {}", row.tenant),
                                "Line", "peer", "expires(sec)", "registered");
            text += std::string(32, '=') + " " + std::string(28, '=') + " " + std::string(12, '=') +
                    " ==========\n";
        }
        text += fmt::format("{:<32} {:<28} {:<12} {}\n", row.line, row.peer, row.left.count(),
                            row.registered ? "yes" : "no");
    }
    return text.empty() ? "There is nothing to register\n" : text;
}

}  // namespace weir::signaling
