import Core
import Outbound

/// A no of bKash's, which comes with HTTP 200 and in several shapes.
struct BKashRefusal {
    /// The calls that want to know more of a refusal name its code so.
    enum Code {
        static let unknownPayment = "2002"
        static let unknownTransaction = "2033"
        /// UNCONFIRMED: what the list of a transaction's refunds says where there is none.
        static let noRefunds = "2071"
        /// The customer has not finished at bKash's page.
        static let notReady: Set<UTF8Text> = ["2054", "2060"]
        /// It was executed before, so that only the query tells what came of it.
        static let alreadyExecuted: Set<UTF8Text> = ["2062", "2068", "2116", "2117", "2119"]
        fileprivate static let credentials: Set<UTF8Text> = ["2001", "2079"]
        /// bKash itself is in trouble: what it has done nevertheless is not said.
        fileprivate static let trouble: Set<UTF8Text> = ["503", "2003", "2118", "9999"]
    }

    /// nil where what stands before the application speaks: `{"message": …}`.
    let code: UTF8Text?
    let message: String

    /// - Returns: nil for a yes.
    init?(_ answer: ProviderObject) {
        // The second refund API has names of its own.
        let code = answer.note("errorCode") ?? answer.note("externalCode") ?? answer.note("statusCode")
        let text = answer.note("errorMessage") ?? answer.note("errorMessageEn") ?? answer.note("statusMessage")
        let other = answer.note("message")
        guard code.map({ UTF8Text($0) != "0000" }) ?? (other != nil) else { return nil }
        self.code = code.map { UTF8Text($0) }
        message = text ?? other ?? "no message"
    }

    func gatewayError(_ call: OutboundEvidence) -> GatewayError {
        guard let code else { return .unknown(message) }
        if Code.credentials.contains(code) { return .credentialsRefused("\(code): \(message)") }
        if Code.trouble.contains(code) { return .unknown("\(code): \(message)") }
        return .refused(code: code.excerpt(), message: message, evidence: call)
    }

    static func gatewayError(_ error: OutboundError) -> GatewayError {
        if case .refused(let answer) = error, answer.response.status == 403 {
            return .credentialsRefused("status 403")
        }
        return GatewayError(error) { answer in
            do {
                let object = try ProviderObject(parsing: answer.response.body, path: "answer")
                let refusal = BKashRefusal(object)
                return (refusal?.code?.excerpt(), refusal?.message ?? "status \(answer.response.status)")
            } catch {
                return (nil, "status \(answer.response.status) without a readable body")
            }
        }
    }
}
