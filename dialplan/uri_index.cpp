// SPDX-License-Identifier: Apache-2.0
// Finds the classes whose rarest part fits, then asks those.
#include "dialplan/uri_index.hpp"

#include <algorithm>

#include <re2/re2.h>
#include <re2/set.h>

#include "config/base/limits.hpp"
#include "config/base/text.hpp"
#include "dialplan/dialplan_limits.hpp"
#include "dialplan/uri_text.hpp"

namespace weir::dialplan {
namespace {

re2::RE2::Options set_options() {
    re2::RE2::Options options(re2::RE2::Quiet);
    options.set_max_mem(kSetMemory);
    options.set_encoding(re2::RE2::Options::EncodingLatin1);
    return options;
}

}  // namespace

struct UriIndex::Expressions {
    re2::RE2::Set set{set_options(), re2::RE2::UNANCHORED};
    std::vector<std::uint32_t> entries;  // by index of the expression
    bool compiled = false;
};

UriIndex::UriIndex() = default;
UriIndex::UriIndex(UriIndex&&) noexcept = default;
UriIndex& UriIndex::operator=(UriIndex&&) noexcept = default;
UriIndex::~UriIndex() = default;

void UriIndex::add(const config::UriClass& source, const CompiledUriClass& compiled,
                   std::uint32_t value) {
    const auto [at, fresh] = known_.emplace(&source, static_cast<std::uint32_t>(entries_.size()));
    if (!fresh) {
        entries_[at->second].values.push_back(value);
        return;
    }
    const std::uint32_t entry = at->second;
    entries_.push_back({&source, &compiled, {value}});
    const auto put = [entry](std::unique_ptr<Expressions>& where, const std::string& expression) {
        if (!where) where = std::make_unique<Expressions>();
        std::string ignored;  // the class was compiled before: its expressions are right
        if (where->set.Add(expression, &ignored) >= 0) where->entries.push_back(entry);
    };
    if (!source.pattern.empty()) return put(pattern_, source.pattern);
    const bool hosts = !source.host_addresses.empty() || !source.host_names.empty();
    if (!source.host_pattern.empty()) put(host_, source.host_pattern);
    for (const auto& address : source.host_addresses)
        addresses_[address].push_back(entry);
    for (const auto& name : source.host_names)
        hosts_[text::lower(name)].push_back(entry);
    if (hosts || !source.host_pattern.empty()) return;
    // Without a host, whatever else is there must match: one of it is enough to look for.
    if (!source.user_id.empty()) return put(user_, source.user_id);
    if (!source.phone_number.empty()) return put(phone_, source.phone_number);
    // A phone context alone is rare: every URI is asked.
    if (!source.phone_context.empty()) put(phone_, "");
}

void UriIndex::build() {
    for (auto* expressions : {&host_, &user_, &phone_, &pattern_})
        if (*expressions) (*expressions)->compiled = (*expressions)->set.Compile();
    known_.clear();
}

void UriIndex::collect(const Expressions& expressions, std::string_view text,
                       std::vector<std::uint32_t>& found) {
    std::vector<int> matched;
    re2::RE2::Set::ErrorInfo error{};
    const bool hit =
        expressions.compiled &&
        expressions.set.Match(re2::StringPiece(text.data(), text.size()), &matched, &error);
    if (!hit && expressions.compiled && error.kind == re2::RE2::Set::kNoError) return;
    if (!hit) {  // the automaton outgrew its memory: every class is asked
        found.insert(found.end(), expressions.entries.begin(), expressions.entries.end());
        return;
    }
    for (const int index : matched)
        found.push_back(expressions.entries[static_cast<std::size_t>(index)]);
}

void UriIndex::candidates_by_host(std::string_view host, std::vector<std::uint32_t>& found) const {
    if (host_) collect(*host_, host, found);
    if (!hosts_.empty()) {
        if (const auto at = hosts_.find(text::lower(host)); at != hosts_.end())
            found.insert(found.end(), at->second.begin(), at->second.end());
    }
    // What is no address is not worth the text of an error.
    const bool may_be_address = !host.empty() && (host.find(':') != std::string_view::npos ||
                                                  (host.front() >= '0' && host.front() <= '9'));
    if (addresses_.empty() || !may_be_address) return;
    if (const auto address = IpAddress::parse(host)) {
        if (const auto at = addresses_.find(*address); at != addresses_.end())
            found.insert(found.end(), at->second.begin(), at->second.end());
    }
}

// Once each: a class may have been found by two of its hosts.
void UriIndex::keep(std::vector<std::uint32_t>& found) const {
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
}

void UriIndex::find(std::string_view uri, std::vector<Hit>& hits) const {
    if (entries_.empty() || uri.empty() || uri.size() > kUriMaxBytes) return;
    const UriText parts = split_uri(uri);
    std::vector<std::uint32_t> found;
    candidates_by_host(parts.host, found);
    if (user_) collect(*user_, unescape(parts.user), found);
    if (phone_) collect(*phone_, unescape(parts.user), found);
    if (pattern_) collect(*pattern_, parts.body, found);
    keep(found);
    for (const auto index : found) {
        const Entry& entry = entries_[index];
        if (const auto score = entry.compiled->match(uri))
            for (const auto value : entry.values)
                hits.push_back({value, *score, &entry.source->tag});
    }
}

void UriIndex::find_via(std::string_view sent_by, std::vector<Hit>& hits) const {
    if (entries_.empty() || sent_by.empty() || sent_by.size() > kUriMaxBytes) return;
    std::vector<std::uint32_t> found;
    candidates_by_host(host_of(sent_by), found);
    keep(found);
    for (const auto index : found) {
        const Entry& entry = entries_[index];
        if (const auto score = entry.compiled->match_via(sent_by))
            for (const auto value : entry.values)
                hits.push_back({value, *score, &entry.source->tag});
    }
}

}  // namespace weir::dialplan
