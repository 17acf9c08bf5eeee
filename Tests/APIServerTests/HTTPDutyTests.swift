import Foundation
import HummingbirdTesting
import Testing

/// The whole API at a socket, held against RFC 9110 and 9112.
@Suite("Duties of an HTTP server")
struct HTTPDutyTests {
    /// Ends every conversation, and is answered where the connection has gone on until then.
    private static let farewell = HTTPDuty.request("HEAD", fields: "Connection: close\r\n")

    @Test("Every duty of the table is done")
    func duties() async throws {
        try await LiveAPI.run(isLimited: false, over: .live) { api in
            let port = try #require(api.client.port)
            for duty in HTTPDuty.all {
                for objection in try await objections(to: duty, port) {
                    Issue.record("\(duty.testDescription): \(objection)")
                }
            }
        }
    }

    private func objections(to duty: HTTPDuty, _ port: Int) async throws -> [String] {
        let client = try PlainClient(port: port)
        for piece in duty.sent.dropLast() {
            try client.send(piece)
            await client.waitForAnswer()
        }
        try client.send((duty.sent.last ?? "") + Self.farewell)
        let text = await client.read(patience: .seconds(30))
        let answers = Answers(text)
        let expected = duty.statuses + (duty.afterwards == .goesOn ? [200] : [])
        var objections: [String] = []
        if answers.statuses != expected { objections.append("\(answers.statuses) instead of \(expected)") }
        if !client.isClosed { objections.append("the connection does not end") }
        let lines = answers.firstFinal
        objections += duty.lines.filter { line in !lines.contains { $0.hasPrefix(line) } }.map {
            "lacks \($0) in \(lines)"
        }
        objections += duty.lacking.filter { name in lines.contains { $0.hasPrefix("\(name):") } }.map { "has \($0)" }
        return objections
    }
}

/// What came over a connection.
private struct Answers {
    let statuses: [Int]
    /// Of the first answer that is not interim: names in small letters, values as they came.
    let firstFinal: [String]

    init(_ text: String) {
        let heads = text.matches(of: #/HTTP/1\.[01] ([0-9]{3}) /#)
        statuses = heads.compactMap { Int($0.1) }
        let first = heads.first { !$0.1.hasPrefix("1") }
        let head = first.map { text[$0.range.upperBound...] }?.split(separator: "\r\n\r\n", maxSplits: 1).first ?? ""
        firstFinal = head.split(separator: "\r\n").dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return parts[0].lowercased() + ":" + parts.dropFirst().joined()
        }
    }
}
