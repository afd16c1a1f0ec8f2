// SPDX-License-Identifier: Apache-2.0
// Lines of the journal of bindings, written and read.
#include "signaling/edge/binding_line.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "config/base/text.hpp"
#include "signaling/edge/binding_limits.hpp"
#include "signaling/edge/digest_text.hpp"

namespace weir::signaling {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr std::string_view kBound = "+1";  // the version of the columns below
constexpr std::string_view kGone = "-1";
constexpr std::size_t kCheckDigits = 8;
constexpr std::size_t kTokenDigits = 16;
constexpr std::int64_t kNsPerSecond = 1'000'000'000;
// A longer time is nobody's: `expires max` is a day, registrars grant 2^32 s.
constexpr std::uint64_t kMaxSeconds = UINT32_MAX;

// Columns, in order. Routes follow kFirstRoute, as many as there are, then the check.
enum Column : std::size_t {
    kMark,
    kToken,
    kWritten,  // seconds since 1970
    kUntil,    // seconds left then
    kRegistrarUntil,
    kRefreshFrom,
    kAor,
    kContact,
    kParameters,
    kTransport,
    kLocal,
    kRemote,
    kHost,
    kTlsProfile,
    kPeer,
    kRegistrar,
    kRegistrarIndex,
    kCallId,
    kCSeq,
    kSkew,
    kAsked,
    kAnsweredHere,
    kFirstRoute
};

// Whatever a header held, it breaks out of neither column nor line.
std::string escaped(std::string_view value) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string made;
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte > 0x1F && byte != 0x7F && c != '%') {
            made += c;
            continue;
        }
        made += '%';
        made += kDigits[byte >> 4U];
        made += kDigits[byte & 0xFU];
    }
    return made;
}

std::optional<std::string> unescaped(std::string_view value) {
    const auto digit = [](char c) {
        return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    };
    std::string made;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] != '%') {
            made += value[i];
            continue;
        }
        if (i + 2 >= value.size()) return std::nullopt;
        const int high = digit(value[i + 1]);
        const int low = digit(value[i + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        made += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return made;
}

std::string check_of(std::string_view text) {
    const auto hash = digest_hash(DigestAlgorithm::sha256, text);
    return hash ? hash->substr(0, kCheckDigits) : std::string();
}

// "" where the crypto library refuses: a line without a check would not be read.
std::string with_check(std::string text) {
    const std::string check = check_of(text);
    return check.empty() ? std::string() : text + "\t" + check;
}

// The columns without the check; none: it is not that of the line.
std::optional<std::vector<std::string_view>> checked(std::string_view line) {
    const auto tab = line.rfind('\t');
    if (line.size() > kMaxBindingLine || tab == std::string_view::npos) return std::nullopt;
    const std::string check = check_of(line.substr(0, tab));
    if (check.empty() || check != line.substr(tab + 1)) return std::nullopt;
    return text::split(line.substr(0, tab), '\t');
}

// Whole seconds, rounded down: nothing lasts longer by being written.
std::uint64_t left(MonoTime until, MonoTime now) {
    if (until <= now) return 0;
    return static_cast<std::uint64_t>(std::chrono::duration_cast<seconds>(until - now).count());
}

// Reads columns one by one, and remembers whether one could not be read.
class Columns {
public:
    explicit Columns(const std::vector<std::string_view>& all) : all_(all) {}
    std::string text(std::size_t column) {
        auto value = unescaped(all_[column]);
        if (!value) is_good_ = false;
        return value.value_or("");
    }
    std::uint64_t number(std::size_t column, std::uint64_t most) {
        const auto value = weir::text::number(all_[column]);
        if (!value || *value > most) is_good_ = false;
        return value ? std::min(*value, most) : 0;
    }
    Endpoint endpoint(std::size_t column) {
        const auto value = Endpoint::parse(all_[column], 0);
        if (!value || !value->is_set()) is_good_ = false;
        return value.value_or(Endpoint{});
    }
    SipTransport transport(std::size_t column) {
        for (const auto each : {SipTransport::udp, SipTransport::tcp, SipTransport::tls})
            if (all_[column] == to_string(each)) return each;
        is_good_ = false;
        return SipTransport::udp;
    }
    [[nodiscard]] bool is_good() const { return is_good_; }

private:
    const std::vector<std::string_view>& all_;
    bool is_good_ = true;
};

// Seconds since 1970, never before.
std::uint64_t seconds_of(WallTime wall) {
    return wall.ns < 0 ? 0 : static_cast<std::uint64_t>(wall.ns / kNsPerSecond);
}

// Since the line was written; 0 where the wall clock has been set back.
std::uint64_t age(std::string_view written, WallTime wall) {
    const std::uint64_t now = seconds_of(wall);
    const std::uint64_t then = text::number(written).value_or(now);
    return now > then ? now - then : 0;
}

}  // namespace

std::string bound_line(const Binding& binding, const BothClocks& now) {
    const auto contact = SipUri::parse(binding.contact);
    if (!contact || !contact->password.empty()) return {};
    const SipPath& path = binding.path;
    std::string line(kBound);
    const auto add = [&](const std::string& value) { line += "\t" + escaped(value); };
    const auto add_number = [&](std::uint64_t value) { add(std::to_string(value)); };
    add(binding.token);
    add_number(seconds_of(now.wall));
    add_number(left(binding.until, now.mono));
    add_number(left(binding.registrar_until, now.mono));
    add_number(left(binding.refresh_from, now.mono));
    add(binding.aor);
    add(binding.contact);
    add(binding.parameters);
    add(to_string(path.transport));
    add(path.local.to_string());
    add(path.remote.to_string());
    add(path.host);
    add_number(path.tls_profile);
    add_number(binding.peer.value());
    add(binding.registrar.to_string());
    add_number(binding.registrar_index);
    add(binding.call_id);
    add_number(binding.cseq);
    add_number(binding.skew);
    add_number(binding.asked);
    add_number(binding.answered_here);
    for (const std::string& route : binding.routes)
        add(route);
    line = with_check(std::move(line));
    return line.size() > kMaxBindingLine ? std::string() : line;
}

std::string gone_line(const std::string& token) {
    return with_check(std::string(kGone) + "\t" + escaped(token));
}

Result<Binding> read_bound_line(std::string_view line, const BothClocks& now) {
    const auto columns = checked(line);
    if (!columns || columns->size() < kFirstRoute || columns->front() != kBound ||
        columns->size() > kFirstRoute + kMaxPathHops)
        return fail(ErrorCode::invalid, "a line of the bindings is damaged, or of another version");
    Columns in(*columns);
    const std::uint64_t gone_by = age((*columns)[kWritten], now.wall);
    const auto time = [&](std::size_t column) {
        const std::uint64_t rest = in.number(column, kMaxSeconds);
        return now.mono + seconds(rest > gone_by ? rest - gone_by : 0);
    };
    Binding binding;
    binding.token = in.text(kToken);
    binding.until = time(kUntil);
    binding.registrar_until = time(kRegistrarUntil);
    binding.refresh_from = time(kRefreshFrom);
    binding.aor = in.text(kAor);
    binding.contact = in.text(kContact);
    binding.parameters = in.text(kParameters);
    binding.path.transport = in.transport(kTransport);
    binding.path.local = in.endpoint(kLocal);
    binding.path.remote = in.endpoint(kRemote);
    binding.path.host = in.text(kHost);
    binding.path.tls_profile = static_cast<std::uint32_t>(in.number(kTlsProfile, UINT32_MAX));
    binding.peer = config::DialPeerTag(static_cast<std::uint32_t>(in.number(kPeer, UINT32_MAX)));
    const auto registrar = IpAddress::parse((*columns)[kRegistrar]);
    if (registrar) binding.registrar = *registrar;
    binding.registrar_index = static_cast<std::uint8_t>(in.number(kRegistrarIndex, UINT8_MAX));
    binding.call_id = in.text(kCallId);
    binding.cseq = static_cast<std::uint32_t>(in.number(kCSeq, UINT32_MAX));
    binding.skew = static_cast<std::uint32_t>(in.number(kSkew, UINT32_MAX));
    binding.asked = in.number(kAsked, UINT64_MAX);
    binding.answered_here = in.number(kAnsweredHere, UINT64_MAX);
    for (std::size_t i = kFirstRoute; i < columns->size(); ++i)
        binding.routes.push_back(in.text(i));
    if (!in.is_good() || !registrar || binding.token.size() != kTokenDigits ||
        !SipUri::parse(binding.contact))
        return fail(ErrorCode::invalid, "a line of the bindings has a value that nobody writes");
    return binding;
}

FoldedJournal fold_journal(std::string_view text, WallTime wall) {
    FoldedJournal folded;
    for (const auto line : text::split(text, '\n')) {
        if (line.empty()) continue;
        const auto columns = checked(line);
        const bool is_gone = columns && columns->size() == 2 && columns->front() == kGone;
        const bool is_bound =
            columns && columns->size() >= kFirstRoute && columns->front() == kBound;
        if (!is_gone && !is_bound) {
            ++folded.damaged;
            continue;
        }
        const auto token = (*columns)[kToken];
        const bool is_over = is_gone || text::number((*columns)[kUntil]).value_or(0) <=
                                            age((*columns)[kWritten], wall);
        if (is_over)
            folded.lines.erase(token);
        else
            folded.lines.insert_or_assign(token, line);
    }
    for (const auto& [token, line] : folded.lines)
        folded.bytes += line.size() + 1;
    return folded;
}

bool find_again(Binding& binding) {
    if (binding.path.transport == SipTransport::udp) return true;
    const auto uri = SipUri::parse(binding.contact);
    const auto address = uri ? IpAddress::parse(uri->host) : Result<IpAddress>();
    if (!uri || !address || *address != binding.path.remote.address) return false;
    const std::uint16_t usual = binding.path.transport == SipTransport::tls ? 5061 : 5060;
    binding.path.remote.port = uri->port == 0 ? usual : uri->port;
    return true;
}

}  // namespace weir::signaling
