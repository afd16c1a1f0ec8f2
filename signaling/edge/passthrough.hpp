// SPDX-License-Identifier: Apache-2.0
// Passthrough: what becomes of a REGISTER of an endpoint behind us (`registrar server` and
// `registration passthrough`, spec B.11): it goes on to the registrar, or is answered here. Pure.
//
// clang-format off
// | contact | what comes                                      | what follows | becomes |
// |---------|-------------------------------------------------|--------------|---------|
// | any     | REGISTER for less than `expires min`            | 423 with our Min-Expires | the same |
// | any     | REGISTER above a bound                          | 503 | the same |
// | bound   | a refresh of the same source, Call-ID and a higher CSeq, rate-limit is on and the registrar's time lasts | 200 here | bound, the endpoint's time anew |
// | any     | any other REGISTER                              | the same to the registrar, for at most `expires max`; with rate-limit for at least the registrar's `expires` | asked |
// | asked   | 423 to more than the endpoint had asked (rate-limit) | again with Min-Expires, CSeq + 1, once | asked |
// | asked   | 401, 407 and every other failure                | that to the endpoint: the password is its own | as before |
// | asked   | no answer                                       | 408 | as before |
// | asked   | 2xx to a time                                   | 2xx: the endpoint's contact, the lesser of its time and the registrar's | bound |
// | asked   | 2xx to Expires 0, Contact: *                    | 2xx | gone |
// | bound   | its time is over                                | | gone |
// clang-format on
//
// Thread: sip. Time comes in.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <variant>
#include <vector>

#include "config/base/metrics.hpp"
#include "config/model/registration.hpp"
#include "signaling/edge/binding_table.hpp"
#include "signaling/edge/register_request.hpp"

namespace weir::signaling {

// The lines that hold for a REGISTER.
struct PassthroughSettings {
    config::RegistrarServer server;  // bounds of the endpoint's time
    bool rate_limit = false;
    std::chrono::seconds expires{3600};  // of the registrar: asked at least, with rate-limit
    std::uint8_t refresh_ratio = 80;     // percent of the registrar's time, with rate-limit
};

struct RegisterArrival {
    RegisterRequest request;
    SipPath path;
    config::DialPeerTag peer;
    IpAddress registrar;
    std::uint8_t registrar_index = 1;
    PassthroughSettings settings;
};

// What the registrar said to ours.
struct RegistrarAnswer {
    int status = 0;                                       // 0: nothing came
    std::map<std::string, std::chrono::seconds> granted;  // by token
    std::optional<std::chrono::seconds> min_expires;
};

class Passthrough {
public:
    using Question = std::uint32_t;  // 0 = none
    // To the registrar.
    struct Ask {
        Question question = 0;
        std::uint32_t cseq = 0;
        std::vector<std::chrono::seconds> expires;  // of each contact of the REGISTER
    };
    // To the endpoint. A 2xx lists bound(); other answers of the registrar go on as they came.
    struct Answer {
        int status = 0;
        std::optional<std::chrono::seconds> min_expires;  // of a 423 of our own
        bool own = false;                                 // not what the registrar said
    };
    using Step = std::variant<Ask, Answer>;

    [[nodiscard]] Step on_register(RegisterArrival arrival, MonoTime now);
    [[nodiscard]] Step on_answer(Question question, const RegistrarAnswer& answer, MonoTime now);
    // The registrar asked is silent and another one will be: the question is none any more.
    void withdraw(Question question);
    void expire(MonoTime now) { bindings_.expire(now); }
    // Bindings of the process before this one. Those beyond the bounds are left out.
    void restore(std::vector<Binding> bindings);
    void set_keeper(BindingKeeper* keeper) { bindings_.set_keeper(keeper); }

    [[nodiscard]] const BindingTable& bindings() const { return bindings_; }
    [[nodiscard]] std::vector<Metric> metrics() const;

private:
    struct Asked {
        RegisterArrival arrival;
        std::vector<std::chrono::seconds> wanted;  // by the endpoint, within our bounds
        std::vector<std::chrono::seconds> expires;
        std::uint32_t skew = 0;
        bool lengthened = false;
    };
    [[nodiscard]] bool answers_here(const RegisterArrival& arrival,
                                    const std::vector<std::chrono::seconds>& wanted,
                                    MonoTime now) const;
    void refresh(const RegisterArrival& arrival, const std::vector<std::chrono::seconds>& wanted,
                 MonoTime now);
    [[nodiscard]] bool is_full(const RegisterArrival& arrival, MonoTime now) const;
    [[nodiscard]] Asked taken(std::map<Question, Asked>::iterator found);
    [[nodiscard]] Step ask(Question question, const Asked& asked) const;
    void bind(const Asked& asked, std::size_t contact, const RegistrarAnswer& answer, MonoTime now);
    [[nodiscard]] Answer answered(Answer answer);

    struct Counters {
        std::uint64_t received = 0;
        std::uint64_t asked = 0;
        std::uint64_t here = 0;
        std::uint64_t refused = 0;  // by us
        std::uint64_t failed = 0;   // by the registrar, challenges not among them
    };
    BindingTable bindings_;
    std::map<Question, Asked> asked_;
    std::map<IpAddress, std::size_t> asked_of_;        // by source
    std::map<IpAddress, std::chrono::seconds> least_;  // Min-Expires that registrars have asked for
    Question last_ = 0;
    Counters counters_;
};

}  // namespace weir::signaling
