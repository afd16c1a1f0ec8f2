// SPDX-License-Identifier: Apache-2.0
// Cause tables of spec E.8, row by row.
#include "dialplan/cause.hpp"

namespace weir::dialplan {

int sip_from_q850(int cause) {
    switch (cause) {
        case 1:
        case 2:
        case 3:
        case 26:
        case 27:
        case 31:
            return 404;
        case 16:
            return 480;  // E.8: 480 or 487 before the answer; the caller's own CANCEL gives 487
        case 17:
            return 486;
        case 18:
        case 19:
        case 20:
            return 480;
        case 21:
        case 55:
        case 57:
            return 403;
        case 22:
            return 410;
        case 28:
            return 484;
        case 29:
        case 58:
        case 65:
        case 79:
            return 501;
        case 34:
        case 38:
        case 41:
        case 42:
        case 47:
        case 63:
        case 87:
            return 503;  // 63: N7
        case 88:
        case 95:
        case 111:
            return 400;
        case 102:
            return 408;
        case kCauseBusyout:
            return 503;
        default:
            return 500;
    }
}

int q850_from_sip(int status) {
    switch (status) {
        case 401:
        case 403:
            return 57;
        case 402:
        case 407:
        case 603:
            return 21;
        case 404:
        case 410:
        case 485:
        case 604:
            return 1;
        case 408:
        case 504:
            return 102;
        case 409:
            return 41;
        case 415:
        case 501:
            return 79;
        case 480:
            return 18;
        case 484:
            return 28;
        case 486:
        case 600:
            return 17;
        case 500:
            return 41;
        case 502:
            return 38;
        case 503:
            return 63;
        case 580:
            return 47;
        case 606:
            return 58;
        // Also 400, 405, 406, 411 to 414, 420, 481 to 483, 487, 488: 127 in the table, as their
        // x00. 505 is 127 as well, other than its class.
        case 505:
            return kCauseInterworking;
        default:
            break;
    }
    if (status < 300) return kCauseNormalClearing;
    if (status < 500) return kCauseInterworking;
    return status < 600 ? 41 : kCauseUserBusy;
}

}  // namespace weir::dialplan
