import Core
import Foundation
import Outbound

/// What a cache is to drop.
enum Purge: Hashable, Sendable {
    case keys([SurrogateKey])
    case everything
}

/// A call that tells a cache what to drop, as this kind of cache wants it.
struct PurgeCall {
    let settings: PurgeSettings

    /// How many keys one call takes.
    var mostKeys: Int {
        switch settings.form {
        case .webhook: 500
        case .fastly: 256
        case .cloudflare: 30
        }
    }

    /// - Parameter id: the same for a repetition.
    func request(_ purge: Purge, id: String, at moment: Date) -> OutboundRequest {
        let (path, body) = content(purge, at: moment)
        return OutboundRequest(
            operation: "cache.purge", method: "POST", path: path,
            headers: [OutboundHeader("Content-Type", "application/json")] + credentials(id: id, body, at: moment),
            // What is dropped twice is only fetched once more.
            body: body, safety: .read, subject: id)
    }

    private func content(_ purge: Purge, at moment: Date) -> (path: String, body: [UInt8]) {
        let path = settings.path
        switch (settings.form, purge) {
        case (.webhook, .keys(let keys)): return (path, event(["keys": list(keys)], at: moment))
        case (.webhook, .everything): return (path, event(["everything": true], at: moment))
        case (.fastly, .keys(let keys)):
            return ("\(path)/purge", (["surrogate_keys": list(keys)] as JSONValue).canonicalBytes)
        case (.fastly, .everything): return ("\(path)/purge_all", ([:] as JSONValue).canonicalBytes)
        case (.cloudflare, .keys(let keys)): return (path, (["tags": list(keys)] as JSONValue).canonicalBytes)
        case (.cloudflare, .everything): return (path, (["purge_everything": true] as JSONValue).canonicalBytes)
        }
    }

    private func list(_ keys: [SurrogateKey]) -> JSONValue { .array(keys.map { .string($0.description) }) }

    private func event(_ data: JSONValue, at moment: Date) -> [UInt8] {
        let event: JSONValue = [
            "type": "cache.purge", "timestamp": .string(moment.formatted(.iso8601)), "data": data,
        ]
        return event.canonicalBytes
    }

    func credentials(id: String, _ body: [UInt8], at moment: Date) -> [OutboundHeader] {
        let secret = settings.secret.reveal()
        switch settings.form {
        case .webhook:
            let seconds = moment.secondsSince1970
            let signature = WebhookSigningKey(secret)?.signature(id: id, seconds: seconds, body: body)
            return [
                OutboundHeader("webhook-id", id), OutboundHeader("webhook-timestamp", "\(seconds)"),
                OutboundHeader("webhook-signature", signature ?? ""),
            ]
        case .fastly: return [OutboundHeader("Fastly-Key", secret)]
        case .cloudflare: return [OutboundHeader("Authorization", "Bearer \(secret)")]
        }
    }
}
