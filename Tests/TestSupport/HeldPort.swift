import Foundation

/// A port of 127.0.0.1 for a server that can't be handed a listening socket. While it is held no other test process on this
/// network, whatever directory it works in, is given the same.
///
/// The port lies outside the range from which the kernel serves connections and listeners that take any, so that nobody comes
/// to have it by chance. What is held is an abstract Unix socket of that number: like ports, those belong to the network,
/// and the kernel gives them back with the process that held them.
package final class HeldPort: Sendable {
    /// Below are the ports that people choose by hand, those of `deploy/local` among them.
    private static let lowest = 20_000
    private static let highest = 65_535

    package let number: Int
    private let holder: Int32

    /// Takes a port that is held by nobody and on which nobody listens.
    ///
    /// - Throws: `NoPort` where the kernel's range leaves none, or all are taken.
    package init() throws {
        let candidates = try Self.candidates(localRange: Self.localRange())
        let start = Int.random(in: 0..<max(candidates.count, 1))
        for port in candidates[start...] + candidates[..<start] {
            guard let holder = Self.hold(port) else { continue }
            guard Self.isFree(port) else {
                close(holder)
                continue
            }
            number = port
            self.holder = holder
            return
        }
        throw NoPort(reason: "all \(candidates.count) ports outside the kernel's range are taken")
    }

    deinit { close(holder) }

    /// The ports that tests may have where the kernel takes its own from `localRange`.
    static func candidates(localRange: ClosedRange<Int>) -> [Int] {
        (lowest...highest).filter { !localRange.contains($0) }
    }

    private static func localRange() throws -> ClosedRange<Int> {
        let text = try String(contentsOfFile: "/proc/sys/net/ipv4/ip_local_port_range", encoding: .utf8)
        let bounds = text.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        guard bounds.count == 2, bounds[0] <= bounds[1] else { throw NoPort(reason: "an unknown range: \(text)") }
        return bounds[0]...bounds[1]
    }

    /// - Returns: the socket that holds the port; `nil` where another process does.
    static func hold(_ port: Int) -> Int32? {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // The leading zero makes the name abstract; the length ends it.
        let name = [0] + Array("haat-test-port-\(port)".utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let length = (MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2) + name.count
        guard bound(descriptor, &address, length: length) else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    /// Whether a server could listen there now, also where connections of a former one linger.
    static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var reuse: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return bound(descriptor, &address, length: MemoryLayout<sockaddr_in>.size)
    }

    private static func bound<Address>(_ descriptor: Int32, _ address: inout Address, length: Int) -> Bool {
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(length)) == 0 }
        }
    }
}

/// Why a test gets no port.
package struct NoPort: Error, CustomStringConvertible {
    let reason: String

    package var description: String { "no port for a test's server: \(reason)" }
}
