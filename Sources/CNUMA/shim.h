// shim.h: libnuma (placement of memory and threads) and the system calls it wraps.
#include <numa.h>
#include <numaif.h>
