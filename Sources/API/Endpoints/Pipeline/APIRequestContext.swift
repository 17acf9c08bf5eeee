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
}
