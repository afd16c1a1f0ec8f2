// SPDX-License-Identifier: Apache-2.0
// Bindings by token, and what finds them: address of record, source, registrar, end.
#include "signaling/edge/binding_table.hpp"

#include "signaling/edge/digest_text.hpp"

namespace weir::signaling {
namespace {

template <typename Key>
void count_down(std::map<Key, std::size_t>& counts, const Key& key) {
    const auto found = counts.find(key);
    if (found != counts.end() && --found->second == 0) counts.erase(found);
}

}  // namespace

std::string binding_token(std::string_view aor, std::string_view contact) {
    constexpr std::size_t kDigits = 16;
    const auto hash =
        digest_hash(DigestAlgorithm::sha256, std::string(aor) + "\n" + std::string(contact));
    return hash ? hash->substr(0, kDigits) : std::string();
}

std::optional<std::string> token_in(const std::string& request_uri) {
    // Most requests have no such parameter: they are not parsed once more.
    if (request_uri.find(kBindingParameter) == std::string::npos) return std::nullopt;
    const auto uri = SipUri::parse(request_uri);
    return uri ? uri->parameter(kBindingParameter) : std::nullopt;
}

void BindingTable::put(Binding binding) {
    if (keeper_ != nullptr) keeper_->keep(binding);
    restore(std::move(binding));
}

void BindingTable::restore(Binding binding) {
    take_out(binding.token);
    of_aor_[binding.aor].insert(binding.token);
    ++sources_[{binding.path.transport, binding.path.remote}];
    ++registrars_[binding.registrar];
    ends_.emplace(binding.until, binding.token);
    const std::string token = binding.token;
    bindings_.emplace(token, std::move(binding));
}

void BindingTable::erase(const std::string& token) {
    if (take_out(token) && keeper_ != nullptr) keeper_->forget(token);
}

bool BindingTable::take_out(const std::string& token) {
    const auto found = bindings_.find(token);
    if (found == bindings_.end()) return false;
    const Binding& binding = found->second;
    const auto siblings = of_aor_.find(binding.aor);
    if (siblings != of_aor_.end()) {
        siblings->second.erase(token);
        if (siblings->second.empty()) of_aor_.erase(siblings);
    }
    count_down(sources_, Source{binding.path.transport, binding.path.remote});
    count_down(registrars_, binding.registrar);
    ends_.erase({binding.until, token});
    bindings_.erase(found);
    return true;
}

void BindingTable::erase_all(const std::string& aor) {
    const auto found = of_aor_.find(aor);
    if (found == of_aor_.end()) return;
    const std::set<std::string> tokens = found->second;
    for (const std::string& token : tokens)
        erase(token);
}

void BindingTable::expire(MonoTime now) {
    while (!ends_.empty() && ends_.begin()->first <= now) {
        const std::string token = ends_.begin()->second;
        take_out(token);
    }
}

std::optional<MonoTime> BindingTable::next_end() const {
    if (ends_.empty()) return std::nullopt;
    return ends_.begin()->first;
}

const Binding* BindingTable::find(const std::string& token, MonoTime now) const {
    const auto found = bindings_.find(token);
    return found == bindings_.end() || found->second.until <= now ? nullptr : &found->second;
}

std::vector<const Binding*> BindingTable::of(const std::string& aor, MonoTime now) const {
    std::vector<const Binding*> found;
    const auto tokens = of_aor_.find(aor);
    if (tokens == of_aor_.end()) return found;
    for (const std::string& token : tokens->second)
        if (const Binding* binding = find(token, now)) found.push_back(binding);
    return found;
}

bool BindingTable::has_source(const SipPath& path) const {
    return sources_.contains({path.transport, path.remote});
}

bool BindingTable::has_registrar(const IpAddress& address) const {
    return registrars_.contains(address);
}

}  // namespace weir::signaling
