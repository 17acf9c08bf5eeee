package import Core
package import NIOCore

/// The fields of a query or of a posted form, for operations that read HTTP by themselves; the first value of each.
package enum URLEncodedFields {
    /// - Throws: 422 for what is not percent-encoded UTF-8, and for what exceeds the limits of a query.
    package static func read(_ text: String) throws(Problem) -> [String: String] {
        try QueryString.parse(UTF8Text(text)).reduce(into: [:]) { fields, field in
            fields[field.key.string] = field.value.first?.string
        }
    }

    /// The same of a body.
    package static func read(_ body: ByteBuffer) throws(Problem) -> [String: String] {
        guard let text = String(validating: body.readableBytesView, as: UTF8.self) else {
            throw .invalidInput([FieldProblem(pointer: "", code: "encoding", message: "the form must be UTF-8")])
        }
        return try read(text)
    }
}
