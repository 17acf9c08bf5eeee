import Glibc

/// One of the servers that a connection string names.
///
/// libpq tries a list by itself, but outside of `PQconnectdb` all of the list shares one deadline, which a single host that
/// accepts and stays silent uses up. So each is tried by itself.
struct ServerTarget: Sendable, Hashable {
    /// `host`, `hostaddr` and `port`, in place of the lists of them; empty where the string names none.
    let place: [PostgresConfiguration.Setting]

    /// The same server at each address of its name, for the same reason; itself where there is no name to look up, or one address.
    /// Where looking up fails, libpq says so in its own words.
    var addresses: [ServerTarget] {
        let name = place.first { $0.keyword == "host" }?.value ?? ""
        let isLookedUp = !name.isEmpty && !name.hasPrefix("/") && !name.hasPrefix("@")
        guard isLookedUp, !place.contains(where: { $0.keyword == "hostaddr" }) else { return [self] }
        let addresses = NameLookup.addresses(of: name)
        guard addresses.count > 1 else { return [self] }
        return addresses.map { address in
            ServerTarget(place: place + [PostgresConfiguration.Setting(keyword: "hostaddr", value: address)])
        }
    }
}

private enum NameLookup {
    /// More than that many servers hardly stand behind one name.
    private static let limit = 8

    /// In the order in which the system prefers them; none where the name is unknown.
    static func addresses(of name: String) -> [String] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(name, nil, &hints, &first) == 0 else { return [] }
        defer { freeaddrinfo(first) }
        var addresses: [String] = []
        var next = first
        while let entry = next?.pointee, addresses.count < limit {
            if let text = numericText(of: entry), !addresses.contains(text) { addresses.append(text) }
            next = entry.ai_next
        }
        return addresses
    }

    private static func numericText(of entry: addrinfo) -> String? {
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let answer = getnameinfo(
            entry.ai_addr, entry.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
        guard answer == 0 else { return nil }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension PostgresConfiguration {
    /// The servers that the connection string names, in its order.
    var targets: [ServerTarget] {
        let (hosts, addresses, ports) = (list("host"), list("hostaddr"), list("port"))
        let count = max(hosts.count, addresses.count)
        // What does not fit together is for libpq to refuse.
        guard count > 0, [0, count].contains(hosts.count), [0, count].contains(addresses.count),
            [0, 1, count].contains(ports.count)
        else { return [ServerTarget(place: [])] }
        return (0..<count).map { index in
            let place = [
                ("host", hosts.isEmpty ? "" : hosts[index]), ("hostaddr", addresses.isEmpty ? "" : addresses[index]),
                ("port", ports.isEmpty ? "" : ports[ports.count == 1 ? 0 : index]),
            ]
            return ServerTarget(
                place: place.filter { !$0.1.isEmpty }.map { Setting(keyword: $0.0, value: $0.1) })
        }
    }

    /// The kinds of server that are looked for one after another: to prefer one kind takes a second look at the hosts.
    var wantedServers: [String] {
        switch value(of: Self.wantedServer) {
        case nil: [Self.readWrite]
        case "prefer-standby": ["standby", "any"]
        case let wanted?: [wanted]
        }
    }

    /// How long an attempt to connect to one server may take: the string's `connect_timeout`, where it has one, as libpq reads it.
    var serverTimeout: Duration {
        guard let seconds = value(of: "connect_timeout").flatMap({ Int($0) }), seconds > 0 else {
            return connectTimeout
        }
        return .seconds(min(max(seconds, 2), 60))
    }

    /// How long it may take to find one among all of them.
    var searchTimeout: Duration { serverTimeout * (targets.count * wantedServers.count) }

    private func list(_ keyword: String) -> [String] {
        guard let value = value(of: keyword), !value.isEmpty else { return [] }
        return value.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
}
