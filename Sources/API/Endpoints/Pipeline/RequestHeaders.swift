import Core
import HTTPTypes
import Hummingbird

/// The request headers that endpoints share.
enum RequestHeaders {
    /// 8 to 255 visible ASCII characters (draft-ietf-httpapi-idempotency-key-header; the length keeps keys from being
    /// guessed).
    static let idempotencyKeySchema = TextSchema(length: 8...255, pattern: "^[\\x21-\\x7e]*$")

    /// - Throws: 400 when the key is missing but required, or not acceptable.
    static func idempotencyKey(_ key: UTF8Text?, _ idempotency: Idempotency) throws(Problem) -> String? {
        guard idempotency != .none else { return nil }
        guard let key else {
            guard idempotency == .required else { return nil }
            throw ProblemType.idempotencyKeyMissing.problem("Send a fresh UUID in the Idempotency-Key header")
        }
        guard (8...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw ProblemType.malformedRequest.problem("Idempotency-Key must be 8 to 255 visible ASCII characters")
        }
        return key.string
    }

    /// - Throws: 428 when `If-Match` is missing, 400 when it is not the tag of a version.
    static func expectedVersion(_ header: UTF8Text?, _ edit: EditPrecondition) throws(Problem) -> Int64? {
        guard edit == .ifMatch else { return nil }
        guard let header else {
            throw ProblemType.preconditionRequired.problem("Send the ETag of what you edit in the If-Match header")
        }
        switch EntityTag.expectation(in: header) {
        case .any: return nil
        case .version(let version): return version
        case .malformed:
            throw ProblemType.malformedRequest.problem("If-Match must be the ETag of a version, such as \"7\", or *")
        }
    }

    /// How bodies are written.
    struct MediaType {
        let name: StaticString

        static let json = MediaType(name: "application/json")
        static let form = MediaType(name: "application/x-www-form-urlencoded")
    }

    /// Refuses by the headers alone what can't be a body of this type.
    ///
    /// - Throws: 413, 415.
    static func checkBody(_ request: Request, _ mediaType: MediaType, limit: Int) throws(Problem) {
        let length = try checkLength(request, limit: limit)
        let isEmpty = length ?? 0 == 0 && !request.headers.contains(.transferEncoding)
        guard let contentType = request.headers.text(.contentType) else {
            if isEmpty { return }
            throw ProblemType.unsupportedMediaType.problem("Send Content-Type: \(mediaType.name)")
        }
        guard HeaderGrammar.isUTF8(contentType, mediaType.name) else {
            throw ProblemType.unsupportedMediaType.problem(
                "Send \(mediaType.name), in UTF-8 and not compressed")
        }
        try checkEncoding(request)
    }

    /// Refuses by the headers alone what can't be an upload of these rules.
    ///
    /// - Returns: the media type, one of the rules'.
    /// - Throws: 413, 415.
    static func checkUpload(_ request: Request, _ rules: UploadRules) throws(Problem) -> String {
        _ = try checkLength(request, limit: rules.limit)
        guard let contentType = request.headers.text(.contentType),
            let type = HeaderGrammar.mediaType(in: contentType, among: rules.contentTypes)
        else {
            throw ProblemType.unsupportedMediaType.problem(
                "Send Content-Type: one of \(rules.contentTypes.joined(separator: ", "))")
        }
        try checkEncoding(request)
        return type
    }

    /// The length that the request tells, if it does.
    private static func checkLength(_ request: Request, limit: Int) throws(Problem) -> Int? {
        let length = request.headers.text(.contentLength).flatMap { Int($0.string) }
        if let length, length > limit { throw ProblemType.bodyLargerThan(limit) }
        return length
    }

    private static func checkEncoding(_ request: Request) throws(Problem) {
        guard request.headers.text(.contentEncoding)?.utf8.isEqualIgnoringCase(to: "identity") ?? true else {
            throw ProblemType.unsupportedMediaType.problem("Send the body without Content-Encoding")
        }
    }
}

extension HTTPFields {
    /// The value of a header of a request, which is read no other way.
    func text(_ name: HTTPField.Name) -> UTF8Text? { self[name].map { UTF8Text($0) } }
}

extension ProblemType {
    static func bodyLargerThan(_ limit: Int) -> Problem {
        bodyTooLarge.problem("At most \(limit) bytes are accepted here")
    }
}
