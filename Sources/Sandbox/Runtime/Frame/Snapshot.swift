import Foundation

/// The state of all providers in one file, so that a restart goes on where the last run ended.
struct Snapshot: Sendable {
    let path: String

    static func encode(_ state: some Encodable) throws -> JSON {
        .string(String(decoding: try JSONEncoder().encode(state), as: UTF8.self))
    }

    static func decode<State: Decodable>(_ type: State.Type, from snapshot: JSON) throws -> State {
        try JSONDecoder().decode(type, from: Data((snapshot.stringValue ?? "").utf8))
    }

    func save(_ providers: [any Provider]) throws {
        var file = JSONObject()
        for provider in providers { file[provider.name] = try provider.snapshot() }
        try Data(JSON.object(file).compact).write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    /// Does nothing where there is no file yet.
    func restore(_ providers: [any Provider]) throws {
        guard FileManager.default.fileExists(atPath: path) else { return }
        let file = try JSONParser.parse(Array(Data(contentsOf: URL(fileURLWithPath: path))))
        for provider in providers {
            if let state = file[provider.name] { try provider.restore(state) }
        }
    }
}
