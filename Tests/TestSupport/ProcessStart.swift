package import Foundation
import NIOConcurrencyHelpers

extension Process {
    private static let starting = NIOLock()

    /// Starts the program while no other is being started.
    ///
    /// Foundation learns of a program's end from a socket that closes with it. One that another thread starts at the same moment
    /// inherits the socket, so that the end of a tool would be told only with the end of a server.
    package func runAlone() throws {
        try Self.starting.withLock { try run() }
    }
}
