#include "server/listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 4096 }; /* the kernel takes less where its own limit is lower: a full queue costs clients a second */

static void write_url(int fd, char *url, size_t size)
{
    struct sockaddr_storage address;
    socklen_t len = sizeof address;
    char host[NI_MAXHOST] = "?", port[NI_MAXSERV] = "?";
    if (getsockname(fd, (struct sockaddr *)&address, &len) == 0)
        getnameinfo((struct sockaddr *)&address, len, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV);
    bool six = strchr(host, ':') != NULL;
    snprintf(url, size, "http://%s%s%s:%s", six ? "[" : "", host, six ? "]" : "", port);
}

int listen_open(const char *host, unsigned port, char *url, size_t size, struct error *err)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    char service[16];
    snprintf(service, sizeof service, "%u", port);
    int rc = getaddrinfo(host, service, &hints, &found);
    if (rc != 0) {
        error_set(err, ERROR_USAGE, "--host: \"%s\" is no address of this machine: %s", host,
                  gai_strerror(rc));
        return -1;
    }
    int on = 1;
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        error_errno(err, ERROR_IO, "making a socket");
    } else if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
               bind(fd, found->ai_addr, found->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0) {
        if (errno == EADDRINUSE)
            error_set(err, ERROR_IO,
                      "port %u of %s is taken by another program, perhaps by another autospec; "
                      "--port takes another",
                      port, host);
        else
            error_errno(err, ERROR_IO, "listening on %s port %u", host, port);
        close(fd);
        fd = -1;
    } else {
        write_url(fd, url, size);
    }
    freeaddrinfo(found);
    return fd;
}
