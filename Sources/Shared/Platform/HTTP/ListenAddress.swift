package import Core
import Glibc
import NIOCore

/// Where a process listens, and the settings that say so.
package struct ListenAddress: Sendable {
    package let host: String
    package let port: Int
    /// Their names, for whoever has to change them.
    package let settings: String

    package init(host: String, port: Int, settings: String) {
        self.host = host
        self.port = port
        self.settings = settings
    }

    /// Takes the address and gives it back, so that a process that could not serve ends before it has begun anything. Nobody can
    /// connect meanwhile: who did would be cut off.
    ///
    /// - Throws: `ConfigurationError` in one line.
    package func verify() async throws {
        try await whileListening { try Self.take(try SocketAddress.makeAddressResolvingHost(host, port: port)) }
    }

    private static func take(_ address: SocketAddress) throws {
        let descriptor = socket(address.protocol.rawValue, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw IOError(errnoCode: errno, reason: "socket") }
        defer { close(descriptor) }
        // As the server will have it: what a former process has left behind does not count, what listens does.
        var on: Int32 = 1
        guard setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout.size(ofValue: on))) == 0
        else { throw IOError(errnoCode: errno, reason: "setsockopt") }
        try address.withSockAddr { pointer, size in
            guard bind(descriptor, pointer, socklen_t(size)) == 0 else {
                throw IOError(errnoCode: errno, reason: "bind")
            }
        }
    }

    /// Runs what listens there. That nobody can is a fault of the settings.
    ///
    /// - Throws: `ConfigurationError` in one line; what the body throws for other reasons.
    package func whileListening(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch {
            guard let objection = Self.objection(to: error) else { throw error }
            throw ConfigurationError(failures: ["\(settings): can't listen on \(host):\(port): \(objection)"])
        }
    }

    /// Why an address can't be bound; `nil` for errors of any other kind.
    private static func objection(to error: any Error) -> String? {
        switch error {
        case let error as IOError where error.errnoCode == EADDRINUSE: "another process listens there"
        case let error as IOError where error.errnoCode == EADDRNOTAVAIL: "it is no address of this machine"
        case let error as IOError where error.errnoCode == EACCES: "this process has no right to"
        case is SocketAddressError.UnknownHost: "the host is unknown"
        default: nil
        }
    }
}

extension HaatConfiguration {
    /// Where the API serves.
    package var apiAddress: ListenAddress {
        ListenAddress(host: apiHost, port: apiPort, settings: "HAAT_API_HOST, HAAT_API_PORT")
    }

    /// Where the API shows its health and metrics, if it does.
    package var apiManagementAddress: ListenAddress? {
        managementAddress(port: apiManagementPort, setting: "HAAT_API_MANAGEMENT_PORT")
    }

    /// Where a worker shows its health and metrics, if it does.
    package var workerManagementAddress: ListenAddress? {
        managementAddress(port: workerManagementPort, setting: "HAAT_WORKER_MANAGEMENT_PORT")
    }

    private func managementAddress(port: Int?, setting: String) -> ListenAddress? {
        port.map { ListenAddress(host: managementHost, port: $0, settings: "HAAT_MANAGEMENT_HOST, \(setting)") }
    }
}
