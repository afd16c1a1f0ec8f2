// SPDX-License-Identifier: Apache-2.0
// 100rel: headers, the sender's queue and repetitions, the receiver's order.
#include "signaling/call/reliable.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "config/base/text.hpp"
#include "signaling/call/reliable_limits.hpp"

namespace weir::signaling {
namespace {

constexpr std::uint64_t kMax32 = std::numeric_limits<std::uint32_t>::max();

std::optional<std::uint32_t> number32(std::string_view text) {
    const auto value = text::number(text);
    if (!value || *value > kMax32) return std::nullopt;
    return static_cast<std::uint32_t>(*value);
}

bool lists(const SipMessage& message, std::string_view header, std::string_view tag) {
    return message.lists(header, kReliableTag) || (!tag.empty() && message.lists(header, tag));
}

}  // namespace

Result<RAck> RAck::parse(std::string_view text) {
    std::vector<std::string_view> words;
    for (const auto word : text::split(text, ' '))
        if (const auto trimmed = text::trim(word); !trimmed.empty()) words.push_back(trimmed);
    const auto rseq = words.size() == 3 ? number32(words[0]) : std::nullopt;
    const auto cseq = words.size() == 3 ? number32(words[1]) : std::nullopt;
    if (!rseq || !cseq || *rseq == 0)
        return fail(ErrorCode::invalid, "RAck '" + text::printable(text) +
                                            "' is not a response number, a CSeq and a method");
    return RAck{*rseq, *cseq, std::string(words[2])};
}

std::string RAck::to_string() const {
    return std::to_string(rseq) + " " + std::to_string(cseq) + " " + method;
}

std::optional<std::uint32_t> rseq_of(const SipMessage& response) {
    const std::string* value = response.find("RSeq");
    if (value == nullptr) return std::nullopt;
    const auto number = number32(text::trim(*value));
    return number && *number != 0 ? number : std::nullopt;
}

bool is_reliable(const SipMessage& response, std::string_view tag) {
    return response.status > 100 && response.status < 200 && lists(response, "Require", tag) &&
           rseq_of(response).has_value();
}

bool requires_reliable(const SipMessage& request, std::string_view tag) {
    return lists(request, "Require", tag);
}

bool supports_reliable(const SipMessage& request, std::string_view tag) {
    return requires_reliable(request, tag) || lists(request, "Supported", tag);
}

void add_token(SipMessage& message, std::string_view header, std::string_view token) {
    const std::string* value = message.find(header);
    if (value == nullptr) return message.add(header, std::string(token));
    if (message.lists(header, token)) return;
    const std::string joined =
        value->empty() ? std::string(token) : *value + ", " + std::string(token);
    message.set(header, joined);
}

SipMessage ReliableSender::begin(SipMessage response) {
    // RFC 3262 3: one higher for each, which with a first one below 2^31 never wraps.
    const std::uint32_t rseq = settings_.first_rseq + sent_++;
    add_token(response, "Require", settings_.tag);
    response.set("RSeq", std::to_string(rseq));
    described_ = described_ || !response.body.empty();
    repeated_ = 0;
    outstanding_ = Outstanding{rseq, response};
    return response;
}

std::optional<SipMessage> ReliableSender::send(SipMessage response) {
    if (finished_) return std::nullopt;
    if (!outstanding_) return begin(std::move(response));
    if (queue_.size() < kMaxQueuedProgress) queue_.push_back(std::move(response));
    return std::nullopt;
}

ReliableSender::Ack ReliableSender::acknowledge(const RAck& rack, std::uint32_t invite_cseq) {
    const bool matches = outstanding_ && rack.rseq == outstanding_->rseq &&
                         rack.cseq == invite_cseq && rack.method == "INVITE";
    if (!matches) return Ack::none;
    outstanding_.reset();
    return finished_ ? Ack::late : Ack::current;
}

std::optional<SipMessage> ReliableSender::next() {
    if (finished_ || outstanding_ || queue_.empty()) return std::nullopt;
    SipMessage response = std::move(queue_.front());
    queue_.pop_front();
    return begin(std::move(response));
}

std::optional<SipMessage> ReliableSender::repeat() {
    if (!is_waiting() || repeated_ >= settings_.retries) return std::nullopt;
    ++repeated_;
    return outstanding_->message;
}

std::chrono::milliseconds ReliableSender::wait() const {
    // Repetitions at t, 3t, 7t, ...: the last one has `interval` alone, so that the end is at
    // interval * 2^retries (spec N2).
    if (repeated_ >= settings_.retries) return settings_.interval;
    return settings_.interval * (1U << std::min<unsigned>(repeated_, 16));
}

void ReliableSender::finish() {
    finished_ = true;
    queue_.clear();
}

bool ReliableSender::will_describe() const {
    if (described_) return true;
    for (const auto& waiting : queue_)
        if (!waiting.body.empty()) return true;
    return false;
}

void Reliable1xxStats::count(Reliable1xxEvent event) {
    switch (event) {
        case Reliable1xxEvent::sent:
            ++sent;
            return;
        case Reliable1xxEvent::repeated:
            ++repeated;
            return;
        case Reliable1xxEvent::silent:
            return;  // an alarm, no count of its own
        case Reliable1xxEvent::acknowledged:
            ++acknowledged;
            return;
        case Reliable1xxEvent::refused:
            ++prack_refused;
            return;
        case Reliable1xxEvent::given_up:
            ++given_up;
            return;
        case Reliable1xxEvent::received:
            ++received;
            return;
        case Reliable1xxEvent::prack_sent:
            ++prack_sent;
            return;
        case Reliable1xxEvent::prack_failed:
            ++prack_failed;
            return;
        case Reliable1xxEvent::out_of_order:
            ++out_of_order;
            return;
    }
}

ReliableReceiver::Order ReliableReceiver::receive(std::uint32_t rseq) {
    if (last_ && rseq <= *last_) return Order::repeated;
    if (last_ && rseq != *last_ + 1) return Order::gap;
    last_ = rseq;
    return Order::next;
}

}  // namespace weir::signaling
