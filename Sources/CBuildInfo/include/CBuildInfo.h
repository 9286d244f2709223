// CBuildInfo.h: what only the build knows: the commit, the C compiler, whether code was optimised.
#ifndef SUANLI_CBUILDINFO_H
#define SUANLI_CBUILDINFO_H

#include <stdbool.h>

/// The commit the tree was checked out at, with "-dirty" when it held other changes too; NULL when it was built
/// outside a repository. The text is a constant of the program.
const char *_Nullable suanli_commit(void);

/// Name and version of the compiler that built the C kernels, as it writes them itself. A constant of the program.
const char *_Nonnull suanli_c_compiler(void);

/// Whether the C kernels were compiled with optimisation. Nothing may be timed when they were not.
bool suanli_is_optimized(void);

#endif
