import Core
import Foundation
import Outbound
import Synchronization

/// The provider itself: takes calls as a server would, from their bytes.
final class HandshakeBank: OutboundTransport {
    private struct Entry {
        let id: String
        let invoice: String
        let amount: Int64
        let currency: String
        var status = "initiated"
    }

    let token: String
    private let entries = Mutex<[Entry]>([])
    /// What goes wrong at the next call of a kind.
    private let faults = Mutex<[GatewayCallKind: String]>([:])

    init(token: String) {
        self.token = token
    }

    /// What its customers' changes have caused it to tell.
    var told: [String] { entries.withLock { $0.filter { $0.status != "initiated" }.map(\.id) } }

    /// The customer agrees to pay; the money moves once the shop has confirmed.
    func agree(to id: String) { change(id, from: "initiated", to: "agreed") }

    /// - Parameter fault: as in the sandbox's `next`.
    func disturb(_ call: GatewayCallKind, _ fault: String) { faults.withLock { $0[call] = fault } }

    func send(
        method: String, url: String, headers: [OutboundHeader], body: [UInt8], timeout: Duration
    ) async throws(TransportFailure) -> OutboundResponse {
        let call: GatewayCallKind = url.hasSuffix("/execute") ? .confirmReturn : method == "POST" ? .open : .read
        let fault = faults.withLock { $0.removeValue(forKey: call) }
        switch fault {
        case "rate_limit": return Self.answer(429, "slower")
        case "error_before": return Self.answer(500, "failed")
        default: break
        }
        let answer = respond(to: method, url, headers, body)
        switch fault {
        case "error_after": return Self.answer(500, "failed")
        case "lose_answer": throw .interrupted("the answer was lost")
        default: return answer
        }
    }

    private func respond(
        to method: String, _ url: String, _ headers: [OutboundHeader], _ body: [UInt8]
    ) -> OutboundResponse {
        guard headers.contains(OutboundHeader("Authorization", token)) else { return Self.answer(401, "wrong_token") }
        let path = url.split(separator: "/").dropFirst(2).map(String.init)
        switch (method, path.count) {
        case ("POST", 1): return create(body)
        case ("GET", 2): return show(path[1])
        case ("POST", 3) where path[2] == "execute":
            change(path[1], from: "agreed", to: "completed")
            return show(path[1])
        default: return Self.answer(404, "unknown_path")
        }
    }

    private func create(_ body: [UInt8]) -> OutboundResponse {
        guard let order = try? JSONValue(parsing: body), let invoice = order["invoice"]?.textValue?.string,
            let amount = order["amount"]?.integerValue, let currency = order["currency"]?.textValue?.string,
            order["callback"]?.textValue?.string.hasSuffix("/return") == true
        else { return Self.answer(400, "incomplete") }
        let id = entries.withLock { entries in
            if let known = entries.first(where: { $0.invoice == invoice }) { return known.id }
            entries.append(Entry(id: "hs\(entries.count + 1)", invoice: invoice, amount: amount, currency: currency))
            return "hs\(entries.count)"
        }
        return show(id)
    }

    private func show(_ id: String) -> OutboundResponse {
        guard let entry = entries.withLock({ $0.first { $0.id == id } }) else {
            return Self.answer(404, "unknown_payment")
        }
        let isDone = entry.status == "completed"
        let json: JSONValue = [
            "id": .string(entry.id), "page": .string("https://handshake.test/pay/\(entry.id)"),
            "status": .string(entry.status), "amount": .integer(entry.amount), "currency": .string(entry.currency),
            "transaction": isDone ? .string("TRX-\(entry.id)") : .null,
        ]
        return OutboundResponse(status: 200, body: json.canonicalBytes)
    }

    private func change(_ id: String, from old: String, to new: String) {
        entries.withLock { entries in
            guard let index = entries.firstIndex(where: { $0.id == id && $0.status == old }) else { return }
            entries[index].status = new
        }
    }

    private static func answer(_ status: Int, _ word: String) -> OutboundResponse {
        OutboundResponse(status: status, body: Array(word.utf8))
    }
}
