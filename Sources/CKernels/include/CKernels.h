// CKernels.h: umbrella of the kernels written per instruction set, of their table and of their scalar replay.

#ifndef SUANLI_CKERNELS_H
#define SUANLI_CKERNELS_H

#include "clock_chain.h"
#include "fma_kernels.h"
#include "fma_replay.h"
#include "gemm_kernels.h"
#include "pointer_chase.h"
#include "screen_kernels.h"
#include "stream_kernels.h"

#endif
