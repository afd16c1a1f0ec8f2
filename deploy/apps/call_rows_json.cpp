// SPDX-License-Identifier: Apache-2.0
// The rows of call tables as JSON. What a caller sends need not be UTF-8: other bytes than
// printable ASCII stand as \\xNN.
#include <boost/json.hpp>

#include "config/base/text.hpp"
#include "deploy/apps/call_rows.hpp"

namespace weir::apps {
namespace {

boost::json::value endpoint_json(const Endpoint& endpoint) {
    if (!endpoint.address.is_set()) return nullptr;
    return boost::json::string(endpoint.to_string());
}

boost::json::string safe(const std::string& text) {
    return boost::json::string(text::printable(text, text.size()));
}

}  // namespace

std::string active_legs_json(const std::vector<signaling::ActiveLeg>& legs) {
    boost::json::array array;
    for (const signaling::ActiveLeg& leg : legs)
        array.push_back(boost::json::object{{"id", leg.id},
                                            {"origin", leg.answered_by_us ? "answer" : "originate"},
                                            {"age", leg.age.count()},
                                            {"codec", leg.codec},
                                            {"type", leg.video ? "video" : "voice"},
                                            {"peer", safe(leg.peer)},
                                            {"remote", endpoint_json(leg.remote)}});
    return boost::json::serialize(array) + "\n";
}

std::string rtp_connections_json(const std::vector<signaling::RtpConnection>& connections) {
    boost::json::array array;
    for (const signaling::RtpConnection& connection : connections)
        array.push_back(
            boost::json::object{{"leg", connection.leg},
                                {"other_leg", connection.other_leg},
                                {"origin", connection.own.incoming ? "answer" : "originate"},
                                {"called", safe(connection.own.called)},
                                {"calling", safe(connection.own.calling)},
                                {"local", endpoint_json(connection.local)},
                                {"remote", endpoint_json(connection.remote)}});
    return boost::json::serialize(array) + "\n";
}

}  // namespace weir::apps
