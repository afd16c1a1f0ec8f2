// SPDX-License-Identifier: Apache-2.0
// The closed list of commands without effect: whole blocks: an entry without words stands for every
// line of its mode.
#include <array>

#include "config/language/without_effect.hpp"

namespace weir::config::language {
namespace {

constexpr auto kBlocks = std::to_array<WithoutEffect>({
    {ModeId::voice_service_h323, "", NoEffect::h323},
    {ModeId::voice_service_stun, "", NoEffect::later, "firewall traversal"},
    {ModeId::voice_service_pots, "", NoEffect::tdm_hardware},
    {ModeId::gateway, "", NoEffect::later, "inactivity of media"},
    {ModeId::line, "", NoEffect::platform},
    {ModeId::control_plane, "", NoEffect::platform},
    {ModeId::archive, "", NoEffect::platform},
    {ModeId::archive_log, "", NoEffect::platform},
    {ModeId::vrf, "", NoEffect::platform},
    {ModeId::vrf_family, "", NoEffect::platform},
    {ModeId::redundancy, "", NoEffect::later, "high availability"},
    {ModeId::redundancy_application, "", NoEffect::later, "high availability"},
    {ModeId::redundancy_group, "", NoEffect::later, "high availability"},
    {ModeId::redundancy_protocol, "", NoEffect::later, "high availability"},
    {ModeId::redundancy_interdevice, "", NoEffect::later, "high availability"},
    {ModeId::ipc_zone, "", NoEffect::later, "high availability"},
    {ModeId::ipc_association, "", NoEffect::later, "high availability"},
    {ModeId::ipc_protocol, "", NoEffect::later, "high availability"},
    {ModeId::ipc_port, "", NoEffect::later, "high availability"},
    {ModeId::track, "", NoEffect::later, "high availability"},
    {ModeId::pki_trustpoint, "", NoEffect::platform, kPki},
    {ModeId::pki_chain, "", NoEffect::platform, kPki},
    {ModeId::pki_certificate, "", NoEffect::platform, kPki},
    {ModeId::wsapi, "", NoEffect::later, "recording ordered by CUCM"},
    {ModeId::wsapi_provider, "", NoEffect::later, "recording ordered by CUCM"},
    {ModeId::accounting_aaa, "", NoEffect::later, "accounting"},
    {ModeId::accounting_file, "", NoEffect::later, "accounting"},
    {ModeId::aaa_group, "", NoEffect::later, "accounting"},
    {ModeId::radius_server, "", NoEffect::later, "accounting"},
    {ModeId::controller, "", NoEffect::tdm_hardware},
    {ModeId::voice_card, "", NoEffect::tdm_hardware},
    {ModeId::voice_port, "", NoEffect::tdm_hardware},
    {ModeId::voice_port, "signal sip target", NoEffect::acts},
    {ModeId::voice_port, "shutdown", NoEffect::acts},
    {ModeId::dspfarm_profile, "", NoEffect::tdm_hardware},
    {ModeId::class_map, "", NoEffect::platform},
    {ModeId::policy_map, "", NoEffect::platform},
    {ModeId::policy_class, "", NoEffect::platform},
    {ModeId::access_list, "", NoEffect::platform},
});

}  // namespace

std::span<const WithoutEffect> block_without_effect() {
    return kBlocks;
}

}  // namespace weir::config::language
