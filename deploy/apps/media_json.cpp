// SPDX-License-Identifier: Apache-2.0
// A plane report as JSON: every counter, also those that are zero.
#include <boost/json.hpp>

#include "dataplane/api/verdict.hpp"
#include "deploy/apps/media_reports.hpp"
#include "deploy/apps/media_text.hpp"

namespace weir::apps {
namespace {

namespace json = boost::json;

template <typename Reason, typename Counts>
json::object by_reason(const Counts& counts) {
    json::object object;
    for (std::size_t i = 0; i < counts.size(); ++i)
        object[dataplane::text_of(static_cast<Reason>(i)).name] = counts[i];
    return object;
}

json::array devices_json(const dataplane::PlaneReport& report) {
    json::array devices;
    for (const DeviceLine& device : devices_of(report))
        devices.push_back(json::object{{"name", device.name},
                                       {"driver", device.driver},
                                       {"up", device.is_up},
                                       {"missed", device.missed},
                                       {"send_errors", device.tx_errors}});
    return devices;
}

}  // namespace

std::string media_json(const dataplane::PlaneReport& report) {
    const json::object all{{"io", io_mode_of(report)},
                           {"devices", devices_json(report)},
                           {"sessions", report.sessions},
                           {"session_slots", report.session_slots},
                           {"copies", report.forks},
                           {"ports", json::object{{"available", report.ports_available},
                                                  {"in_use", report.ports_in_use},
                                                  {"resting", report.ports_quarantined}}},
                           {"received", report.received},
                           {"relayed", report.relayed},
                           {"relayed_by_kernel", report.relayed_by_kernel},
                           {"copied", report.copied},
                           {"copied_by_kernel", report.copied_by_kernel},
                           {"not_relayed", by_reason<dataplane::Verdict>(report.drops)},
                           {"not_copied", by_reason<dataplane::ForkDrop>(report.fork_drops)},
                           {"opened", report.control.opened},
                           {"refused", report.control.refused},
                           {"orphans_released", report.control.orphans_released},
                           {"laws_broken", report.laws_broken}};
    return json::serialize(all) + "\n";
}

}  // namespace weir::apps
