package import Hummingbird
import NIOCore

/// What Hummingbird keeps of a request; the peer's address is looked up only by those who need it.
package struct APIRequestContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    private let channel: any Channel

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// The address of the other end of the connection.
    package var peerAddress: String { channel.remoteAddress?.ipAddress ?? "unknown" }

    /// The same without making a text of it.
    var peer: BodyBudget.Client {
        guard let address = channel.remoteAddress, [.inet, .inet6].contains(address.protocol)
        else { return .named(peerAddress) }
        // `sockaddr_in` has family and port before the address, `sockaddr_in6` the flow besides (RFC 3493).
        return address.withSockAddr { start, count in
            let bytes = UnsafeRawBufferPointer(start: start, count: count)
            guard address.protocol == .inet6 else {
                return .v4(bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
            }
            return .v6(
                bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
                bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
        }
    }
}
