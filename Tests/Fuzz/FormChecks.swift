import Core
import NIOCore

@testable import Endpoints
@testable import SandboxRuntime

/// Queries and forms are read as the sandbox's reader reads them, and what its writer makes of them reads the same.
enum FormChecks {
    static func checkQuery(_ bytes: [UInt8]) {
        guard let text = String(validating: bytes, as: UTF8.self),
            let values = accepted({ () throws(Problem) in try QueryString.parse(UTF8Text(text)) })
        else { return }
        promise(text.utf8.count <= 8_192 && values.count <= 100, "a query beyond the limits")
        let other = FormBody(text).map { body in
            Dictionary(grouping: body.pairs) { UTF8Text($0.name) }.mapValues { $0.map { UTF8Text($0.value) } }
        }
        promise(other == values, "another reader reads other values")
        guard areShort(values.keys) else { return }
        let again = accepted { () throws(Problem) in try QueryString.parse(UTF8Text(encode(values)), within: .form) }
        promise(again == values, "written and read again it has other values")
    }

    static func checkForm(_ bytes: [UInt8]) {
        guard let entries = accepted({ () throws(Problem) in try FormEntries(ByteBuffer(bytes: bytes)) }) else {
            return
        }
        promise(entries.values.keys.allSatisfy { $0.utf8.count <= 128 }, "a name beyond the limit")
        promise(
            [FormEntries.keyField, FormEntries.versionField, FormEntries.nextField].allSatisfy {
                entries.values[$0] == nil
            },
            "a field that stands for a header is a form's own")
        let texts = entries.values.values.joined()
        promise(texts.allSatisfy { !$0.utf8.contains(0x0D) }, "a line break of two bytes is left")
        guard areShort(entries.values.keys) else { return }
        let encoded = ByteBuffer(string: encode(entries.values))
        let again = accepted { () throws(Problem) in try FormEntries(encoded) }
        promise(again?.values == entries.values, "written and read again it has other values")
    }

    /// A name is limited as it is written, and escapes make it longer.
    private static func areShort(_ names: some Collection<UTF8Text>) -> Bool {
        names.allSatisfy { FormWriter.escape($0.string).utf8.count <= 128 }
    }

    private static func encode(_ values: [UTF8Text: [UTF8Text]]) -> String {
        FormWriter.encode(values.flatMap { name, values in values.map { (name.string, $0.string) } })
    }
}
