import Core
import Foundation

@testable import Jobs

/// What has a name has one alone, and it is read back.
enum NameChecks {
    static func checkTypeID(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        for prefix in ["", "ord", "a_b"] {
            guard let uuid = TypeID.decode(text, prefix: prefix) else { continue }
            promise(UTF8Text(TypeID.encode(prefix: prefix, uuid: uuid)) == UTF8Text(text), "an id with two names")
        }
        var bytes = FuzzedBytes(bytes)
        let uuid = bytes.uuid()
        let prefix = bytes.text()
        promise(
            TypeID.decode(TypeID.encode(prefix: prefix, uuid: uuid), prefix: prefix) == uuid, "an id that is lost")
    }

    static func checkCursor(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        for count in 1...3 {
            guard let cursor = decode(text, listing: "orders", keyCount: count) else { continue }
            promise(cursor.keys.count == count, "a cursor of \(cursor.keys.count) keys")
            promise(UTF8Text(cursor.encoded) == UTF8Text(text), "a position with two cursors")
        }
        var bytes = FuzzedBytes(bytes)
        let cursor = Cursor(listing: bytes.text(), keys: [bytes.text(), bytes.text()])
        guard cursor.encoded.utf8.count <= 1024 else { return }
        promise(decode(cursor.encoded, listing: cursor.listing, keyCount: 2) == cursor, "a cursor that is lost")
        promise(
            decode(cursor.encoded, listing: cursor.listing + "x", keyCount: 2) == nil, "a cursor of another listing")
    }

    private static func decode(_ text: String, listing: String, keyCount: Int) -> Cursor? {
        accepted { () throws(Problem) in try Cursor(decoding: text, listing: listing, keyCount: keyCount) }
    }

    static func checkDispatch(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        if let key = DispatchKey(text) {
            promise(
                UTF8Text(DispatchKey(jobID: key.jobID, attempt: key.attempt).text) == UTF8Text(text),
                "a dispatch with two names")
        }
        var fuzzed = FuzzedBytes(bytes)
        let key = DispatchKey(jobID: fuzzed.uuid(), attempt: fuzzed.integer(Int32.self) & .max)
        promise(DispatchKey(key.text) == key, "a dispatch that is lost")
    }
}

extension FuzzedBytes {
    fileprivate mutating func uuid() -> UUID {
        UUID(
            uuid: (
                byte(), byte(), byte(), byte(), byte(), byte(), byte(), byte(), byte(), byte(), byte(), byte(), byte(),
                byte(), byte(), byte()
            ))
    }
}
