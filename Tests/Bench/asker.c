// Asks a FastCGI responder the same question again and again, as nginx does, and counts the answers. See Scripts/bench.
//
//     asker SOCKET QUESTION SECONDS CONNECTIONS [keep | RATE]
//
// QUESTION is a file with the records of one request. Each question has a connection of its own, as nginx makes one;
// with `keep`, each connection asks again, and QUESTION must say so. So many CONNECTIONS ask at once, and again as soon
// as they have their answer. With a RATE, questions are asked so many times a second, whether or not the answers are
// there, and a question's time begins when it was due; so many CONNECTIONS are open at once then, at most.
//
// Prints: answers, failures, seconds, and the microseconds that half, and 99 of 100, and all answers took at most. What
// is not a whole answer that says yes is a failure.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { header_size = 8, end_request = 3, output = 6, most_answers = 1 << 23 };

struct connection {
    int descriptor;
    int64_t began;
    size_t count;
    unsigned char bytes[8192];
    struct connection *next;
};

static struct sockaddr_un address = {.sun_family = AF_UNIX};
static unsigned char question[65536];
static size_t question_size;
static int keeps, epoll;
static long failures, answers;
static uint32_t *times;
static struct connection *idle;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void leave(struct connection *connection) {
    if (connection->descriptor >= 0) close(connection->descriptor);
    connection->descriptor = -1;
}

static int join(struct connection *connection) {
    connection->descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (connection->descriptor < 0) fail("socket");
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    return !connect(connection->descriptor, (struct sockaddr *)&address, sizeof address) &&
           !epoll_ctl(epoll, EPOLL_CTL_ADD, connection->descriptor, &event);
}

// Asks. Returns whether the question is on its way.
static int ask(struct connection *connection, int64_t due) {
    connection->began = due;
    connection->count = 0;
    if ((connection->descriptor >= 0 || join(connection)) &&
        send(connection->descriptor, question, question_size, MSG_NOSIGNAL) == (ssize_t)question_size)
        return 1;
    failures++;
    leave(connection);
    return 0;
}

// Returns 1 if all records up to the end of the request are there, 0 if not, and -1 if they are not a yes.
static int judge(const struct connection *connection) {
    static const char yes[] = "Status: 200 ";
    size_t start = 0, found = 0;
    while (connection->count - start >= header_size) {
        const unsigned char *record = connection->bytes + start;
        size_t content = record[4] << 8 | record[5], size = header_size + content + record[6];
        if (connection->count - start < size) return 0;
        start += size;
        if (record[1] == output && content > sizeof yes && !found++)
            if (memcmp(record + header_size, yes, sizeof yes - 1)) return -1;
        if (record[1] == end_request) return found && record[header_size + 4] == 0 ? 1 : -1;
    }
    return 0;
}

// Reads what is there. Returns whether the connection may be asked again.
static int go_on(struct connection *connection) {
    size_t room = sizeof connection->bytes - connection->count;
    ssize_t count = read(connection->descriptor, connection->bytes + connection->count, room);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
    if (count > 0) connection->count += count;
    int verdict = count > 0 ? judge(connection) : -1;
    if (!verdict) return 0;
    if (verdict < 0) failures++;
    if (verdict > 0 && answers < most_answers) times[answers++] = (now() - connection->began) / 1000;
    if (verdict < 0 || !keeps) leave(connection);
    return 1;
}

static int by_size(const void *one, const void *other) {
    uint32_t left = *(const uint32_t *)one, right = *(const uint32_t *)other;
    return (left > right) - (left < right);
}

static void report(double seconds) {
    qsort(times, answers, sizeof *times, by_size);
    long last = answers ? answers - 1 : 0;
    printf("%ld %ld %.6f %u %u %u\n", answers, failures, seconds, times[last / 2], times[last * 99 / 100], times[last]);
}

static void wait_until(int64_t time, struct epoll_event *events, int *ready) {
    int64_t left = time - now();
    struct timespec timeout = {.tv_sec = left > 0 ? left / 1000000000 : 0, .tv_nsec = left > 0 ? left % 1000000000 : 0};
    *ready = epoll_pwait2(epoll, events, 256, &timeout, NULL);
    if (*ready < 0 && errno != EINTR) fail("epoll_pwait2");
}

int main(int count, char **words) {
    if (count < 5 || strlen(words[1]) >= sizeof address.sun_path) return 2;
    strcpy(address.sun_path, words[1]);
    int file = open(words[2], O_RDONLY | O_CLOEXEC);
    if (file < 0 || (question_size = read(file, question, sizeof question)) < header_size) fail(words[2]);
    double seconds = atof(words[3]);
    int connections = atoi(words[4]);
    keeps = count > 5 && !strcmp(words[5], "keep");
    double rate = count > 5 && !keeps ? atof(words[5]) : 0;
    times = calloc(most_answers, sizeof *times);
    struct connection *all = calloc(connections, sizeof *all);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    if (!times || !all || epoll < 0) fail("start");
    int64_t start = now(), end = start + seconds * 1e9, asked = 0;
    for (int index = 0; index < connections; index++) {
        all[index].descriptor = -1;
        all[index].next = idle;
        idle = &all[index];
    }
    int64_t open = 0, time;
    // What is under way at the end has a second more; what then has no answer is a failure.
    while ((time = now()) < end || (open && time < end + 1000000000)) {
        int64_t due = rate > 0 ? start + asked * (1e9 / rate) : time;
        while (idle && time < end && due <= time) {
            struct connection *connection = idle;
            idle = connection->next;
            asked++;
            if (ask(connection, due)) {
                open++;
            } else {
                connection->next = idle;
                idle = connection;
                if (rate <= 0) break;
            }
            if (rate > 0) due = start + asked * (1e9 / rate);
        }
        struct epoll_event events[256];
        int ready;
        wait_until(time >= end ? end + 1000000000 : idle && rate > 0 ? due : end, events, &ready);
        for (int index = 0; index < ready; index++) {
            struct connection *connection = events[index].data.ptr;
            if (!go_on(connection)) continue;
            connection->next = idle;
            idle = connection;
            open--;
        }
    }
    failures += open;
    report((now() < end ? now() - start : end - start) / 1e9);
    return 0;
}
