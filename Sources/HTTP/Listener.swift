import CEpoll
import Glibc

/// The socket that connections come in by, with a spare descriptor for when there are no more.
struct Listener {
    enum Arrival {
        case connection(Int32)
        case none
        /// Neither a descriptor nor memory for one is left.
        case exhausted
        case failed
    }

    let socket: Int32
    let port: UInt16
    private var spare: Int32

    init(host: String, port: UInt16) throws(ServerError) {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &found) == 0, let address = found?.pointee else {
            throw .unknownHost(host)
        }
        defer { freeaddrinfo(found) }
        let type = address.ai_socktype | Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        socket = Glibc.socket(address.ai_family, type, address.ai_protocol)
        guard socket >= 0 else { throw .cannotListen(host: host, port: port, errno: errno) }
        var on: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        guard bind(socket, address.ai_addr, address.ai_addrlen) == 0, listen(socket, SOMAXCONN) == 0 else {
            let code = errno
            Glibc.close(socket)
            throw .cannotListen(host: host, port: port, errno: code)
        }
        self.port = Self.boundPort(socket)
        spare = Self.openSpare()
    }

    private static func openSpare() -> Int32 { open("/dev/null", O_RDONLY | O_CLOEXEC) }

    /// The port is at the same place in an IPv4 and an IPv6 address.
    private static func boundPort(_ socket: Int32) -> UInt16 {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutableBytes(of: &storage) { bytes in
            guard let start = bytes.baseAddress else { return 0 }
            getsockname(socket, start.assumingMemoryBound(to: sockaddr.self), &length)
            return UInt16(bigEndian: bytes.load(fromByteOffset: 2, as: UInt16.self))
        }
    }

    /// The next waiting connection, non-blocking and without Nagle's delay.
    func accept(writeDeadline: Duration) -> Arrival {
        while true {
            let descriptor = cepoll_accept(socket)
            guard descriptor >= 0 else {
                switch errno {
                case EAGAIN: return .none
                // The client went while it waited (accept(2) asks to treat these as transient).
                case EINTR, ECONNABORTED, EPROTO, ENETDOWN, EHOSTDOWN, ENONET, EHOSTUNREACH, ENETUNREACH: continue
                case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted
                default: return .failed
                }
            }
            var on: Int32 = 1
            setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
            // A vanished peer of a quiet stream is noticed when its acknowledgements stay away.
            let (seconds, attoseconds) = writeDeadline.components
            var patience = UInt32(clamping: max(seconds * 1_000 + attoseconds / 1_000_000_000_000_000, 1))
            setsockopt(
                descriptor, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, &patience, socklen_t(MemoryLayout<UInt32>.size))
            return .connection(descriptor)
        }
    }

    /// Turns one waiting connection away by means of the spare descriptor; false if even that was not to be had.
    mutating func shed(_ response: [UInt8]) -> Bool {
        if spare >= 0 { Glibc.close(spare) }
        let descriptor = cepoll_accept(socket)
        if descriptor >= 0 {
            _ = response.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            Glibc.close(descriptor)
        }
        spare = Self.openSpare()
        return descriptor >= 0 && spare >= 0
    }

    func close() {
        Glibc.close(socket)
        if spare >= 0 { Glibc.close(spare) }
    }
}
