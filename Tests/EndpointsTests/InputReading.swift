import Core
import NIOCore

@testable import Endpoints

extension APIInput {
    /// Reads a JSON text without HTTP.
    static func read(_ text: String) throws -> Self {
        guard case .object(let members) = try JSONValue(parsing: text) else { throw Wreck() }
        return try read(members.mapValues(FieldInput.json))
    }
}

enum TestFingerprint {
    static func of(path: String, body: String) -> [UInt8] {
        RequestFingerprint.of(path: path, query: "", body: ByteBuffer(string: body))
    }
}
