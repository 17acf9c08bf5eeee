import HTTPTypes
import NIOCore

extension StoredResponse {
    init(_ answer: Answer) {
        var headers: [String: String] = [:]
        for field in answer.headers { headers[field.name.canonicalName] = field.value }
        if let location = answer.location { headers[Self.locationKey] = location }
        self.init(status: answer.status.code, headers: headers, body: Array(answer.body.readableBytesView))
    }

    /// The location below the prefix, which is put before it when the answer goes out.
    fileprivate static let locationKey = "location"
}

extension Answer {
    init(replaying stored: StoredResponse) {
        self.init(status: HTTPResponse.Status(code: stored.status), body: ByteBuffer(bytes: stored.body))
        for (name, value) in stored.headers where name != StoredResponse.locationKey {
            guard let name = HTTPField.Name(name) else { continue }
            headers[name] = value
        }
        location = stored.headers[StoredResponse.locationKey]
        headers[.idempotentReplayed] = "true"
    }
}
