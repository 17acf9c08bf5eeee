import Core
import HTTPTypes
import Identity
import Media
import Orders
import Postgres

@testable import APIServer
@testable import Endpoints

/// One endpoint on the things of one shelf.
struct AccessTarget {
    let endpoint: EndpointDescription
    let shelf: AccessShelf
    let isOwn: Bool
    /// With the shelf's ids in it.
    let path: String
    let namesResource: Bool

    init(_ endpoint: EndpointDescription, on shelf: AccessShelf, isOwn: Bool) {
        self.endpoint = endpoint
        self.shelf = shelf
        self.isOwn = isOwn
        let example = zip(endpoint.path.parameterNames, endpoint.pathParameters).reduce(endpoint.path.description) {
            $0.replacing("{\($1.0)}", with: $1.1.example)
        }
        let path = shelf.putting(
            into: endpoint.path.description.contains("attachments/{media_id}")
                ? example.replacing(ID<MediaFile>.example.description, with: shelf.attachment) : example)
        self.path = path
        namesResource = shelf.ids.contains { path.contains($0) }
    }

    /// Or else nobody would be tried on anything that there is.
    var isOnShelf: Bool {
        [nil, .marketplace, .own].contains(endpoint.policy.resource) || endpoint.path.parameterNames.isEmpty
            || namesResource
    }
}

/// One call and what has to come of it.
struct AccessCall: CustomStringConvertible {
    enum Expectation {
        case passed, unauthorized, forbidden, missing
        /// It names something by a word, which may be there or not.
        case passedOrMissing

        /// Whether an answer is what was expected; a call that passes may still fail for reasons of its own.
        func allows(_ reply: Reply) throws -> Bool {
            switch self {
            // Whoever may change members may still lack what the one at hand has.
            case .passed:
                try ![401, 403, 404, 500].contains(reply.status) || reply.problem == "beyond-own-permissions"
            case .unauthorized: reply.status == 401
            case .forbidden: reply.status == 403
            case .missing: reply.status == 404
            case .passedOrMissing: ![401, 403, 500].contains(reply.status)
            }
        }
    }

    let target: AccessTarget
    let caller: AccessCaller

    init(_ target: AccessTarget, by caller: AccessCaller) {
        self.target = target
        self.caller = caller
    }

    private var endpoint: EndpointDescription { target.endpoint }
    private var shelf: AccessShelf { target.shelf }
    private var isOwn: Bool { target.isOwn }
    private var path: String { target.path }
    private var namesResource: Bool { target.namesResource }

    func make(in api: LiveAPI) async throws -> Reply {
        if endpoint.upload != nil, path.hasSuffix("/imports") {
            return try await api.upload(path, KeyBodies.table, as: "text/csv", token: caller.token)
        }
        if endpoint.upload?.contentTypes == ["text/csv"] {
            return try await api.upload(
                "\(path)?vendor_id=\(shelf.vendor)", StockBodies.table, as: "text/csv", token: caller.token)
        }
        if endpoint.upload != nil, path.hasSuffix("attachments") {
            return try await api.upload(path, Picture.pdf, as: "application/pdf", token: caller.token)
        }
        if endpoint.upload != nil {
            return try await api.upload(
                "\(path)?purpose=vendor_image&vendor_id=\(shelf.vendor)", Picture.gif, as: "image/gif",
                token: caller.token)
        }
        // Deleted by an earlier caller, it is there again for this one.
        if endpoint.method == .delete, let media = ID<MediaFile>(shelf.media) {
            try await api.owner.execute("UPDATE media SET deleted_at = NULL WHERE id = \(media)")
            for table in [
                "permission_sets", "shipping_zones", "shipping_methods", "cod_rules", "payment_option_rules",
                "webhook_endpoints",
            ] {
                try await api.owner.execute("UPDATE \(unescaped: table) SET removed_at = NULL")
            }
        }
        if endpoint.method == .delete, path.contains("/translations/") {
            try await api.call(.put, path, ["title": "Told"])
        }
        if endpoint.method == .delete, path.hasPrefix("/collections/") {
            let again = try await api.collection(of: shelf.vendor)
            return try await api.call(.delete, "/collections/\(again)", token: caller.token)
        }
        if endpoint.method == .delete, let notes = path.firstRange(of: "/notes/") {
            let note = try await api.make(String(path[..<notes.upperBound].dropLast()), ["body": "Call first."])
            return try await api.call(.delete, String(path[..<notes.upperBound]) + note, token: caller.token)
        }
        return try await api.call(
            endpoint.method, path, try body(), token: caller.token,
            headers: endpoint.edit == .ifMatch ? ["If-Match": "*"] : [:])
    }

    private func body() throws -> JSONValue? {
        guard let body = endpoint.body else { return nil }
        return try JSONValue(parsing: Array(shelf.putting(into: body.example ?? "").utf8))
    }

    var description: String {
        "\(caller.name): \(endpoint.method) \(endpoint.path) on \(isOwn ? "own" : "foreign")"
    }

    var expected: Expectation {
        let policy = endpoint.policy
        // A token of another order is nobody's here; without an order in the path it opens nothing.
        if case .orderToken = caller.principal.kind, !isOwn || !path.contains(shelf.order) { return .unauthorized }
        if caller.principal.isReadOnly, endpoint.method != .get { return .forbidden }
        guard policy.admits(caller.principal) else { return caller.principal.isNobody ? .unauthorized : .forbidden }
        if policy.asksForFreshSecondFactor(of: caller.principal), caller.principal.secondFactorAt == nil {
            return .forbidden
        }
        let isExample = { (text: String) in text.contains(ID<Order>.exampleSegment.dropFirst(Order.typePrefix.count)) }
        // Nobody has asked for it; who they are is looked at first.
        if path.hasPrefix("/me/erasure") || path.hasPrefix("/me/data_exports/") { return .passedOrMissing }
        guard namesResource || endpoint.path.parameterNames.isEmpty else {
            return isExample(path) ? .missing : .passedOrMissing
        }
        guard policy.permission != nil else { return .passed }
        guard !namesResource || reaches else { return .missing }
        return endpoint.pathParameters.allSatisfy { isExample($0.example) } ? .passed : .passedOrMissing
    }

    private var reaches: Bool {
        switch (caller.principal.visibility, endpoint.policy.resource) {
        case (.everything, _): true
        case (.vendor, .order), (.vendor, .cart): false
        case (.customer, .order), (.order, .order), (.customer, .document), (.customer, .cart), (.cart, .cart): isOwn
        case (.vendor, _): isOwn
        default: false
        }
    }
}

/// What every endpoint answered to whom, for people to read.
struct AccessTable {
    private var lines: [(endpoint: String, answers: [(caller: String, statuses: [Int])])] = []
    private(set) var count = 0

    /// The status of one call, on what is the caller's own or on what is foreign.
    mutating func note(_ endpoint: EndpointDescription, _ caller: AccessCaller, _ status: Int) {
        count += 1
        let name = "\(endpoint.method) \(endpoint.path)"
        if lines.last?.endpoint != name { lines.append((name, [])) }
        let (line, last) = (lines.count - 1, lines[lines.count - 1].answers.count - 1)
        if last >= 0, lines[line].answers[last].caller == caller.name {
            lines[line].answers[last].statuses.append(status)
        } else {
            lines[line].answers.append((caller.name, [status]))
        }
    }

    /// For each endpoint who got which answer on their own, and on what is foreign.
    func print() {
        for line in lines {
            Swift.print(line.endpoint)
            let byStatuses = Dictionary(grouping: line.answers) { $0.statuses.map(String.init).joined(separator: " ") }
            for (statuses, answers) in byStatuses.sorted(by: { $0.key < $1.key }) {
                Swift.print("    \(statuses)  \(answers.map(\.caller).joined(separator: ", "))")
            }
        }
    }
}
