// shim.h: hwloc, the machine's topology.
#include <hwloc.h>
