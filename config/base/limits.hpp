// SPDX-License-Identifier: Apache-2.0
// Every bound of every queue, table, timer and loop, with its unit and its reason.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace weir {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

// ---- Log ------------------------------------------------------------------------------------
inline constexpr std::size_t kLogQueueLines =
    8192;  // a burst of one second at full rate; older lines go first
inline constexpr unsigned kLogLinesPerSecond =
    50;  // per event name: enough to see, too few to fill a disk
inline constexpr std::size_t kLogEventNames = 512;  // distinct events remembered by the rate limit
inline constexpr std::size_t kLogValueBytes = 240;  // of one field; a peer's text may be 64 KB

// ---- Media sessions ---------------------------------------------------------------------------
inline constexpr std::size_t kMaxStreams =
    4;  // m-lines with media per session: audio, video, content, application
inline constexpr std::size_t kMaxForks =
    8;  // copies per session: four recorders of two tracks (issue: kMaxForks = 8)
inline constexpr std::size_t kMaxRealms =
    16;  // media addresses of one node; the port table is 256 KiB each
inline constexpr std::size_t kMaxWorkers = 16;  // packet lcores of one weir-media
inline constexpr std::size_t kDefaultSessions =
    2000;  // slots when platform.yaml does not say; 10,050 pairs need more descriptors than a
           // laptop has
inline constexpr std::size_t kMaxSessions = 65536;  // a slot number has 16 bits in logs and tools
// Packets per turn and source. Twice DPDK's customary burst: what a turn costs once is some 400
// cycles, 3 % of a relayed packet over memif (bench/run traffic --parts memif).
inline constexpr std::size_t kBurst = 64;
inline constexpr std::size_t kMaxRtpBytes =
    1500;  // largest datagram relayed: an Ethernet MTU's worth
inline constexpr std::size_t kMinRtpBytes = 12;  // RFC 3550 5.1
inline constexpr std::size_t kCommandsPerTurn =
    64;  // a worker reads at most these before it returns to packets
inline constexpr std::size_t kCommandRing =
    4096;  // control to worker: a full ring refuses the call with 503
inline constexpr std::size_t kEventRing =
    8192;  // worker to control: twice the commands, each can cause two events
inline constexpr auto kPortQuarantine =
    seconds(5);  // before a port is leased again: late packets of the last call die out
inline constexpr auto kSessionLinger = milliseconds(
    200);  // relay and forks go on after the last BYE: packets in flight belong to the call
inline constexpr auto kForkDrainLimit =
    seconds(20);  // a closed session waits for forks that still drain or await their recorder
inline constexpr auto kOrphanIdle =
    seconds(30);  // a session that no weir-sip owns ends after this time without a packet
inline constexpr std::size_t kPreRollSpeedup =
    4;  // times real time, at most, while a fork catches up (design section 4)
inline constexpr auto kRtcpInterval =
    seconds(5);  // sender reports on forks (spec B.4 ip rtcp report interval)

// One direction of one stream: G.711 at 10 ms is 11.6 KB/s with its headers.
inline constexpr std::size_t kPreRollBytesPerSecond = 16384;
inline constexpr unsigned kMaxPreRollSeconds = 60;  // beyond that it is a recording of its own

// ---- Media control ----------------------------------------------------------------------------
// Packet buffers of one weir-media, about 80 MB: what sockets, pacing and held-back packets may
// hold at once; more of them would only take longer to lay out at the start.
inline constexpr std::size_t kMaxPacketBuffers = 32767;
// Pairs tried for one lease when others hold ports of the range: then the call is refused.
inline constexpr std::size_t kPortBindAttempts = 64;
// Commands that must arrive, kept while a worker's ring is full: four rings, about 2 MB.
inline constexpr std::size_t kCommandBacklog = 4 * kCommandRing;
// ReadSession commands that wait for a snapshot buffer; more are refused.
inline constexpr std::size_t kSnapshotsWaiting = 4096;
// Events of one worker handed on in one turn of control, then the link is served again.
inline constexpr std::size_t kEventsPerTurn = 1024;
// Final accounts kept for an owner that is away, about 4 KB each; older ones are counted and lost.
inline constexpr std::size_t kKeptEvents = 1024;
// Between two drains of the workers' events while sessions exist (workers make no system calls).
inline constexpr auto kControlActivePoll = milliseconds(1);
inline constexpr auto kControlIdlePoll = milliseconds(1000);  // without any session: only the link
inline constexpr auto kControlSweep = milliseconds(100);      // deadlines of sessions are looked at
// A worker that has not answered a close by then (beyond what it may take) is reported.
inline constexpr auto kControlWatchdog = seconds(5);

// RTP that came before its SDP: as long as the SIP thread may take, and a second of two parties.
inline constexpr auto kHoldBack = seconds(1);
inline constexpr std::size_t kHoldBackPerDirection = 64;
inline constexpr std::size_t kHoldBackPackets = 2048;  // of one worker
inline constexpr auto kMediaTimeout = seconds(30);     // a silent party is reported once
inline constexpr auto kHousekeeping =
    milliseconds(10);  // of a worker: a fifth of its sessions each
inline constexpr auto kWorkerIdleSleep = milliseconds(500);  // without sessions; a command wakes it
inline constexpr auto kPacingSleep = milliseconds(1);        // while a pre-roll drains
inline constexpr std::size_t kDrainBursts = 64;  // read from a socket when its session ends

// ---- Packet drivers ---------------------------------------------------------------------------
inline constexpr std::size_t kMaxDevices =
    16;  // network devices of one node: one per realm at most
inline constexpr std::size_t kMaxNextHops =
    65535;  // destinations with a next hop at once: a hop index has 16 bits
inline constexpr std::size_t kHandOverRing =
    1024;  // frames between two workers: 5 ms at 200,000 packets a second
inline constexpr std::size_t kPuntRing =
    1024;  // frames for the host: SIP of some thousand calls a second in one turn of control
inline constexpr std::size_t kFromHostRing = 1024;      // frames of the host, likewise
inline constexpr std::size_t kHostFramesPerTurn = 256;  // read from a tap before the link is served
inline constexpr std::uint16_t kDeviceDescriptors =
    2048;  // of each queue: 10 ms at 200,000 packets a second, more than a scheduler's slice

// A framed worker that found nothing sleeps this long. A wake-up costs as much as 2 to 4 packets
// (dataplane/io/xdp/README.md): at 150,000 packets a second 50 us took half of the core's time.
inline constexpr auto kFramedSleep = microseconds(200);
inline constexpr unsigned kFramedBusyTurns = 1;  // empty turns before it sleeps
inline constexpr auto kFramedIdleSleep =
    milliseconds(1);  // without sessions: only the host's frames
inline constexpr auto kOffloadSleep =
    milliseconds(2);  // while the kernel relays nearly all: what still waits is RTCP, the first
                      // packets of calls, and copies for recorders
inline constexpr auto kMissedRefresh =
    milliseconds(1);  // a driver's drop counters are read again after this, when a gap was seen
inline constexpr auto kDevicePoll =
    milliseconds(100);  // link state, MAC, MTU; and whether a device that was gone is back
inline constexpr auto kNeighbourRetry =
    seconds(1);  // between two requests to resolve the same neighbour (RFC 4861 RetransTimer)
inline constexpr std::size_t kNeighbourRequestsPerSecond =
    256;  // of all together: a scan must not make us flood the net
inline constexpr std::size_t kMaxRoutes =
    65536;  // of the kernel's tables that are kept; more: the kernel is asked per destination
inline constexpr std::size_t kMaxNeighbours =
    65536;  // of its caches that are kept; more: the kernel is asked per destination

// ---- Media link -------------------------------------------------------------------------------
inline constexpr std::uint16_t kLinkVersion = 3;  // both ends must agree
inline constexpr std::size_t kLinkQueue =
    4096;  // commands waiting for the socket before the plane refuses
inline constexpr auto kLinkRetry =
    milliseconds(100);  // reconnect attempts while weir-media is away
inline constexpr auto kLinkHello =
    seconds(2);  // a peer that has not said hello by then is disconnected
inline constexpr std::size_t kLinkPending =
    4;  // connections before their hello; more are closed at once
inline constexpr std::size_t kLinkTurn =
    256;  // datagrams read in one turn, then others get their time
inline constexpr std::size_t kLinkBacklogBytes =
    64U << 20U;  // events for a client that does not read: then it is cut off, and lists again

// ---- SIP --------------------------------------------------------------------------------------
inline constexpr std::size_t kSipMaxDatagram =
    16384;  // bytes; larger SIP belongs on TCP, and 64 KB of it is an attack
inline constexpr std::size_t kSipMaxStreamMessage =
    65536;  // bytes of one message over TCP: room for recording metadata, and as much as UDP could
            // ever carry
inline constexpr std::size_t kSipMaxHeaders = 128;  // header fields of one message
inline constexpr std::size_t kSipMaxHeaderLine =
    4096;  // bytes of one header field; rfc4475 longreq stays below
inline constexpr std::size_t kSipMaxVia = 70;                   // as many as Max-Forwards permits
inline constexpr std::size_t kSipMaxConnections = 1024;         // TCP connections of one process
inline constexpr std::size_t kSipMaxConnectionsPerSource = 64;  // of them from one address
inline constexpr auto kSipIncompleteMessage =
    seconds(10);  // a TCP peer has this long to finish a message
inline constexpr auto kSipConnectionAging =
    std::chrono::minutes(5);  // an idle TCP connection is closed (spec B.12 connection aging)
inline constexpr std::size_t kSipPostQueue = 4096;  // work posted to the SIP thread and not yet
                                                    // done: operators and the media link, not calls
inline constexpr unsigned kSipConnectionQueue =
    4096;  // messages that wait for one TCP connection: a burst of calls while it is being made
inline constexpr unsigned kSipReceiveBuffer =
    4U << 20U;  // bytes of a UDP listener's socket: a burst of 1000 INVITEs (the kernel may grant
                // less)
inline constexpr std::size_t kSipEventQueue =
    65536;  // messages read and not yet handed up: one turn of the loop
inline constexpr std::size_t kSipMaxTransactions =
    250000;  // requests in work per direction: 3,000 calls a second leave 192,000 of their side,
             // because an answered INVITE stays for 32 s and so does a BYE (RFC 3261 17)
inline constexpr std::size_t kSdpMaxBytes =
    16384;  // one description: no more than a datagram can bring
inline constexpr std::size_t kSdpMaxLines = 512;  // lines of it
inline constexpr std::size_t kSdpMaxMedia = 16;   // m-lines; more are refused with 488
inline constexpr std::size_t kSdpMaxFormats =
    64;  // of one m-line; every number of the static and dynamic ranges of practice fits
inline constexpr std::size_t kMaxCalls =
    20000;  // calls of one process: memory at 40 KB each right after set-up
inline constexpr std::size_t kMaxHuntAttempts = 32;  // outbound attempts of one call
inline constexpr std::size_t kMaxRedirects =
    10;  // 3xx followed by one attempt (spec A.2 max-redirects)
inline constexpr std::size_t kMaxReInvites = 1000;  // per call, then 500: a peer's loop ends
inline constexpr auto kByeGuard =
    seconds(32);  // 64*T1: a dialog that never confirms its BYE is forgotten
inline constexpr auto kMediaGuard =
    seconds(5);  // weir-media owes an answer this long, then 503 or the end without accounts
inline constexpr auto kRetryAfter = seconds(5);  // in our 503s: a port's quarantine is over by then
inline constexpr std::uint32_t kMaxProvisionals =
    64;  // 18x of one call that are passed on; a callee's loop ends
inline constexpr std::size_t kMaxPartyHosts =
    16;  // host names of one party that SDP is searched for
inline constexpr auto kCdrHold =
    seconds(60);  // a call's record waits this long for its recordings: kForkDrainLimit and a dead
                  // recorder's 32 s
inline constexpr std::size_t kCdrHeld = 20000;  // records that wait: one per call
inline constexpr std::size_t kCdrQueue =
    8192;  // lines that wait for the disk: ten seconds of calls at full rate

// ---- Edge -------------------------------------------------------------------------------------
inline constexpr std::uint64_t kDiscardsPerLogLine =
    1000;  // requests discarded before a line says so (spec B.3)
inline constexpr auto kDiscardLogInterval =
    std::chrono::minutes(60);  // between two such lines (spec B.3)

// ---- Dial plan --------------------------------------------------------------------------------
inline constexpr std::size_t kNumberPatternBytes =
    128;  // text of one pattern: four times the 32 digits that a number can have
inline constexpr std::size_t kNumberPatternPositions =
    64;  // digit positions of one pattern: its state is one bit set of 64
inline constexpr std::size_t kNumberPatternDots =
    15;  // dots honoured in one pattern (spec A.3); longer needs T
inline constexpr std::size_t kNumberPatternNesting =
    8;  // groups in groups: bounds the recursion of the reader
inline constexpr std::size_t kNumberDigitsWithT =
    32;  // digits of a number that T may complete (spec A.3)
inline constexpr std::size_t kNumberMaxBytes =
    64;  // a longer user part is no number: twice what T completes
inline constexpr std::size_t kUriMaxBytes =
    1024;  // a longer URI matches no class: bounds each comparison
inline constexpr std::size_t kUriRegexBytes = 128;  // text of one expression (spec A.4 pattern)
inline constexpr std::int64_t kUriRegexMemory =
    128 << 10;  // bytes of automaton per expression; small expressions need a tenth

// ---- Recording --------------------------------------------------------------------------------
inline constexpr std::size_t kMaxRecorderPeers = 5;  // tags in media-recording (spec F.1)
inline constexpr auto kRecorderNoAnswer =
    seconds(1);  // no response at all: next recorder (spec N13)
inline constexpr auto kRecorderProvisionalOnly =
    seconds(4);  // 1xx but no final response: next recorder (spec N13)
inline constexpr std::size_t kMaxRecordings =
    20000;  // recording sessions of one process: one per call

inline constexpr std::size_t kRecordingPoll =
    64;  // accounts asked of weir-media per second for `show`: 200 recordings within four seconds

// ---- The recorder (weir-recorder)
// -----------------------------------------------------------------
inline constexpr std::size_t kRecorderSessions =
    2500;  // two tracks are four sockets and two files: 15,000 descriptors
inline constexpr std::size_t kRecorderTracks =
    4;  // m-lines with media of one session: two audio, two video
inline constexpr std::size_t kRecorderReorder =
    32;  // packets held back for a missing one: 640 ms at 20 ms
inline constexpr auto kRecorderReorderWait =
    milliseconds(500);                                // then a missing packet is given up
inline constexpr std::size_t kRecorderBlock = 16384;  // bytes of one disk write: 2 s of G.711
inline constexpr auto kRecorderFlush =
    seconds(1);  // a part of a block is written after this time: what a crash may cost
inline constexpr std::size_t kRecorderQueueBytes =
    64U << 20U;  // waiting for a slow disk: 20 s of 400 tracks; more is lost and said so
inline constexpr std::size_t kRecorderCommands =
    16384;  // of the SIP thread to the reception thread
inline constexpr std::size_t kRecorderNotes =
    1000;  // gaps, pauses or events listed per track; the rest are counted
inline constexpr std::size_t kRecorderFiles =
    8;  // per track: one more for each change of the codec
inline constexpr auto kRecorderGrace = milliseconds(
    50);  // after the sockets were found empty: packets that the sender's host still holds
inline constexpr auto kRecorderByeLimit =
    seconds(5);  // a disk that takes longer does not hold the answer to a BYE
inline constexpr auto kRecorderIdle =
    seconds(300);  // neither RTP nor SIP, and not on hold: the caller is gone
inline constexpr auto kRecorderHoldLimit = seconds(4 * 3600);  // the same on hold
inline constexpr std::size_t kSidecarMaxBytes = 4U << 20U;     // read again after a crash

// ---- Operator ---------------------------------------------------------------------------------
inline constexpr std::size_t kConfigMaxBytes = 16U << 20U;  // a configuration file
inline constexpr std::size_t kPlatformMaxBytes =
    1U << 20U;                                        // platform.yaml: some kilobytes in practice
inline constexpr std::size_t kConfigMaxLine = 4096;   // bytes of one line
inline constexpr std::size_t kConfigMaxErrors = 200;  // reported in one run; the rest are counted
inline constexpr std::size_t kConfigNameBytes =
    64;  // of a name in a command, as the tag of a class
inline constexpr std::size_t kUriClassTagBytes = 32;  // tag of a uri class (spec A.4)
inline constexpr std::size_t kMaxUriClasses = 10000;  // as many as the numbered classes can be
inline constexpr std::size_t kMaxUriHosts = 10;       // host instances of one uri class (spec A.4)
inline constexpr std::size_t kMaxDialPeers =
    50000;  // 30 MB of model; ten times what a large node has
inline constexpr std::size_t kMaxInterfaces =
    1000;  // far above kMaxRealms: an interface need not carry media
inline constexpr std::size_t kMaxInterfaceAddresses = 64;  // of one interface
inline constexpr std::size_t kMaxTrustedPrefixes =
    10000;  // entries of the trusted list, searched for each new source
inline constexpr std::size_t kAdminMaxCommand = 4096;  // bytes of one command over the admin socket
inline constexpr std::size_t kAdminMaxSessions = 32;   // operators at once
inline constexpr std::size_t kHttpMaxConnections = 64;  // scrapers and browsers at once
inline constexpr auto kAdminTimeout =
    seconds(5);  // an answer of the SIP thread that takes longer is reported as such
inline constexpr auto kAdminIdle = seconds(600);  // an operator session without a command is closed
inline constexpr auto kAdminWrite =
    seconds(10);  // an operator who does not read an answer is cut off
inline constexpr std::size_t kAdminMaxAnswer = 16U << 20U;  // bytes; 60,000 call legs take 6 MB
inline constexpr std::size_t kAdminMaxPattern = 256;  // bytes of the regular expression of a filter
inline constexpr std::size_t kHttpHeaderBytes =
    8192;  // of one request; browsers send one or two KB
inline constexpr auto kHttpTimeout =
    seconds(10);  // for one request, its answer, and for an idle connection
inline constexpr auto kScrapeShare =
    milliseconds(200);  // scrapes within it share one answer of the SIP thread
inline constexpr auto kHostRefresh = seconds(60);  // names of session targets are asked for again:
                                                   // a changed record is followed within a minute
inline constexpr auto kDrainLimit =
    seconds(8);  // of weir-sip's orderly end: below kStopGrace, after which it is killed
inline constexpr auto kDrainPatience =
    seconds(3);  // of it: for the answers to our BYEs; then the calls end without them
inline constexpr auto kDrainLook = milliseconds(20);  // how often it looks whether nothing is left
inline constexpr auto kMediaReportLimit =
    seconds(1);  // weir-media answers a report in microseconds; what is missing then is left out
inline constexpr std::size_t kMediaReportSessions =
    512;  // asked of weir-media at once: an eighth of the link's queue
inline constexpr std::size_t kLedgerHistory =
    1000;  // ended recordings kept for `show recording ledger`
inline constexpr unsigned kRestartIntensity =
    5;  // restarts of one child within kRestartWindow, then the node stops
inline constexpr auto kRestartWindow =
    seconds(60);  // a child that dies at each start uses its restarts up in seconds
inline constexpr auto kStopGrace = seconds(10);  // after SIGTERM, then SIGKILL
inline constexpr auto kStartLimit =
    seconds(30);  // from `weir run` to `weir ready`: EAL takes some seconds on a slow machine
inline constexpr auto kRestartPause = milliseconds(
    500);  // before every restart but the first: a child that dies at once must not spin
inline constexpr std::size_t kNotifyBytes = 1024;  // of one readiness message of a child

static_assert(kDrainPatience < kDrainLimit && kDrainLimit < kStopGrace);
static_assert(kEventRing >= 2 * kCommandRing, "each command can cause two events");
static_assert(kSdpMaxBytes <= kSipMaxDatagram);

}  // namespace weir
