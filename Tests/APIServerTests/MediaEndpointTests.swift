import Core
import Foundation
import HTTPTypes
import HummingbirdTesting
import Identity
import NIOCore
import Platform
import Postgres
import Testing

@testable import APIServer

@Suite("Media over HTTP")
struct MediaEndpointTests {
    private static let table = Array("sku,quantity\nA,1\n".utf8)

    @Test("A public picture is fetched by everybody, kept by caches for good, and can't be taken for a page")
    func publicPicture() async throws {
        try await LiveAPI.run { api in
            let reply = try await api.upload(
                "/media?purpose=product_image&visibility=public&file_name=b%C3%B6%22t%2Fx.gif", Picture.gif,
                as: "image/gif")
            #expect(reply.status == 201)
            let media = try reply.json
            let id = try #require(media["id"]?.stringValue)
            #expect(reply.header("Location") == "/api/v1/media/\(id)")
            #expect(media["url"] == .string("https://shop.example/media/\(id)"))
            #expect(media["file_name"] == "bö\"t/x.gif" && media["vendor_id"] == .null)
            let file = try await api.fetch("/media/\(id)")
            #expect(file.status == 200 && file.bytes == Picture.gif)
            #expect(file.header("Content-Type") == "image/gif")
            #expect(file.header("Content-Length") == "\(Picture.gif.count)")
            #expect(file.header("Cache-Control") == "public, max-age=31536000, immutable")
            #expect(file.header("X-Content-Type-Options") == "nosniff")
            #expect(file.header("Content-Security-Policy") == "default-src 'none'; sandbox")
            #expect(
                file.header("Content-Disposition")
                    == #"inline; filename="b__t_x.gif"; filename*=UTF-8''b%C3%B6%22t_x.gif"#)
            let tag = try #require(file.header("ETag"))
            for known in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
                let unchanged = try await api.fetch("/media/\(id)", headers: ["If-None-Match": known])
                #expect(unchanged.status == 304 && unchanged.bytes.isEmpty && unchanged.header("ETag") == tag)
            }
            #expect(try await api.fetch("/media/\(id)", headers: ["If-None-Match": "\"other\""]).status == 200)
            let head = try await api.fetch("/media/\(id)", method: .head)
            #expect(head.status == 200 && head.bytes.isEmpty)
        }
    }

    @Test("A private file opens by a link alone, which nobody keeps, and ends with the file")
    func privateFile() async throws {
        try await LiveAPI.run { api in
            let reply = try await api.upload("/media?purpose=import", Self.table, as: "text/csv; charset=utf-8")
            let id = try #require(try reply.json["id"]?.stringValue)
            #expect(try reply.json["url"] == .null)
            #expect(try await api.fetch("/media/\(id)").status == 404)
            let link = try await api.call(.post, "/media/\(id)/links", ["expires_in": 60])
            #expect(link.status == 200)
            let url = try #require(try link.json["url"]?.stringValue)
            let path = String(url.dropFirst("https://shop.example".count))
            let file = try await api.fetch(path)
            #expect(file.status == 200 && file.bytes == Self.table)
            #expect(file.header("Cache-Control") == "private, no-store")
            #expect(file.header("Content-Disposition") == "attachment")
            #expect(file.header("Referrer-Policy") == "no-referrer")
            #expect(try await api.fetch(path + "A").status == 404)
            #expect(try await api.fetch(path.replacing("expires=", with: "expires=9")).status == 404)
            #expect(try await api.fetch("/media/\(id)?expires=%FF").status == 422)
            #expect(try await api.call(.delete, "/media/\(id)").status == 204)
            #expect(try await api.fetch(path).status == 404)
            #expect(try await api.call(.get, "/media/\(id)").status == 404)
        }
    }

    @Test("A part of a file is fetched by its range, so that a download goes on where it was interrupted")
    func ranges() async throws {
        try await LiveAPI.run { api in
            let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
            let reply = try await api.upload(
                "/media?purpose=download", bytes, as: "application/octet-stream")
            let id = try #require(try reply.json["id"]?.stringValue)
            let link = try await api.call(.post, "/media/\(id)/links", ["expires_in": 60])
            let path = String(try #require(try link.json["url"]?.stringValue).dropFirst("https://shop.example".count))
            let whole = try await api.fetch(path)
            #expect(whole.status == 200 && whole.bytes == bytes && whole.header("Accept-Ranges") == "bytes")
            let tag = try #require(whole.header("ETag"))
            for (range, part) in [
                ("bytes=0-0", 0..<1), ("bytes=65530-70000", 65_530..<70_001), ("bytes=299999-", 299_999..<300_000),
                ("bytes=-100000", 200_000..<300_000),
            ] {
                let answer = try await api.fetch(path, headers: ["Range": range, "If-Range": tag])
                #expect(answer.status == 206 && answer.bytes == Array(bytes[part]), "\(range)")
                #expect(
                    answer.header("Content-Range") == "bytes \(part.lowerBound)-\(part.upperBound - 1)/300000")
                #expect(answer.header("Content-Length") == "\(part.count)")
            }
            let changed = try await api.fetch(path, headers: ["Range": "bytes=5-9", "If-Range": "\"other\""])
            #expect(changed.status == 200 && changed.bytes.count == 300_000)
            let beyond = try await api.fetch(path, headers: ["Range": "bytes=300000-"])
            #expect(beyond.status == 416 && beyond.header("Content-Range") == "bytes */300000")
            #expect(try await api.fetch("/media/\(id)", headers: ["Range": "bytes=0-1"]).status == 404)
        }
    }

    @Test("What is not what it says, too large, or beyond the quota is refused and named")
    func refusals() async throws {
        try await LiveAPI.run { api in
            let vendor = try await api.createVendor()
            let cases: [(String, [UInt8], String, Int, String)] = [
                ("?purpose=product_image", Self.table, "image/gif", 422, "media-content-mismatch"),
                ("?purpose=product_image", Array("<svg/>".utf8), "image/svg+xml", 415, "unsupported-media-type"),
                ("?purpose=import", Array("<html>".utf8), "text/csv", 422, "media-content-mismatch"),
                ("?purpose=import", [], "text/csv", 422, "media-empty"),
                ("?purpose=import", Picture.gif, "image/gif", 422, "invalid-input"),
                ("?purpose=import&visibility=public", Self.table, "text/csv", 422, "invalid-input"),
                ("?purpose=secret", Self.table, "text/csv", 422, "invalid-input"),
                ("?purpose=import&path=/etc", Self.table, "text/csv", 422, "invalid-input"),
                ("", Self.table, "text/csv", 422, "invalid-input"),
                (
                    "?purpose=vendor_image", Picture.gif + Array(repeating: 0, count: 2 << 20), "image/gif", 413,
                    "media-too-large"
                ),
                (
                    "?purpose=vendor_image&vendor_id=\(vendor)", Picture.gif + Array(repeating: 0, count: 1 << 20),
                    "image/gif", 409, "media-quota-exceeded"
                ),
            ]
            for (query, bytes, type, status, problem) in cases {
                let reply = try await api.upload("/media\(query)", bytes, as: type)
                #expect(reply.status == status, "\(query) \(type)")
                #expect(try reply.problem == problem, "\(query) \(type)")
            }
            let directory = api.platform.configuration.media.directory
            let files = try FileManager.default.subpathsOfDirectory(atPath: directory)
            #expect(!files.contains { $0.contains("med_") }, "\(files)")
        }
    }

    @Test("A vendor's program uploads for its vendor, and others' files are not there for it")
    func vendors() async throws {
        try await LiveAPI.run { api in
            let (own, other) = (try await api.createVendor(), try await api.createVendor())
            let created = try await api.call(
                .post, "/api_keys", ["name": "Shop", "role": "vendor_manager", "vendor_id": .string(own)])
            let token = try #require(try created.json["token"]?.stringValue)
            let mine = try await api.upload("/media?purpose=vendor_image", Picture.gif, as: "image/gif", token: token)
            #expect(try mine.json["vendor_id"] == .string(own))
            let foreign = try await api.uploadImage(of: other)
            for (method, path) in [
                (HTTPRequest.Method.get, ""), (.delete, ""), (.post, "/links"),
            ] {
                let body: JSONValue? = method == .post ? [:] : nil
                let reply = try await api.call(method, "/media/\(foreign)\(path)", body, token: token)
                #expect(reply.status == 404, "\(method) \(path)")
            }
            let asOther = try await api.upload(
                "/media?purpose=vendor_image&vendor_id=\(other)", Picture.gif, as: "image/gif", token: token)
            #expect(asOther.status == 422)
            let list = try await api.call(.get, "/media", token: token).json
            #expect(list["data"]?.arrayValue?.count == 1)
            #expect(try await api.upload("/media?purpose=import", Self.table, as: "text/csv", token: nil).status == 401)
        }
    }

    @Test("A repetition gets the first one's answer, and its own bytes don't stay")
    func repetition() async throws {
        try await LiveAPI.run { api in
            let replies = try await withThrowingTaskGroup(of: Reply.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await api.upload(
                            "/media?purpose=import", Self.table, as: "text/csv", key: "one-and-the-same")
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(replies.allSatisfy { $0.status == 201 && $0.bytes == replies[0].bytes })
            let directory = api.platform.configuration.media.directory
            let files = try FileManager.default.subpathsOfDirectory(atPath: directory).filter { $0.contains("med_") }
            #expect(files.count == 1 && files[0].hasPrefix("files/"))
            let other = try await api.upload(
                "/media?purpose=import", Self.table + [0x0A], as: "text/csv", key: "one-and-the-same")
            #expect(try other.problem == "idempotency-key-reused")
        }
    }
}

extension LiveAPI {
    /// One request without credentials from the root.
    fileprivate func fetch(
        _ path: String, method: HTTPRequest.Method = .get, headers: [String: String] = [:]
    ) async throws -> Reply {
        var fields = HTTPFields()
        for (name, value) in headers { fields[HTTPField.Name(name)!] = value }
        return try await client.execute(uri: path, method: method, headers: fields, body: nil) {
            Reply(status: $0.status.code, headers: $0.headers, bytes: Array($0.body.readableBytesView))
        }
    }
}
