// The floor of the wall: a FastCGI responder that says yes to whatever it is asked, at once. It looks at no parameter,
// keeps no limit and takes no care for secrets; it finds the end of the parameters, and writes what hfmint would write
// for a request that may pass. One thread and epoll(7), as in hfmint. See Scripts/bench.
//
//     responder SOCKET TOKEN
//
// https://fastcgi-archives.github.io/FastCGI_Specification.html
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { header_size = 8, begin_request = 1, end_request = 3, parameters = 4, output = 6, keep_connection = 1 };

struct connection {
    int descriptor;
    int keeps;
    size_t count;
    unsigned char bytes[32768];
};

static unsigned char answer[4096];
static size_t answer_size;
static int epoll;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static size_t put_header(unsigned char *to, int type, size_t size) {
    unsigned char header[header_size] = {1, type, 0, 1, size >> 8, size & 255, 0, 0};
    memcpy(to, header, header_size);
    return header_size;
}

static void prepare(const char *token) {
    int size = snprintf((char *)answer + header_size, sizeof answer - 64,
                        "Status: 200 OK\r\nX-Hfmint-Authorization: Bearer %s\r\nX-Hfmint-Role: reader\r\n"
                        "X-Hfmint-Actor: project:acme/training:ref:main\r\n\r\n",
                        token);
    put_header(answer, output, size);
    answer_size = header_size + size;
    answer_size += put_header(answer + answer_size, output, 0);
    answer_size += put_header(answer + answer_size, end_request, 8);
    memset(answer + answer_size, 0, 8);
    answer_size += 8;
}

static void leave(struct connection *connection) {
    close(connection->descriptor);
    free(connection);
}

// Answers each request whose parameters have ended, and keeps what follows. Returns whether the connection lives on.
static int answer_all(struct connection *connection) {
    size_t start = 0;
    while (connection->count - start >= header_size) {
        unsigned char *record = connection->bytes + start;
        size_t content = record[4] << 8 | record[5], size = header_size + content + record[6];
        if (connection->count - start < size) break;
        start += size;
        if (record[1] == begin_request) connection->keeps = record[header_size + 2] & keep_connection;
        if (record[1] != parameters || content) continue;
        if (send(connection->descriptor, answer, answer_size, MSG_NOSIGNAL) != (ssize_t)answer_size) return 0;
        if (!connection->keeps) return 0;
    }
    memmove(connection->bytes, connection->bytes + start, connection->count -= start);
    return 1;
}

// Reads what is there. Returns whether the connection lives on.
static int go_on(struct connection *connection) {
    size_t room = sizeof connection->bytes - connection->count;
    ssize_t count = read(connection->descriptor, connection->bytes + connection->count, room);
    if (count < 0) return errno == EAGAIN || errno == EINTR;
    connection->count += count;
    return count > 0 && answer_all(connection);
}

static void accept_some(int listener) {
    for (;;) {
        int descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (descriptor < 0) return;
        struct connection *connection = malloc(sizeof *connection);
        if (!connection) fail("malloc");
        connection->descriptor = descriptor;
        connection->keeps = connection->count = 0;
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
        // A web server writes as soon as it has connected.
        if (!go_on(connection) || epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event)) leave(connection);
    }
}

int main(int count, char **words) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (count != 3 || strlen(words[1]) >= sizeof address.sun_path || strlen(words[2]) > 2048) return 2;
    prepare(words[2]);
    strcpy(address.sun_path, words[1]);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address)) fail(words[1]);
    if (listen(listener, 4096)) fail("listen");
    epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL}, events[256];
    if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event)) fail("epoll");
    for (;;) {
        int ready = epoll_wait(epoll, events, 256, -1);
        if (ready < 0 && errno != EINTR) fail("epoll_wait");
        for (int index = 0; index < ready; index++) {
            struct connection *connection = events[index].data.ptr;
            if (!connection) {
                accept_some(listener);
            } else if (!go_on(connection)) {
                leave(connection);
            }
        }
    }
}
