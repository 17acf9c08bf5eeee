import Foundation
import Testing

/// What is sent on a connection, and what RFC 9110 and 9112 want to come back.
struct HTTPDuty: Sendable, CustomTestStringConvertible {
    enum Afterwards { case goesOn, ends }

    let section: String
    let what: String
    /// Each is sent once what came before has been answered.
    let sent: [String]
    let statuses: [Int]
    let afterwards: Afterwards
    /// What the first final answer has among its lines.
    let lines: [String]
    /// Names of headers that it must not have.
    let lacking: [String]

    init(
        _ section: String, _ what: String, _ sent: String..., answers statuses: Int..., then afterwards: Afterwards,
        lines: [String] = [], lacking: [String] = []
    ) {
        self.section = section
        self.what = what
        self.sent = sent
        self.statuses = statuses
        self.afterwards = afterwards
        self.lines = lines
        self.lacking = lacking
    }

    var testDescription: String { "RFC \(section): \(what)" }
}

extension HTTPDuty {
    static let small = "/api/v1/products"

    static func request(
        _ method: String = "GET", _ target: String = small, version: String = "1.1", host: String = "Host: x\r\n",
        fields: String = ""
    ) -> String { "\(method) \(target) HTTP/\(version)\r\n\(host)\(fields)\r\n" }

    /// An order that lacks everything: read to its end and refused with 422.
    static func order(
        _ fields: String, _ body: String = "{}", type: String = "application/json", version: String = "1.1"
    ) -> String {
        request(
            "POST", "/api/v1/orders", version: version,
            fields: "Content-Type: \(type)\r\nIdempotency-Key: \(UUID().uuidString)\r\n\(fields)") + body
    }

    static func chunked(_ body: String, _ coding: String = "chunked", version: String = "1.1") -> String {
        order("Transfer-Encoding: \(coding)\r\n", body, version: version)
    }
}
