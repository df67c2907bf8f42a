/// What Swift's Glibc module lacks: epoll, eventfd, accept4.
#pragma once
#include <sys/epoll.h>
#include <sys/eventfd.h>

/// accept4(2) with SOCK_NONBLOCK | SOCK_CLOEXEC, without the peer's address; -1 and errno on failure.
int cepoll_accept(int listener);
