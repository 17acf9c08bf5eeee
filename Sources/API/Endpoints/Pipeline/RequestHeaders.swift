import Core
import HTTPTypes
import Hummingbird

/// The request headers that endpoints share.
enum RequestHeaders {
    /// 8 to 255 visible ASCII characters (draft-ietf-httpapi-idempotency-key-header; the length keeps keys from being
    /// guessed).
    static let idempotencyKeySchema = TextSchema(length: 8...255, pattern: "^[\\x21-\\x7e]*$")

    /// - Throws: 400 when the key is missing but required, or not acceptable.
    static func idempotencyKey(_ request: Request, _ idempotency: Idempotency) throws(Problem) -> String? {
        guard idempotency != .none else { return nil }
        guard let key = request.headers[.idempotencyKey] else {
            guard idempotency == .required else { return nil }
            throw ProblemType.idempotencyKeyMissing.problem("Send a fresh UUID in the Idempotency-Key header")
        }
        guard (8...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw ProblemType.malformedRequest.problem("Idempotency-Key must be 8 to 255 visible ASCII characters")
        }
        return key
    }

    /// - Throws: 428 when `If-Match` is missing, 400 when it is not the tag of a version.
    static func expectedVersion(_ request: Request, _ edit: EditPrecondition) throws(Problem) -> Int64? {
        guard edit == .ifMatch else { return nil }
        guard let header = request.headers[.ifMatch] else {
            throw ProblemType.preconditionRequired.problem("Send the ETag of what you edit in the If-Match header")
        }
        switch EntityTag.expectation(in: header) {
        case .any: return nil
        case .version(let version): return version
        case .malformed:
            throw ProblemType.malformedRequest.problem("If-Match must be the ETag of a version, such as \"7\", or *")
        }
    }

    /// Refuses by the headers alone what can't be a JSON body.
    ///
    /// - Throws: 413, 415.
    static func checkBody(_ request: Request, limit: Int) throws(Problem) {
        let length = request.headers[.contentLength].flatMap { Int($0) }
        if let length, length > limit {
            throw ProblemType.bodyTooLarge.problem("At most \(limit) bytes are accepted")
        }
        let isEmpty = length ?? 0 == 0 && !request.headers.contains(.transferEncoding)
        guard let contentType = request.headers[.contentType] else {
            if isEmpty { return }
            throw ProblemType.unsupportedMediaType.problem("Send Content-Type: application/json")
        }
        guard isJSON(contentType) else {
            throw ProblemType.unsupportedMediaType.problem("Send application/json, in UTF-8 and not compressed")
        }
        guard request.headers[.contentEncoding].map({ $0.lowercased() == "identity" }) ?? true else {
            throw ProblemType.unsupportedMediaType.problem("Send the body without Content-Encoding")
        }
    }

    private static func isJSON(_ contentType: String) -> Bool {
        let parts = contentType.lowercased().split(separator: ";").map { $0.filter { !$0.isWhitespace && $0 != "\"" } }
        guard parts.first == "application/json" else { return false }
        return parts.dropFirst().allSatisfy { !$0.hasPrefix("charset=") || $0 == "charset=utf-8" }
    }
}
