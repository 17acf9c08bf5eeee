import Core
import Outbound
import Payments

/// How Shiprocket says no. Its words are all that tells one refusal from another: what they mean is decided here and nowhere else.
enum ShiprocketRefusal {
    /// Our words for refusals that somebody wants to know more of.
    enum Code {
        static let duplicateOrder = "duplicate_order"
        static let wrongPickupLocation = "wrong_pickup_location"
        static let knownPickupLocation = "known_pickup_location"
        static let alreadyAssigned = "already_assigned"
        static let pickupRequested = "pickup_requested"
        static let alreadyManifested = "already_manifested"
        static let notFound = "not_found"
        static let cancelled = "cancelled"
        /// What we have sent is of a type that its programs stumble over.
        static let wrongType = "wrong_type"
    }

    /// The token is not, or no longer, taken.
    static let tokenRefused = CourierError.credentialsRefused("status 401")

    private static let walletTooLow: Int64 = 350

    /// What an answer with a 4xx means.
    static func error(_ answer: OutboundAnswer) -> CourierError {
        let status = answer.response.status
        if status == 401 { return tokenRefused }
        let body: ProviderObject
        do {
            body = try ProviderObject(parsing: answer.response.body, path: "answer")
        } catch {
            // A page, or nothing: what stands before the application has spoken. Of us and of what was asked nothing is said.
            return .unavailable("status \(status) without an answer of the application")
        }
        // The API user lacks a permission, which no other token brings.
        if status == 403 { return .credentialsRefused(message(in: body) ?? "status 403") }
        return error(status: status, body)
    }

    static func error(status: Int, _ body: ProviderObject) -> CourierError {
        let said = message(in: body) ?? "status \(status)"
        if let lacking = fundsLacking(body) { return lacking }
        let fields = faults(in: body)
        let message = ([said] + fields.map { "\($0.field): \($0.message)" }.filter { !$0.hasSuffix(said) })
            .joined(separator: "; ")
        return meaning(of: message, fields: fields.map(\.field), status: status)
    }

    /// The wallet may be too low in an answer of 200, too. UNCONFIRMED: the words; one of the two tells it.
    static func fundsLacking(_ body: ProviderObject) -> CourierError? {
        let said = message(in: body) ?? ""
        guard body.looseNumber("status_code") == walletTooLow || holds(said, "recharge") else { return nil }
        return .fundsLacking(said.isEmpty ? "the wallet is too low" : said)
    }

    /// What a sentence means, wherever it stands.
    static func meaning(of message: String, fields: [String] = [], status: Int = 200) -> CourierError {
        let message = String(message.unicodeScalars.prefix(500))
        func says(_ parts: String...) -> Bool { parts.contains { holds(message, $0) } }
        if says("recharge") { return .fundsLacking(message) }
        if says("wrong pickup location") { return .refused(code: Code.wrongPickupLocation, message: message) }
        if says("nick name already", "nickname already") {
            return .refused(code: Code.knownPickupLocation, message: message)
        }
        if fields.contains("order_id"), says("exist", "already", "taken", "duplicate") {
            return .refused(code: Code.duplicateOrder, message: message)
        }
        if says("already assigned", "cannot reassign") {
            return .refused(code: Code.alreadyAssigned, message: message)
        }
        if says("duplicate request for pickup", "already in pickup queue") {
            return .refused(code: Code.pickupRequested, message: message)
        }
        if says("manifest already generated") { return .refused(code: Code.alreadyManifested, message: message) }
        if says("serviceable", "servicable") { return .notServiceable(message) }
        if says("order is cancelled", "order is canceled") { return .refused(code: Code.cancelled, message: message) }
        if status == 404 || says("order id not found", "order id does not exist", "order does not exist") {
            return .refused(code: Code.notFound, message: message)
        }
        return .refused(code: status == 200 ? nil : "\(status)", message: message)
    }

    /// Whether a 500 only says that what we have sent has the wrong type: the same call will fail again.
    static func isWrongType(_ evidence: OutboundEvidence) -> Bool {
        guard evidence.status == 500 else { return false }
        do {
            let body = try ProviderObject(parsing: Array(evidence.responseBody.utf8), path: "answer")
            let said = message(in: body) ?? ""
            return holds(said, "invalid argument supplied for foreach")
                || (holds(said, "trying to get property") && holds(said, "of non-object"))
        } catch {
            return false
        }
    }

    private static func message(in body: ProviderObject) -> String? { body.words("message") }

    /// `errors` is an object with lists of sentences; a list, or nothing, elsewhere.
    private static func faults(in body: ProviderObject) -> [(field: String, message: String)] {
        guard let members = body.json.members?["errors"]?.members else { return [] }
        return members.sorted { $0.key < $1.key }.prefix(10).map { field, sentences in
            let first = sentences.elements?.first ?? sentences
            let text: String?
            do { text = try first.value().textValue?.string } catch { text = nil }
            return (field.excerpt(60), text.map { String($0.unicodeScalars.prefix(200)) } ?? "is refused")
        }
    }

    /// - Parameter part: in small letters.
    private static func holds(_ text: String, _ part: String) -> Bool {
        Array(UTF8Text(text).lowercasedASCII.utf8).firstRange(of: Array(part.utf8)) != nil
    }
}
