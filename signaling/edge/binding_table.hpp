// SPDX-License-Identifier: Apache-2.0
// BindingTable: the endpoints behind us that a registrar has accepted (registration passthrough,
// spec B.11): where each one is reached, and until when.
//
// Pure: times come in. Thread: sip. A binding is known by its token, a hash of address of record
// and contact, which stands in the Contact that the registrar has of us: a REGISTER that comes
// again, also after a restart, has the same one.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/model/config.hpp"
#include "signaling/api/sip_stack.hpp"

namespace weir::signaling {

struct Binding {
    std::string token;                 // sixteen hexadecimal digits
    std::string aor;                   // "100@example.net", as the registrar knows it
    std::string contact;               // URI of the endpoint, as it has registered
    std::string parameters;            // of its Contact, without expires
    SipPath path;                      // where its REGISTER came from: address and connection
    std::vector<std::string> routes;   // Path of its REGISTER (RFC 3327): Route of calls to it
    config::DialPeerTag peer;          // that its REGISTER matched: settings of calls to it
    IpAddress registrar;               // where it is registered
    std::uint8_t registrar_index = 1;  // its number, 1..6
    MonoTime until;                    // the endpoint's time
    MonoTime registrar_until;          // the registrar's, longer with rate-limit
    MonoTime refresh_from;             // rate-limit: from here on a refresh goes to the registrar
    std::string call_id;               // of its last REGISTER
    std::uint32_t cseq = 0;            // the same
    std::uint32_t skew = 0;            // what our own repetitions have added to it (423)
    std::uint64_t asked = 0;           // REGISTERs that went to the registrar
    std::uint64_t answered_here = 0;   // refreshes that did not
};

// The token of a contact. "" where the crypto library refuses (then nothing can be bound).
[[nodiscard]] std::string binding_token(std::string_view aor, std::string_view contact);
// The parameter of our Contact that holds it: "sip:100@198.51.100.1;binding=0123456789abcdef".
inline constexpr std::string_view kBindingParameter = "binding";
// The token in a Request-URI; none: it is not of a binding.
[[nodiscard]] std::optional<std::string> token_in(const std::string& request_uri);

// Told of each change, so that bindings outlive the process. Not of ends: those are in what was
// kept.
class BindingKeeper {
public:
    virtual ~BindingKeeper() = default;
    virtual void keep(const Binding& binding) = 0;  // new, or changed
    virtual void forget(const std::string& token) = 0;
};

class BindingTable {
public:
    // `keeper` outlives the table, or is taken away with null.
    void set_keeper(BindingKeeper* keeper) { keeper_ = keeper; }
    // Puts in what the keeper had, without telling it.
    void restore(Binding binding);
    // Puts a binding in, or in the place of the one with its token.
    void put(Binding binding);
    void erase(const std::string& token);
    // Every binding of an address of record (Contact: *).
    void erase_all(const std::string& aor);
    // Drops what has run out.
    void expire(MonoTime now);
    // When the next one runs out.
    [[nodiscard]] std::optional<MonoTime> next_end() const;

    // Null: there is none, or it has run out.
    [[nodiscard]] const Binding* find(const std::string& token, MonoTime now) const;
    [[nodiscard]] std::vector<const Binding*> of(const std::string& aor, MonoTime now) const;
    // Whether an endpoint that is bound sends from there: the same address, port and transport.
    [[nodiscard]] bool has_source(const SipPath& path) const;
    // Whether an endpoint is bound at a registrar with this address.
    [[nodiscard]] bool has_registrar(const IpAddress& address) const;

    [[nodiscard]] std::size_t size() const { return bindings_.size(); }
    [[nodiscard]] const std::map<std::string, Binding>& all() const { return bindings_; }

private:
    using Source = std::pair<SipTransport, Endpoint>;
    // False: there was none.
    bool take_out(const std::string& token);

    BindingKeeper* keeper_ = nullptr;
    std::map<std::string, Binding> bindings_;              // by token
    std::map<std::string, std::set<std::string>> of_aor_;  // tokens
    std::map<Source, std::size_t> sources_;                // bindings of each
    std::map<IpAddress, std::size_t> registrars_;          // the same
    std::set<std::pair<MonoTime, std::string>> ends_;
};

}  // namespace weir::signaling
