// SPDX-License-Identifier: Apache-2.0
// Reading of DNS answers; see dns_records.hpp.
#include "signaling/dns/dns_records.hpp"

#include <algorithm>
#include <optional>

#include "signaling/dns/dns_limits.hpp"

namespace weir::signaling {
namespace {

constexpr std::uint16_t kCname = 5;
constexpr std::uint16_t kSoa = 6;
constexpr std::uint16_t kInternet = 1;

using Bytes = std::span<const std::uint8_t>;

std::string in_case(std::string text, bool upper) {
    const char from = upper ? 'a' : 'A';
    const char to = upper ? 'A' : 'a';
    for (char& c : text)
        if (c >= from && c <= from + 25) c = static_cast<char>(c - from + to);
    return text;
}

// Reads forward; past the end everything is 0 and `ok` is false.
class Reader {
public:
    Reader(Bytes message, std::size_t at, std::size_t end)
        : message_(message), at_(at), end_(std::min(end, message.size())) {}

    std::uint8_t u8() {
        if (at_ >= end_) {
            ok = false;
            return 0;
        }
        return message_[at_++];
    }
    std::uint16_t u16() {
        const std::uint16_t high = u8();
        return static_cast<std::uint16_t>((high << 8U) | u8());
    }
    std::uint32_t u32() {
        const std::uint32_t high = u16();
        return (high << 16U) | u16();
    }
    // <character-string> of RFC 1035 3.3.
    std::string text() {
        std::string made;
        for (std::size_t left = u8(); left > 0 && ok; --left)
            made.push_back(static_cast<char>(u8()));
        return made;
    }
    // RFC 1035 4.1.4: labels, and pointers back to earlier ones.
    std::string name() {
        std::string made;
        std::size_t at = at_;
        bool jumped = false;
        for (std::size_t pointers = 0; pointers <= kDnsPointers;) {
            if (at >= message_.size()) break;
            const std::uint8_t length = message_[at];
            if ((length & 0xC0U) == 0xC0U) {
                if (at + 1 >= message_.size()) break;
                if (!jumped) at_ = at + 2;
                jumped = true;
                ++pointers;
                at = ((length & 0x3FU) << 8U) | message_[at + 1];
                continue;
            }
            if ((length & 0xC0U) != 0 || at + length >= message_.size()) break;
            if (length == 0) {
                if (!jumped) at_ = at + 1;
                return made.empty() ? "." : in_case(std::move(made), false);
            }
            if (!made.empty()) made += '.';
            for (std::size_t i = 1; i <= length; ++i)
                made.push_back(static_cast<char>(message_[at + i]));
            if (made.size() > kDnsNameBytes) break;
            at += length + 1U;
        }
        ok = false;
        return {};
    }
    [[nodiscard]] std::size_t at() const { return at_; }
    [[nodiscard]] std::size_t left() const { return at_ < end_ ? end_ - at_ : 0; }
    void skip(std::size_t bytes) {
        if (left() < bytes) ok = false;
        at_ += bytes;
    }
    bool ok = true;

private:
    Bytes message_;
    std::size_t at_;
    std::size_t end_;
};

struct RawRecord {
    std::string owner;
    std::uint16_t type = 0;
    std::uint32_t ttl = 0;
    std::size_t data = 0;
    std::size_t length = 0;
};

RawRecord read_record(Reader& reader) {
    RawRecord record;
    record.owner = reader.name();
    record.type = reader.u16();
    if (reader.u16() != kInternet) record.type = 0;
    record.ttl = reader.u32();
    record.length = reader.u16();
    record.data = reader.at();
    reader.skip(record.length);
    return record;
}

IpAddress read_address(Reader& reader, Family family) {
    IpAddress address;
    address.family = family;
    const std::size_t bytes = family == Family::v6 ? 16 : 4;
    if (reader.left() != bytes) reader.ok = false;
    for (std::size_t i = 0; i < bytes; ++i)
        address.bytes.at(i) = reader.u8();
    return address;
}

// Puts one record of the wanted type into the answer; what is malformed is left out.
void add(Bytes message, const RawRecord& raw, DnsType type, DnsAnswer& answer) {
    Reader reader(message, raw.data, raw.data + raw.length);
    switch (type) {
        case DnsType::a:
        case DnsType::aaaa: {
            const auto address = read_address(reader, type == DnsType::a ? Family::v4 : Family::v6);
            if (reader.ok) answer.addresses.push_back(address);
            return;
        }
        case DnsType::srv: {
            SrvRecord record{reader.u16(), reader.u16(), reader.u16(), reader.name()};
            if (reader.ok) answer.services.push_back(std::move(record));
            return;
        }
        case DnsType::naptr: {
            NaptrService rule;
            rule.order = reader.u16();
            rule.preference = reader.u16();
            rule.flags = in_case(reader.text(), false);
            rule.service = in_case(reader.text(), true);
            rule.regexp = reader.text();
            rule.replacement = reader.name();
            if (reader.ok) answer.rules.push_back(std::move(rule));
            return;
        }
    }
}

// RFC 2308 5: the smaller of the SOA's own time to live and its last field.
std::chrono::seconds negative_ttl(Bytes message, const std::vector<RawRecord>& authority) {
    for (const RawRecord& raw : authority) {
        if (raw.type != kSoa || raw.length < 4) continue;
        Reader reader(message, raw.data + raw.length - 4, raw.data + raw.length);
        const std::chrono::seconds ttl(std::min(raw.ttl, reader.u32()));
        return std::clamp(ttl, kDnsShortest, kDnsLongestNegative);
    }
    return kDnsNegative;
}

std::optional<RawRecord> alias_of(const std::vector<RawRecord>& answers, const std::string& name) {
    const auto found = std::find_if(answers.begin(), answers.end(), [&](const RawRecord& raw) {
        return raw.type == kCname && raw.owner == name;
    });
    return found == answers.end() ? std::nullopt : std::optional(*found);
}

DnsAnswer failure() {
    DnsAnswer answer;
    answer.is_failure = true;
    answer.ttl = kDnsRetry;
    return answer;
}

}  // namespace

std::string dns_name(std::string_view text) {
    if (text.ends_with('.')) text.remove_suffix(1);
    return in_case(std::string(text), false);
}

DnsAnswer read_dns_answer(Bytes message, std::string_view name, DnsType type) {
    constexpr std::uint16_t kNoSuchName = 3;
    Reader reader(message, 0, message.size());
    reader.skip(2);
    const std::uint16_t code = reader.u16() & 0xFU;
    const std::size_t questions = reader.u16();
    const std::size_t answers = reader.u16();
    const std::size_t authorities = reader.u16();
    reader.skip(2);
    if (!reader.ok || (code != 0 && code != kNoSuchName) || questions > 1) return failure();
    for (std::size_t i = 0; i < questions; ++i) {
        (void)reader.name();
        reader.skip(4);
    }
    std::vector<RawRecord> found;
    std::vector<RawRecord> authority;
    for (std::size_t i = 0; i < answers + authorities && reader.ok; ++i) {
        if (found.size() + authority.size() == kDnsRecordsPerAnswer) break;
        auto& section = i < answers ? found : authority;
        section.push_back(read_record(reader));
        if (!reader.ok) section.pop_back();
    }
    if (!reader.ok) return failure();

    std::string owner = dns_name(name);
    std::uint32_t ttl = UINT32_MAX;
    for (std::size_t i = 0; i < kDnsAliases; ++i) {
        const auto alias = alias_of(found, owner);
        if (!alias) break;
        Reader target(message, alias->data, alias->data + alias->length);
        owner = target.name();
        ttl = std::min(ttl, alias->ttl);
    }
    DnsAnswer answer;
    for (const RawRecord& raw : found) {
        if (raw.type != static_cast<std::uint16_t>(type) || raw.owner != owner) continue;
        add(message, raw, type, answer);
        ttl = std::min(ttl, raw.ttl);
    }
    answer.ttl = answer.is_empty()
                     ? negative_ttl(message, authority)
                     : std::clamp(std::chrono::seconds(ttl), kDnsShortest, kDnsLongest);
    return answer;
}

}  // namespace weir::signaling
