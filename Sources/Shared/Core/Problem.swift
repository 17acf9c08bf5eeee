/// What is wrong with one field of the input.
package struct FieldProblem: Error, Hashable, Sendable, Codable {
    /// A JSON pointer (RFC 6901) into the body, such as "/lines/0/quantity", or the name of a parameter.
    package let pointer: String
    /// A stable word for programs, such as "required" or "too_long".
    package let code: String
    /// A sentence for people.
    package let message: String

    package init(pointer: String, code: String, message: String) {
        self.pointer = pointer
        self.code = code
        self.message = message
    }
}

/// A refusal that a caller can understand: the content of an RFC 9457 problem document.
package struct Problem: Error, Hashable, Sendable {
    /// A stable slug, such as "insufficient-stock"; the HTTP layer makes a URI of it.
    package var type: String
    /// A short sentence, the same for every occurrence of `type`.
    package var title: String
    /// The HTTP status code.
    package var status: Int
    /// What happened this time.
    package var detail: String?
    /// What is wrong with single fields, the first of them.
    package var fields: [FieldProblem]
    /// How many fields are wrong; at least as many as `fields` tells.
    package var fieldCount: Int
    /// Further members of the document.
    package var extensions: [String: JSONValue]
    /// When the same request may well succeed; nil: not by waiting. Such a refusal is not remembered under an idempotency
    /// key.
    package var retryAfter: Duration?

    package init(
        type: String, title: String, status: Int, detail: String? = nil, fields: FieldProblems,
        extensions: [String: JSONValue] = [:], retryAfter: Duration? = nil
    ) {
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
        self.fields = fields.told
        fieldCount = fields.count
        self.extensions = extensions
        self.retryAfter = retryAfter
    }

    package init(
        type: String, title: String, status: Int, detail: String? = nil, fields: [FieldProblem] = [],
        extensions: [String: JSONValue] = [:], retryAfter: Duration? = nil
    ) {
        self.init(
            type: type, title: title, status: status, detail: detail, fields: FieldProblems(fields),
            extensions: extensions, retryAfter: retryAfter)
    }
}

/// An error that has a meaning for the caller.
package protocol ProblemConvertible: Error {
    var problem: Problem { get }
}

extension Problem: ProblemConvertible {
    package var problem: Problem { self }
}

extension Problem: CustomStringConvertible {
    /// What operators read on the command line and in logs.
    package var description: String { detail.map { "\(title): \($0)" } ?? title }
}

extension Problem {
    /// 422: the input is well-formed but these fields are not acceptable.
    package static func invalidInput(_ fields: FieldProblems) -> Problem {
        Problem(
            type: "invalid-input", title: "The input is not valid", status: 422,
            detail: fields.count == 1 ? fields.told[0].message : "\(fields.count) fields are not valid", fields: fields)
    }

    /// 422: the input is well-formed but these fields are not acceptable.
    package static func invalidInput(_ fields: [FieldProblem]) -> Problem { invalidInput(FieldProblems(fields)) }

    /// 404: there is no such thing, or the caller may not know of it.
    package static func notFound(_ what: String) -> Problem {
        Problem(type: "not-found", title: "Not found", status: 404, detail: "There is no such \(what)")
    }

    /// 409: the present state of the thing does not allow this.
    package static func conflict(_ type: String, title: String, detail: String) -> Problem {
        Problem(type: type, title: title, status: 409, detail: detail)
    }

    /// 412: the thing was changed since the caller read it.
    package static func versionMismatch(current: Int64) -> Problem {
        Problem(
            type: "version-mismatch", title: "Changed by someone else", status: 412,
            detail: "The version given in If-Match is not the current one; read it again and repeat the change",
            extensions: ["current_version": .integer(current)])
    }
}
