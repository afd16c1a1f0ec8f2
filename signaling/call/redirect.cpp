// SPDX-License-Identifier: Apache-2.0
// RedirectList: q order, and who was asked already.
#include "signaling/call/redirect.hpp"

#include <algorithm>
#include <utility>

#include "config/base/text.hpp"
#include "signaling/call/transfer_limits.hpp"

namespace weir::signaling {

unsigned contact_q(const NameAddr& contact) {
    constexpr unsigned kBest = 1000;
    const auto text = contact.parameter("q");
    if (!text) return kBest;
    const std::size_t dot = text->find('.');
    const std::string_view whole = std::string_view(*text).substr(0, dot);
    if (whole != "0" && whole != "1" && !whole.empty()) return kBest;
    if (whole == "1") return kBest;
    if (dot == std::string::npos) return 0;
    std::string digits = text->substr(dot + 1, 3);
    digits.resize(3, '0');
    const auto value = text::number(digits);
    return value ? static_cast<unsigned>(*value) : kBest;
}

void RedirectList::take(const SipMessage& response, std::uint8_t max_redirects) {
    contacts_.clear();
    if (followed_ >= max_redirects) return;
    ++followed_;
    std::vector<std::pair<unsigned, std::string>> found;
    for (const auto value : response.all("Contact"))
        for (const auto element : split_list(value)) {
            const auto address = NameAddr::parse(element);
            const auto uri = address ? SipUri::parse(address->uri) : Result<SipUri>();
            if (!address || !uri || (uri->scheme != "sip" && uri->scheme != "tel")) continue;
            if (found.size() < kMaxContacts && !was_tried(address->uri))
                found.emplace_back(contact_q(*address), address->uri);
        }
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& left, const auto& right) { return left.first > right.first; });
    for (auto it = found.rbegin(); it != found.rend(); ++it)
        contacts_.push_back(std::move(it->second));
}

std::optional<std::string> RedirectList::next() {
    while (!contacts_.empty()) {
        std::string uri = std::move(contacts_.back());
        contacts_.pop_back();
        if (was_tried(uri)) continue;
        tried_.push_back(uri);
        return uri;
    }
    return std::nullopt;
}

void RedirectList::note_tried(const std::string& uri) {
    if (!was_tried(uri)) tried_.push_back(uri);
}

bool RedirectList::was_tried(const std::string& uri) const {
    return std::find(tried_.begin(), tried_.end(), uri) != tried_.end();
}

}  // namespace weir::signaling
