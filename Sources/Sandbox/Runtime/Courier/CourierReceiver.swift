import Synchronization

/// Where a courier's pushes go, and the token they carry.
final class CourierReceiver: Sendable {
    struct Address: Sendable {
        var url: String
        var token: String
    }

    private let initial: Address
    private let address: Mutex<Address>

    init(url: String, token: String) {
        initial = Address(url: url, token: token)
        address = Mutex(initial)
    }

    var current: Address { address.withLock { $0 } }

    func reset() { address.withLock { $0 = initial } }

    /// `{"url":"…","token":"…"}`; what isn't named stays.
    func set(_ body: JSON) throws(ControlError) -> JSON {
        let url = body["url"]?.stringValue
        guard url.map({ $0.hasPrefix("http://") || $0.hasPrefix("https://") }) ?? true else {
            throw .invalid("url", "an http or https address")
        }
        address.withLock {
            $0.url = url ?? $0.url
            $0.token = body["token"]?.stringValue ?? $0.token
        }
        return ["url": .text(url)]
    }
}
