# machine.py: what the measurements ran on, and whether anything else ran beside them.

import datetime
import os
import pathlib
import platform
import resource
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")
#: A quiet machine: load below this before the start, and no process above this share of a CPU.
QUIET_LOAD = 0.5
QUIET_SHARE = 0.2


def own_cpu_seconds():
    """CPU time of this process and of all children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(part.ru_utime + part.ru_stime for part in used)


class Watch:
    """CPU time that others used, and the hypervisor took, between two moments."""

    def __init__(self):
        self.start = self._now()

    @staticmethod
    def _now():
        with open("/proc/stat") as file:
            ticks = [int(word) for word in file.readline().split()[1:]]
        # user nice system idle iowait irq softirq steal
        busy = ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6]
        return time.monotonic(), busy / TICKS, ticks[7] / TICKS, sum(ticks[:8]) / TICKS, own_cpu_seconds()

    def others(self):
        """CPUs in use by processes that are not ours: 0.2 is a fifth of one CPU. Children must have ended."""
        then, now = self.start, self._now()
        return max(0.0, (now[1] - then[1]) - (now[4] - then[4])) / max(1e-9, now[0] - then[0])

    def steal(self):
        then, now = self.start, self._now()
        return (now[2] - then[2]) / max(1e-9, now[3] - then[3])


def _process_times():
    times = {}
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            head, _, tail = path.read_text(errors="replace").rpartition(")")
        except OSError:
            continue  # It ended while we looked.
        fields = tail.split()
        times[int(path.parent.name)] = (head.partition("(")[2], (int(fields[11]) + int(fields[12])) / TICKS)
    return times


def disturbances(with_load):
    """What is wrong with the machine now, as sentences; takes a second. Empty when it is quiet."""
    found = []
    load = os.getloadavg()[0]
    if with_load and load >= QUIET_LOAD:
        found.append(f"the load average is {load:.2f}, not below {QUIET_LOAD}")
    watch, before = Watch(), _process_times()
    time.sleep(1)
    others = watch.others()
    busy = []
    for pid, (name, seconds) in _process_times().items():
        share = seconds - before.get(pid, (name, 0.0))[1]
        if pid != os.getpid() and share > QUIET_SHARE:
            busy.append(f"{name} (pid {pid}) uses {share:.0%} of a CPU")
    # Compilers and the like come and go within the second; they show in the sum only.
    if not busy and others > QUIET_SHARE:
        busy.append(f"short-lived processes use {others:.0%} of a CPU")
    return found + busy


def cpu_model():
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith(("model name", "Processor", "CPU part")):
                return line.partition(":")[2].strip()
    return platform.machine()


def kernel():
    return f"{platform.system()} {platform.release()}"


def git_commit(root):
    def git(*arguments):
        # Without optional locks, as someone may be committing in the same tree.
        call = ["git", "--no-optional-locks", "-C", str(root), *arguments]
        done = subprocess.run(call, capture_output=True, text=True)
        return done.stdout.strip() if done.returncode == 0 else None

    commit = git("rev-parse", "HEAD")
    if commit is None:
        return "unknown"
    return commit[:12] + ("-dirty" if git("status", "--porcelain", "--untracked-files=no") else "")


def today():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
