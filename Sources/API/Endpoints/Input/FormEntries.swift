import Core
import NIOCore

/// What a form held when a browser posted it (`application/x-www-form-urlencoded`).
struct FormEntries: Sendable {
    /// Fields that stand for the headers which no form can send, and one for the browser's way; they are none of the form's own.
    static let keyField: UTF8Text = "idempotency_key"
    static let versionField: UTF8Text = "if_match"
    /// Where the browser goes on once the form is accepted.
    static let nextField: UTF8Text = "next_page"

    /// The values of each field, in order.
    let values: [UTF8Text: [UTF8Text]]
    let idempotencyKey: UTF8Text?
    /// The ETag of the version that is edited.
    let expectedVersion: UTF8Text?
    let nextPage: UTF8Text?

    static let none = FormEntries(values: [:])

    private init(values: [UTF8Text: [UTF8Text]]) {
        idempotencyKey = values[Self.keyField]?.first
        expectedVersion = values[Self.versionField]?.first
        nextPage = values[Self.nextField]?.first
        self.values = values.filter { ![Self.keyField, Self.versionField, Self.nextField].contains($0.key) }
    }

    /// - Throws: 422 naming each field that is not percent-encoded UTF-8 or has too long a name; 422 for too many fields.
    init(_ body: ByteBuffer) throws(Problem) {
        guard let text = String(validating: body.readableBytesView, as: UTF8.self) else {
            throw .invalidInput([FieldProblem(pointer: "", code: "encoding", message: "the form must be UTF-8")])
        }
        let parsed = try QueryString.parse(UTF8Text(text), within: .form)
        self.init(values: parsed.mapValues { values in values.map(Self.withPlainLineBreaks) })
    }

    var members: [UTF8Text: FieldInput] { values.mapValues(FieldInput.form) }

    /// Browsers send CR LF for each line break of a text; what else sends a CR alone means one, too.
    private static func withPlainLineBreaks(_ text: UTF8Text) -> UTF8Text {
        let carriageReturn = UInt8(ascii: "\r")
        guard text.utf8.contains(carriageReturn) else { return text }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var followsReturn = false
        for byte in text.utf8 {
            let isReturn = byte == carriageReturn
            if !(followsReturn && byte == UInt8(ascii: "\n")) { bytes.append(isReturn ? UInt8(ascii: "\n") : byte) }
            followsReturn = isReturn
        }
        return UTF8Text(String(decoding: bytes, as: UTF8.self))
    }
}
