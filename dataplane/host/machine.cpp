// SPDX-License-Identifier: Apache-2.0
// Questions to the facts.
#include "dataplane/host/machine.hpp"

#include <algorithm>

namespace weir::dataplane {
namespace {

bool holds(const HostedAddress& held, const IpAddress& address) {
    if (held.address == address) return true;
    // RFC 1122 3.2.1.3: all of the loopback net.
    return held.is_loopback && held.address.family == Family::v4 &&
           Prefix{held.address, held.prefix_length}.contains(address);
}

}  // namespace

const DeviceFacts* MachineFacts::device(const std::string& name) const {
    const auto found = std::find_if(devices.begin(), devices.end(),
                                    [&](const DeviceFacts& device) { return device.name == name; });
    return found == devices.end() ? nullptr : &*found;
}

const PciFacts* MachineFacts::pci_device(const std::string& address) const {
    const auto found = std::find_if(
        pci.begin(), pci.end(), [&](const PciFacts& device) { return device.address == address; });
    return found == pci.end() ? nullptr : &*found;
}

std::string MachineFacts::device_of(const WishedRealm& realm) const {
    if (!realm.address.is_set()) return device(realm.device) == nullptr ? "" : realm.device;
    for (const HostedAddress& held : addresses)
        if ((realm.device.empty() || held.device == realm.device) && holds(held, realm.address))
            return held.device;
    return "";
}

}  // namespace weir::dataplane
