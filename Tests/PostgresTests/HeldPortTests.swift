import Foundation
import Testing

@testable import TestSupport

@Suite struct HeldPortTests {
    @Test("Ports that are held at once are all different, and lie outside the kernel's own range")
    func apart() throws {
        let held = try (0..<200).map { _ in try HeldPort() }
        let numbers = Set(held.map(\.number))
        #expect(numbers.count == 200)
        let text = try String(contentsOfFile: "/proc/sys/net/ipv4/ip_local_port_range", encoding: .utf8)
        let bounds = text.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        #expect(numbers.allSatisfy { $0 < bounds[0] || $0 > bounds[1] })
    }

    @Test("A range of the kernel's in the middle, at either end, or over all leaves the rest")
    func ranges() {
        #expect(HeldPort.candidates(localRange: 32_768...60_999).count == 12_768 + 4_536)
        #expect(HeldPort.candidates(localRange: 1_024...60_999).first == 61_000)
        #expect(HeldPort.candidates(localRange: 1_024...65_535).isEmpty)
    }

    @Test("A port at which somebody listens is nobody's to hold, and its listener is known")
    func listener() throws {
        let proxy = try TCPProxy(toPort: 1)
        defer { proxy.stop() }
        #expect(!HeldPort.isFree(Int(proxy.port)))
        let own = ProcessInfo.processInfo.processIdentifier
        #expect(try ListeningSockets.isListening(own, on: Int(proxy.port)))
        #expect(try !ListeningSockets.isListening(1, on: Int(proxy.port)))
        let held = try HeldPort()
        #expect(HeldPort.isFree(held.number))
        #expect(try !ListeningSockets.isListening(own, on: held.number))
    }

    @Test("A port that another process holds is left to it until it ends")
    func otherProcess() throws {
        let held = try HeldPort()
        #expect(HeldPort.hold(held.number) == nil)
        let again = held.number
        withExtendedLifetime(held) {}
        _ = consume held
        let descriptor = try #require(HeldPort.hold(again))
        close(descriptor)
    }
}
