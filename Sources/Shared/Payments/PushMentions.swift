import Core
import Jobs
import Postgres

/// Names in the bytes of a push, found without understanding it.
enum PushMentions {
    private static let limit = 16

    /// The words of ASCII letters, digits and underscores that begin so, in their order, each once and only so many.
    static func words(in body: [UInt8], startingWith beginnings: [String]) -> [String] {
        let beginnings = beginnings.map { Array($0.utf8) }
        var words: [String] = []
        var position = body.startIndex
        while words.count < limit, let start = body[position...].firstIndex(where: isPartOfWord) {
            let end = body[start...].firstIndex { !isPartOfWord($0) } ?? body.endIndex
            position = end
            let word = body[start..<end]
            guard word.count <= 255, beginnings.contains(where: word.starts(with:)) else { continue }
            let text = String(decoding: word, as: UTF8.self)
            if !words.contains(text) { words.append(text) }
        }
        return words
    }

    private static func isPartOfWord(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }
}

/// The payments of ours that a push may be about which makes no sense.
struct MentionedPayments {
    let postgres: any PostgresExecutor
    let scope: any WorkScope

    /// The gateway is asked whose its references are only where we know none of the names.
    func callAsFunction(in push: GatewayPush, of gateway: any PaymentGateway) async throws -> [ID<Payment>] {
        let pointers = gateway.mentions(in: push)
        var found: Set<ID<Payment>> = []
        for pointer in pointers {
            let payment = try await PaymentStore().find(
                id: pointer.paymentID, gateway: gateway.name, reference: pointer.reference,
                sessionReference: pointer.sessionReference, in: postgres)
            if let payment { found.insert(payment.id) }
        }
        let references = Set(pointers.compactMap(\.reference))
        guard found.isEmpty, !references.isEmpty else { return found.sorted() }
        try await scope.hold()
        for reference in references {
            if let payment = try await gateway.knownPayment(of: reference, in: postgres) { found.insert(payment.id) }
        }
        return found.sorted()
    }
}
