import Foundation

/// Ports on loopback for servers of a test's own.
package enum ServerPort {
    /// A port that nobody listens on now, and that the system gives to no connection by itself. Another test may take it in
    /// between, so a server that can't have it is started again with another one.
    package static func unused() -> UInt16 {
        let ephemeral = Self.ephemeral
        while true {
            let port = UInt16.random(in: 10_000...65_000)
            if !ephemeral.contains(port), isFree(port) { return port }
        }
    }

    /// What the system gives to connections that do not ask for a port.
    private static var ephemeral: ClosedRange<UInt16> {
        let file = "/proc/sys/net/ipv4/ip_local_port_range"
        let text = FileManager.default.contents(atPath: file).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let numbers = text.split(whereSeparator: \.isWhitespace).compactMap { UInt16($0) }
        guard numbers.count == 2, numbers[0] <= numbers[1] else { return 32_768...60_999 }
        return numbers[0]...numbers[1]
    }

    private static func isFree(_ port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
