// build_info.c: the build's facts as functions, since Swift does not import macros that depend on flags.

#include "CBuildInfo.h"

#include <string.h>

#ifndef SUANLI_COMMIT
#define SUANLI_COMMIT "unknown"
#endif

const char *suanli_commit(void) {
    return strcmp(SUANLI_COMMIT, "unknown") == 0 ? NULL : SUANLI_COMMIT;
}

const char *suanli_c_compiler(void) {
    return __VERSION__;
}

bool suanli_is_optimized(void) {
#ifdef __OPTIMIZE__
    return true;
#else
    return false;
#endif
}
