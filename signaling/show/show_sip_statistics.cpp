// SPDX-License-Identifier: Apache-2.0
// The groups of responses, requests and retries, inbound and outbound.
#include "signaling/show/show_sip_statistics.hpp"

#include <array>
#include <span>
#include <string_view>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "signaling/show/show_legs.hpp"

namespace weir::signaling {
namespace {

struct Status {
    int code;
    std::string_view name;
};
struct Method {
    std::string_view method;
    std::string_view name;
};

constexpr std::array<Status, 5> kInformational{{{100, "Trying"},
                                                {180, "Ringing"},
                                                {181, "Forwarded"},
                                                {182, "Queued"},
                                                {183, "SessionProgress"}}};
constexpr std::array<Method, 11> kOk{{{"INVITE", "OkInvite"},
                                      {"BYE", "OkBye"},
                                      {"CANCEL", "OkCancel"},
                                      {"OPTIONS", "OkOptions"},
                                      {"PRACK", "OkPrack"},
                                      {"SUBSCRIBE", "OkSubscribe"},
                                      {"NOTIFY", "OkNOTIFY"},
                                      {"INFO", "OkInfo"},
                                      {"REFER", "202Accepted"},
                                      {"REGISTER", "OkRegister"},
                                      {"UPDATE", "OkUpdate"}}};
constexpr std::array<Status, 5> kRedirection{{{300, "MultipleChoice"},
                                              {301, "MovedPermanently"},
                                              {302, "MovedTemporarily"},
                                              {305, "UseProxy"},
                                              {380, "AlternateService"}}};
constexpr std::array<Status, 32> kClient{{{400, "BadRequest"},
                                          {401, "Unauthorized"},
                                          {402, "PaymentRequired"},
                                          {403, "Forbidden"},
                                          {404, "NotFound"},
                                          {405, "MethodNotAllowed"},
                                          {406, "NotAcceptable"},
                                          {407, "ProxyAuthReqd"},
                                          {408, "ReqTimeout"},
                                          {409, "Conflict"},
                                          {410, "Gone"},
                                          {412, "ConditionalReqFail"},
                                          {413, "ReqEntityTooLarge"},
                                          {414, "ReqURITooLarge"},
                                          {415, "UnsupportedMediaType"},
                                          {416, "UnsupportedURIScheme"},
                                          {420, "BadExtension"},
                                          {421, "ExtensionRequired"},
                                          {422, "SETooSmall"},
                                          {423, "IntervalTooBrief"},
                                          {480, "TempNotAvailable"},
                                          {481, "CallLegNonExistent"},
                                          {482, "LoopDetected"},
                                          {483, "TooManyHops"},
                                          {484, "AddrIncomplete"},
                                          {485, "Ambiguous"},
                                          {486, "BusyHere"},
                                          {487, "RequestCancel"},
                                          {488, "NotAcceptableMedia"},
                                          {489, "BadEvent"},
                                          {491, "ReqPending"},
                                          {493, "Undecipherable"}}};
constexpr std::array<Status, 8> kServer{{{500, "InternalError"},
                                         {501, "NotImplemented"},
                                         {502, "BadGateway"},
                                         {503, "ServiceUnavail"},
                                         {504, "GatewayTimeout"},
                                         {505, "BadSipVer"},
                                         {513, "MessageTooLarge"},
                                         {580, "PreCondFailure"}}};
constexpr std::array<Status, 4> kGlobal{
    {{600, "BusyEverywhere"}, {603, "Decline"}, {604, "NotExistAnywhere"}, {606, "NotAcceptable"}}};
constexpr std::array<Method, 14> kTraffic{{{"INVITE", "Invite"},
                                           {"ACK", "Ack"},
                                           {"BYE", "Bye"},
                                           {"CANCEL", "Cancel"},
                                           {"OPTIONS", "Options"},
                                           {"PRACK", "Prack"},
                                           {"UPDATE", "Update"},
                                           {"SUBSCRIBE", "Subscribe"},
                                           {"NOTIFY", "NOTIFY"},
                                           {"REFER", "Refer"},
                                           {"INFO", "Info"},
                                           {"REGISTER", "Register"},
                                           {"MESSAGE", "Message"},
                                           {"PUBLISH", "Publish"}}};
constexpr std::array<Method, 9> kRetries{{{"INVITE", "Invite"},
                                          {"BYE", "Bye"},
                                          {"CANCEL", "Cancel"},
                                          {"PRACK", "Prack"},
                                          {"UPDATE", "Update"},
                                          {"NOTIFY", "Notify"},
                                          {"REGISTER", "Register"},
                                          {"SUBSCRIBE", "Subscribe"},
                                          {"OPTIONS", "Options"}}};

// Pairs of "Name in/out", three in a line.
class Columns {
public:
    void add(std::string_view name, const std::string& value) {
        text_ += (count_ % 3 == 0 ? std::string(8, ' ') : "") +
                 fmt::format("{:<29}", fmt::format("{} {}", name, value));
        if (++count_ % 3 == 0) end_line();
    }
    void add(std::string_view name, std::uint64_t in, std::uint64_t out) {
        add(name, fmt::format("{}/{}", in, out));
    }
    [[nodiscard]] std::string take() {
        if (count_ % 3 != 0) end_line();
        return std::move(text_);
    }

private:
    void end_line() {
        text_.erase(text_.find_last_not_of(' ') + 1);
        text_ += '\n';
    }
    std::string text_;
    std::size_t count_ = 0;
};

std::string group(const SipCounts& counts, const char* title, std::span<const Status> of) {
    Columns columns;
    for (const Status& each : of)
        columns.add(each.name, counts.sip.received.by_status[static_cast<std::size_t>(each.code)],
                    counts.sip.sent.by_status[static_cast<std::size_t>(each.code)]);
    return fmt::format("    {}:\n{}", title, columns.take());
}

std::string traffic_group(const SipCounts& counts) {
    Columns columns;
    for (const Method& each : kTraffic)
        columns.add(each.name, counts.sip.received.requests[method_index(each.method)],
                    counts.sip.sent.requests[method_index(each.method)]);
    return "\nSIP Total Traffic Statistics (Inbound/Outbound)\n" + columns.take();
}

std::string retry_group(const SipCounts& counts) {
    Columns columns;
    for (const Method& each : kRetries)
        columns.add(each.name,
                    std::to_string(counts.sip.retransmitted_by_method[method_index(each.method)]));
    columns.add("Response", std::to_string(counts.sip.retransmitted_answers));
    columns.add("Reliable1xx", std::to_string(counts.reliable.repeated));
    return "\nRetry Statistics\n" + columns.take();
}

std::string miscellaneous(const SipCounts& counts) {
    Columns columns;
    columns.add("Timeouts", std::to_string(counts.sip.request_timeouts));
    columns.add("SendFailures", std::to_string(counts.sip.transport_failures));
    columns.add("AckTimeouts", std::to_string(counts.sip.ack_timeouts));
    columns.add("RetransmissionsAbsorbed", std::to_string(counts.gauges.absorbed_retransmissions));
    columns.add("RefusedBeforeStack", std::to_string([&] {
                    std::uint64_t all = 0;
                    for (const auto dropped : counts.sip.dropped)
                        all += dropped;
                    return all;
                }()));
    return "\nMiscellaneous Counters\n" + columns.take();
}

template <typename Array>
void subtract(Array& from, const Array& base) {
    for (std::size_t i = 0; i < from.size(); ++i)
        from[i] -= base[i];
}

void subtract(SipStats::Direction& from, const SipStats::Direction& base) {
    subtract(from.requests, base.requests);
    subtract(from.responses, base.responses);
    subtract(from.by_status, base.by_status);
    subtract(from.ok, base.ok);
}

boost::json::object pair(std::uint64_t in, std::uint64_t out) {
    return {{"in", in}, {"out", out}};
}

}  // namespace

void ClearedCounts::clear(const SipCounts& now, WallTime at) {
    base_ = now;
    at_ = at;
}

SipCounts ClearedCounts::since(SipCounts now) const {
    subtract(now.sip.received, base_.sip.received);
    subtract(now.sip.sent, base_.sip.sent);
    subtract(now.sip.dropped, base_.sip.dropped);
    subtract(now.sip.retransmitted_by_method, base_.sip.retransmitted_by_method);
    now.sip.retransmitted_requests -= base_.sip.retransmitted_requests;
    now.sip.retransmitted_answers -= base_.sip.retransmitted_answers;
    now.sip.request_timeouts -= base_.sip.request_timeouts;
    now.sip.transport_failures -= base_.sip.transport_failures;
    now.sip.ack_timeouts -= base_.sip.ack_timeouts;
    now.reliable.repeated -= base_.reliable.repeated;
    now.gauges.absorbed_retransmissions -= base_.gauges.absorbed_retransmissions;
    return now;
}

std::string show_sip_ua_statistics(const SipCounts& counts,
                                   const std::optional<WallTime>& cleared) {
    Columns ok;
    for (const Method& each : kOk)
        ok.add(each.name, counts.sip.received.ok[method_index(each.method)],
               counts.sip.sent.ok[method_index(each.method)]);
    std::string text = "SIP Response Statistics (Inbound/Outbound)\n";
    text += group(counts, "Informational", kInformational);
    text += "    Success:\n" + ok.take();
    text += group(counts, "Redirection", kRedirection);
    text += group(counts, "Client Error", kClient);
    text += group(counts, "Server Error", kServer);
    text += group(counts, "Global Failure", kGlobal);
    text += traffic_group(counts) + retry_group(counts) + miscellaneous(counts);
    text += fmt::format("\nLast time SIP Statistics were cleared: {}\n",
                        cleared ? ios_time(*cleared) : "<never>");
    return text;
}

std::string sip_ua_statistics_json(const SipCounts& counts,
                                   const std::optional<WallTime>& cleared) {
    boost::json::object responses;
    for (std::size_t status = 100; status < kStatusCodes; ++status)
        if (const auto in = counts.sip.received.by_status[status],
            out = counts.sip.sent.by_status[status];
            in != 0 || out != 0)
            responses[std::to_string(status)] = pair(in, out);
    boost::json::object requests;
    boost::json::object retries;
    for (std::size_t i = 0; i < kCountedMethods.size(); ++i) {
        requests[kCountedMethods[i]] =
            pair(counts.sip.received.requests[i], counts.sip.sent.requests[i]);
        retries[kCountedMethods[i]] = counts.sip.retransmitted_by_method[i];
    }
    retries["response"] = counts.sip.retransmitted_answers;
    retries["reliable_1xx"] = counts.reliable.repeated;
    return boost::json::serialize(
               boost::json::object{{"responses", std::move(responses)},
                                   {"requests", std::move(requests)},
                                   {"retries", std::move(retries)},
                                   {"timeouts", counts.sip.request_timeouts},
                                   {"send_failures", counts.sip.transport_failures},
                                   {"ack_timeouts", counts.sip.ack_timeouts},
                                   {"cleared", cleared ? boost::json::value(iso8601(*cleared))
                                                       : boost::json::value(nullptr)}}) +
           "\n";
}

}  // namespace weir::signaling
