// SPDX-License-Identifier: Apache-2.0
// The table of passthrough.hpp.
#include "signaling/edge/passthrough.hpp"

#include <algorithm>
#include <utility>

#include "signaling/edge/binding_limits.hpp"

namespace weir::signaling {
namespace {

using std::chrono::seconds;

bool is_challenge(int status) {
    return status == 401 || status == 407;
}

}  // namespace

Passthrough::Answer Passthrough::answered(Answer answer) {
    if (answer.own && answer.status >= 300) ++counters_.refused;
    return answer;
}

Passthrough::Step Passthrough::on_register(RegisterArrival arrival, MonoTime now) {
    ++counters_.received;
    bindings_.expire(now);
    const PassthroughSettings& settings = arrival.settings;
    std::vector<seconds> wanted;
    for (const RegisterContact& contact : arrival.request.contacts) {
        const seconds asked =
            contact.expires.value_or(arrival.request.expires.value_or(settings.expires));
        // RFC 3261 10.3 step 7: too brief is refused, too long is cut.
        if (asked.count() != 0 && asked < settings.server.min_expires)
            return answered({423, settings.server.min_expires, true});
        wanted.push_back(std::min(asked, settings.server.max_expires));
    }
    if (answers_here(arrival, wanted, now)) {
        refresh(arrival, wanted, now);
        return answered({200, std::nullopt, true});
    }
    if (is_full(arrival, now)) return answered({503, std::nullopt, true});
    Asked asked;
    asked.wanted = std::move(wanted);
    const auto least = least_.find(arrival.registrar);
    for (std::size_t i = 0; i < asked.wanted.size(); ++i) {
        seconds expires = asked.wanted[i];
        if (settings.rate_limit && expires.count() != 0) {
            expires = std::max(expires, settings.expires);
            if (least != least_.end()) expires = std::max(expires, least->second);
        }
        asked.expires.push_back(expires);
        const Binding* known = bindings_.find(arrival.request.contacts[i].token, now);
        if (known != nullptr && known->call_id == arrival.request.call_id)
            asked.skew = std::max(asked.skew, known->skew);
    }
    asked.arrival = std::move(arrival);
    ++asked_of_[asked.arrival.path.remote.address];
    const Question question = ++last_;
    ++counters_.asked;
    return ask(question, asked_.emplace(question, std::move(asked)).first->second);
}

Passthrough::Step Passthrough::ask(Question question, const Asked& asked) const {
    return Ask{question, asked.arrival.request.cseq + asked.skew, asked.expires};
}

// Only for who has proved to be itself a while ago: the same source in the same dialog of
// registration. Whoever else says so is the registrar's to judge.
bool Passthrough::answers_here(const RegisterArrival& arrival, const std::vector<seconds>& wanted,
                               MonoTime now) const {
    const RegisterRequest& request = arrival.request;
    if (!arrival.settings.rate_limit || request.contacts.empty()) return false;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const Binding* known = bindings_.find(request.contacts[i].token, now);
        if (known == nullptr || wanted[i].count() == 0) return false;
        if (known->path != arrival.path || known->call_id != request.call_id ||
            request.cseq <= known->cseq)
            return false;
        if (now >= known->refresh_from || now + wanted[i] > known->registrar_until) return false;
    }
    return true;
}

void Passthrough::refresh(const RegisterArrival& arrival, const std::vector<seconds>& wanted,
                          MonoTime now) {
    ++counters_.here;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const Binding* known = bindings_.find(arrival.request.contacts[i].token, now);
        if (known == nullptr) continue;
        Binding binding = *known;
        binding.until = now + wanted[i];
        binding.cseq = arrival.request.cseq;
        binding.routes = arrival.request.routes;
        binding.peer = arrival.peer;
        ++binding.answered_here;
        bindings_.put(std::move(binding));
    }
}

bool Passthrough::is_full(const RegisterArrival& arrival, MonoTime now) const {
    if (asked_.size() >= kMaxAskedRegisters) return true;
    const auto source = asked_of_.find(arrival.path.remote.address);
    if (source != asked_of_.end() && source->second >= kMaxAskedPerSource) return true;
    std::size_t fresh = 0;
    for (const RegisterContact& contact : arrival.request.contacts)
        if (bindings_.find(contact.token, now) == nullptr) ++fresh;
    if (fresh == 0) return false;
    // What is asked for now may all become bindings.
    return bindings_.size() + asked_.size() * kMaxContacts >= kMaxBindings ||
           bindings_.of(arrival.request.aor, now).size() + fresh > kMaxBindingsPerAor;
}

Passthrough::Step Passthrough::on_answer(Question question, const RegistrarAnswer& answer,
                                         MonoTime now) {
    bindings_.expire(now);
    const auto found = asked_.find(question);
    if (found == asked_.end()) return Answer{500, std::nullopt, true};
    Asked& asked = found->second;
    const auto is_longer = [&](std::size_t i) {
        return asked.expires[i].count() != 0 && asked.expires[i] < *answer.min_expires;
    };
    bool longer = false;
    if (answer.status == 423 && answer.min_expires && asked.arrival.settings.rate_limit)
        for (std::size_t i = 0; i < asked.expires.size(); ++i)
            longer = longer || is_longer(i);
    if (longer && !std::exchange(asked.lengthened, true)) {
        for (std::size_t i = 0; i < asked.expires.size(); ++i)
            if (is_longer(i)) asked.expires[i] = *answer.min_expires;
        least_[asked.arrival.registrar] = *answer.min_expires;
        ++asked.skew;
        return ask(question, asked);
    }
    const Asked done = taken(found);
    if (answer.status / 100 != 2) {
        if (!is_challenge(answer.status)) ++counters_.failed;
        if (answer.status == 0) return Answer{408, std::nullopt, true};
        return Answer{answer.status, std::nullopt, false};
    }
    if (done.arrival.request.all) bindings_.erase_all(done.arrival.request.aor);
    for (std::size_t i = 0; i < done.wanted.size(); ++i)
        bind(done, i, answer, now);
    return Answer{answer.status, std::nullopt, false};
}

Passthrough::Asked Passthrough::taken(std::map<Question, Asked>::iterator found) {
    Asked asked = std::move(found->second);
    asked_.erase(found);
    const auto source = asked_of_.find(asked.arrival.path.remote.address);
    if (source != asked_of_.end() && --source->second == 0) asked_of_.erase(source);
    return asked;
}

void Passthrough::withdraw(Question question) {
    const auto found = asked_.find(question);
    if (found == asked_.end()) return;
    static_cast<void>(taken(found));
    --counters_.received;  // it comes again for the other registrar, and is counted then
}

void Passthrough::restore(std::vector<Binding> bindings) {
    for (Binding& binding : bindings)
        if (bindings_.size() < kMaxBindings) bindings_.restore(std::move(binding));
}

void Passthrough::bind(const Asked& asked, std::size_t contact, const RegistrarAnswer& answer,
                       MonoTime now) {
    const RegisterArrival& arrival = asked.arrival;
    const RegisterContact& named = arrival.request.contacts[contact];
    const auto said = answer.granted.find(named.token);
    // A registrar that lists nothing has granted what was asked.
    const seconds granted = said != answer.granted.end() ? said->second
                            : answer.granted.empty()     ? asked.expires[contact]
                                                         : seconds(0);
    if (asked.wanted[contact].count() == 0 || granted.count() == 0)
        return bindings_.erase(named.token);
    Binding binding;
    if (const Binding* known = bindings_.find(named.token, now)) binding = *known;
    binding.token = named.token;
    binding.aor = arrival.request.aor;
    binding.contact = named.uri;
    binding.parameters = named.parameters;
    binding.path = arrival.path;
    binding.routes = arrival.request.routes;
    binding.peer = arrival.peer;
    binding.registrar = arrival.registrar;
    binding.registrar_index = arrival.registrar_index;
    binding.until = now + std::min(asked.wanted[contact], granted);
    binding.registrar_until = now + granted;
    const bool limited = arrival.settings.rate_limit;
    binding.refresh_from = now + std::chrono::milliseconds(granted) *
                                     (limited ? arrival.settings.refresh_ratio : 0) / 100;
    binding.call_id = arrival.request.call_id;
    binding.cseq = arrival.request.cseq;
    binding.skew = asked.skew;
    ++binding.asked;
    bindings_.put(std::move(binding));
}

std::vector<Metric> Passthrough::metrics() const {
    const auto counter = [](const char* name, const char* help, std::uint64_t value) {
        return Metric{name, help, MetricKind::counter, static_cast<double>(value)};
    };
    return {
        Metric{"weir_signaling_bindings", "Contacts of endpoints behind us, as registered",
               MetricKind::gauge, static_cast<double>(bindings_.size())},
        counter("weir_signaling_passed_registers_total", "REGISTERs of endpoints behind us",
                counters_.received),
        counter("weir_signaling_passed_registers_asked_total",
                "Of them, those that went to the registrar", counters_.asked),
        counter("weir_signaling_passed_registers_here_total",
                "Of them, refreshes answered here (rate-limit)", counters_.here),
        counter("weir_signaling_passed_registers_refused_total",
                "Of them, those refused here: 423, or a bound", counters_.refused),
        counter("weir_signaling_passed_registers_failed_total",
                "Of them, those that the registrar refused or did not answer", counters_.failed)};
}

}  // namespace weir::signaling
