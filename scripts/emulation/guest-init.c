// guest-init.c: the first process of a Bochs guest: runs the programs in /tests one after the other, each with the
// machine's name as its argument, says how each ended, and switches the machine off.
// Prints "EXIT-STATUS n", the number of programs that failed: the emulator's own exit status tells nothing.

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/io.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

int main(void) {
    static char machine[64];
    FILE *file = fopen("/machine", "r");
    if (file == NULL || fscanf(file, "%63s", machine) != 1) {
        puts("guest-init: /machine does not name the machine");
    }
    int failed = 0, count = 0;
    DIR *tests = opendir("/tests");
    for (struct dirent *entry; tests != NULL && (entry = readdir(tests)) != NULL;) {
        if (entry->d_name[0] == '.') {
            continue;
        }
        char path[300];
        snprintf(path, sizeof path, "/tests/%s", entry->d_name);
        fflush(stdout);
        const pid_t child = fork();
        if (child == 0) {
            execl(path, path, machine, (char *)NULL);
            _exit(127);
        }
        int status = -1;
        if (child < 0 || waitpid(child, &status, 0) != child || status != 0) {
            printf("%s ended with wait status 0x%x\n", path, status);
            failed++;
        }
        count++;
    }
    printf("EXIT-STATUS %d\n", count == 0 ? 1 : failed);
    fflush(stdout);
    // The serial line is slow: what has not left it when the machine stops is lost.
    tcdrain(STDOUT_FILENO);
    usleep(20000);
    if (iopl(3) == 0) {
        for (const char *letter = "Shutdown"; *letter != 0; letter++) {
            outb(*letter, 0x8900);
        }
    }
    return 1;
}
