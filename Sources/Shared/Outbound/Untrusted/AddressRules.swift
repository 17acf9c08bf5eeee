/// Where calls to addresses that strangers choose may lead.
package struct AddressRules: Sendable {
    /// The ports of web servers.
    package static let webPorts: Set<Int> = [80, 443]

    private let ports: Set<Int>?
    private let permitsLoopback: Bool

    /// Public addresses on the ports of web servers.
    package init() {
        ports = Self.webPorts
        permitsLoopback = false
    }

    private init(ports: Set<Int>?, permitsLoopback: Bool) {
        self.ports = ports
        self.permitsLoopback = permitsLoopback
    }

    /// This machine besides, and any port: for tests and for trying things out, where all servers are here.
    package static let thisMachineToo = AddressRules(ports: nil, permitsLoopback: true)

    func permits(port: Int) -> Bool { ports?.contains(port) ?? true }

    func permits(_ address: IPAddress) -> Bool { address.isPublic || permitsLoopback && address.isLoopback }
}
