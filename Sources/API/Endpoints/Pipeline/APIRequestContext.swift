import Core
import HTTPTypes
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

    /// Tells a client that waits for it (`Expect: 100-continue`) to send the body. Who is refused before need not send it.
    func askForBody() {
        channel.triggerUserOutboundEvent(HTTPResponse(status: .continue), promise: nil)
    }

    /// Its network, without making a text of it.
    var peer: ClientNetwork {
        guard let address = channel.remoteAddress, [.inet, .inet6].contains(address.protocol)
        else { return .named(peerAddress) }
        // `sockaddr_in` has family and port before the address, `sockaddr_in6` the flow besides (RFC 3493).
        return address.withSockAddr { start, count in
            let bytes = UnsafeRawBufferPointer(start: start, count: count)
            guard address.protocol == .inet6 else {
                return .v4(bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
            }
            return ClientNetwork(bytesOfV6: UnsafeRawBufferPointer(rebasing: bytes[8..<24]))
        }
    }
}

extension APIRequestContext {
    /// The values of a path's parameters, percent-decoded, in order.
    ///
    /// - Throws: 404 where one can't be decoded.
    func segments(of path: PathTemplate) throws(Problem) -> [UTF8Text] {
        var segments: [UTF8Text] = []
        for name in path.parameterNames {
            guard let raw = parameters.get(name),
                let segment = QueryString.decode(raw.utf8[...], plusIsSpace: false)
            else { throw ProblemType.notFound.problem("The path does not name anything") }
            segments.append(segment)
        }
        return segments
    }
}

extension PathTemplate {
    /// The value of `{order_id}`, where the path has it.
    func orderID(in segments: [UTF8Text]) -> UTF8Text? {
        parameterNames.firstIndex(of: "order_id").map { segments[$0] }
    }
}
