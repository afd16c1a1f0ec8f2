// SPDX-License-Identifier: Apache-2.0
// The closed list of commands without effect: classes, translations, profiles and media.
#include <array>

#include "config/language/without_effect.hpp"

namespace weir::config::language {
namespace {

constexpr auto kClasses = std::to_array<WithoutEffect>({
    // Classes that are read, checked and kept whole, and that no part of a call asks yet.
    {ModeId::global, "voice class sip-hdr-passthrulist", NoEffect::later, "header passing"},
    {ModeId::pass_list, "passthru-hdr", NoEffect::later, "header passing"},
    {ModeId::pass_list, "passthru-hdr-unsupp", NoEffect::later, "header passing"},
    {ModeId::keepalive_profile, "description", NoEffect::inert},
    {ModeId::global, "voice class srtp-crypto", NoEffect::later, "SRTP and TLS"},
    {ModeId::srtp_crypto, "crypto", NoEffect::later, "SRTP and TLS"},
    {ModeId::tls_profile, "description", NoEffect::inert},
    {ModeId::global, "voice class media", NoEffect::later, "media treatment"},
    {ModeId::media_settings, "media", NoEffect::later, "media treatment"},
    {ModeId::media_settings, "media flow-through", NoEffect::always_so},
    {ModeId::global, "voice class dscp-profile", NoEffect::later, "quality of service"},
    {ModeId::dscp_profile, "dscp media", NoEffect::later, "quality of service"},
    {ModeId::dscp_profile, "violation", NoEffect::later, "quality of service"},

    // Recording.
    {ModeId::recorder_profile, "media-recording proxy", NoEffect::later, "Media Proxy"},
    {ModeId::recorder_profile, "proxy policy mandatory", NoEffect::later, "Media Proxy"},
    {ModeId::recorder_parameter, "media-recording proxy", NoEffect::later, "Media Proxy"},
    {ModeId::recorder_parameter, "proxy policy mandatory", NoEffect::later, "Media Proxy"},
    {ModeId::media_class, "recorder profile * siprec", NoEffect::later, "SIPREC"},
    {ModeId::media_class, "recorder parameter siprec", NoEffect::later, "SIPREC"},
    {ModeId::dnis_map, "dnis * url", NoEffect::hardware, "TCL and VXML of the router"},
    {ModeId::media_class, "video profile", NoEffect::later, "video"},
    {ModeId::media_class, "police profile", NoEffect::later, "quality of service"},
    {ModeId::media_class, "nr profile", NoEffect::hardware, "signal processors"},
    {ModeId::media_class, "asp profile", NoEffect::hardware, "signal processors"},
    {ModeId::global, "media profile video", NoEffect::later, "video"},
    {ModeId::video_profile, "h264-packetization-mode", NoEffect::later, "video"},
    {ModeId::video_profile, "ref-frame-req", NoEffect::later, "video"},
    {ModeId::video_profile, "monitor-ref-frames", NoEffect::later, "video"},
    {ModeId::video_profile, "sprop-parameter-sets", NoEffect::later, "video"},
    {ModeId::global, "media profile police", NoEffect::later, "quality of service"},
    {ModeId::police_profile, "overhead", NoEffect::later, "quality of service"},
    {ModeId::police_profile, "violation", NoEffect::later, "quality of service"},

    // Numbers.
    {ModeId::translation_profile, "translate redirect-target", NoEffect::later,
     "mid-call signalling"},
    {ModeId::translation_profile, "translate callback-number", NoEffect::tdm_hardware,
     "callback of ISDN"},
    {ModeId::global, "dial-peer terminator", NoEffect::tdm_hardware,
     "SIP sends a number as a whole"},
});

}  // namespace

std::span<const WithoutEffect> class_without_effect() {
    return kClasses;
}

}  // namespace weir::config::language
