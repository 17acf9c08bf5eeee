import Core
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import Platform

@Suite("Where a process listens")
struct ListenAddressTests {
    private func address(_ host: String, _ port: Int) -> ListenAddress {
        ListenAddress(host: host, port: port, settings: "HAAT_API_PORT")
    }

    private func refusal(_ address: ListenAddress) async throws -> String {
        let error = await #expect(throws: ConfigurationError.self) { try await address.verify() }
        return try #require(error).failures.joined(separator: "\n")
    }

    @Test("An address that is free is fine, also twice")
    func free() async throws {
        for _ in 0..<2 { try await address("127.0.0.1", 0).verify() }
    }

    @Test("A port where another process listens is refused in one line that names setting and address")
    func taken() async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(listener.localAddress?.port)
        let line = try await refusal(address("127.0.0.1", port))
        #expect(line == "HAAT_API_PORT: can't listen on 127.0.0.1:\(port): another process listens there")
        try await listener.close()
    }

    @Test("Nobody can connect while it is looked at")
    func nobodyConnects() async throws {
        let port = try HeldPort()
        let address = address("127.0.0.1", port.number)
        let looking = Task { while !Task.isCancelled { try await address.verify() } }
        var connected = 0
        for _ in 0..<300 {
            do {
                try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                    .connect(host: "127.0.0.1", port: port.number).get().close()
                connected += 1
            } catch is NIOConnectionError {
                continue
            }
        }
        looking.cancel()
        #expect(connected == 0)
        try await looking.value
    }

    @Test(
        "An address that is not of this machine, or unknown, is refused by the setting's name",
        arguments: ["192.0.2.1", "not a host"])
    func notOurs(host: String) async throws {
        #expect(try await refusal(address(host, 0)).hasPrefix("HAAT_API_PORT: can't listen on \(host):0: "))
    }

    @Test("Other errors of what listens pass as they are")
    func otherErrors() async throws {
        struct Other: Error {}
        await #expect(throws: Other.self) { try await address("127.0.0.1", 0).whileListening { throw Other() } }
    }
}
