/* SPDX-License-Identifier: Apache-2.0 */
/* By what the classifier knows a reserve socket of ours; C and C++. */
#pragma once

/* SO_MARK: "Weir" in ASCII. The sockets send nothing, so that no rule of a router ever sees it. */
#define WEIR_RESERVED_MARK 0x57656972U
