import Core
import HTML
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Postgres
import Testing

@testable import Endpoints

@Suite("Forms")
struct FormTests {
    @Test("A form takes effect with its jobs and leads on with 303")
    func accepted() async throws {
        try await GuestServer.open { guests in
            let form = "name=Ada+%3CL%3E&age=36&stay=&wish=Quiet%0D%0Aroom&wish=Tea&breakfast=true"
            let answer = try await guests.submit("/guests", form)
            #expect(answer.status == .seeOther && answer.headers[.location] == "/guests")
            #expect(try await guests.names() == ["Ada <L>"])
            #expect(try await guests.jobs() == 1)
            let wishes = try await guests.database.queryValue("SELECT wishes FROM guests", as: [String].self)
            #expect(wishes == ["Quiet\nroom", "Tea"])
            #expect(try await guests.client.get("/guests").text.contains("<td>Ada &lt;L&gt;</td>"))
        }
    }

    @Test("A form that is not valid is shown again with what was typed and what is wrong with each field")
    func invalid() async throws {
        try await GuestServer.open { guests in
            let answer = try await guests.submit("/guests", "name=&age=%22%3Ex&stay=1")
            #expect(answer.status == .unprocessableContent)
            #expect(answer.text.contains("role=\"alert\">The input is not valid</p>"))
            #expect(answer.text.contains("id=\"name-refused\">Name is required</p>"))
            #expect(answer.text.contains("id=\"age-refused\">Age must be a whole number</p>"))
            #expect(answer.text.contains("value=\"&quot;&gt;x\""))
            #expect(try await guests.names().isEmpty)
        }
    }

    @Test("A form that is refused is shown again with the reason, and has left nothing behind")
    func refused() async throws {
        try await GuestServer.open { guests in
            let answer = try await guests.submit("/guests", "name=Eve&idempotency_key=key-0001")
            #expect(answer.status == .conflict)
            #expect(answer.text.contains("role=\"alert\">Eve was here before</p>"))
            #expect(answer.text.contains("value=\"Eve\""))
            let failed = try await guests.submit("/guests", "name=Mallory&idempotency_key=key-0001")
            #expect(failed.status == .internalServerError && !failed.text.contains("secret internals"))
            #expect(try await guests.names().isEmpty)
            #expect(try await guests.jobs() == 0)
            #expect(try await guests.submit("/guests", "name=Ada&idempotency_key=key-0001").status == .seeOther)
        }
    }

    @Test("A form that was sent twice has its effect once", arguments: ["/guests", "/desk/guests"])
    func twice(path: String) async throws {
        try await GuestServer.open { guests in
            let form = "name=Ada&idempotency_key=a2f1c0de-0001"
            let answers = try await withThrowingTaskGroup(of: TestResponse.self) { group in
                for _ in 0..<4 { group.addTask { try await guests.submit(path, form, asOperator) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.allSatisfy { $0.status == .seeOther })
            #expect(Set(answers.map { $0.headers[.location] }).count == 1)
            #expect(try await guests.names() == ["Ada"])
            _ = try await guests.submit(path, "name=Ada&idempotency_key=a2f1c0de-0002", asOperator)
            #expect(try await guests.names() == ["Ada", "Ada"])
        }
    }

    @Test("A form that submits an endpoint has its policy, input, idempotency and effect")
    func submittedEndpoint() async throws {
        try await GuestServer.open { guests in
            let path = "/desk/guests"
            #expect(try await guests.submit(path, "name=Ada&idempotency_key=key-0001").status == .unauthorized)
            let keyless = try await guests.submit(path, "name=Ada", asOperator)
            #expect(keyless.status == .badRequest)
            let invalid = try await guests.submit(path, "name=%3Cb%3E&age=7&idempotency_key=key-0001", asOperator)
            #expect(invalid.status == .unprocessableContent && invalid.text.contains("value=\"&lt;b&gt;\""))
            let refused = try await guests.submit(path, "name=Eve&idempotency_key=key-0001", asOperator)
            #expect(refused.status == .conflict && refused.text.contains("Eve was here before"))
            let accepted = try await guests.submit(path, "name=Ada&idempotency_key=key-0001", asOperator)
            #expect(accepted.status == .seeOther)
            #expect(accepted.headers[.location]?.hasPrefix("/desk/guests/") == true)
            #expect(try await guests.names() == ["Ada"])
        }
    }

    @Test("A form that edits names the version it edits")
    func versions() async throws {
        try await GuestServer.open { guests in
            let path = "/desk/versions/7"
            #expect(HTML.editedVersion(7).markup.contains("name=\"if_match\" value=\"&quot;7&quot;\""))
            let current = try await guests.submit(path, "if_match=%227%22", asOperator)
            #expect(current.status == .seeOther)
            let former = try await guests.submit(path, "if_match=%226%22", asOperator)
            #expect(former.status == .preconditionFailed)
            let none = try await guests.submit(path, "", asOperator)
            #expect(none.status == .preconditionRequired)
        }
    }

    @Test(
        "Only a page of this site can send a form",
        arguments: [
            ("same-origin", nil, true), ("none", nil, true), ("cross-site", nil, false), ("same-site", nil, false),
            ("cross-site", "https://guests.example", false), ("", "https://guests.example", false),
            (nil, "https://guests.example", true), (nil, "HTTPS://Guests.Example", true), (nil, "own", true),
            (nil, "https://guests.example.evil", false), (nil, "https://evil.example", false), (nil, "null", false),
            (nil, "http://guests.example", false), (nil, nil, false),
        ] as [(String?, String?, Bool)])
    func forged(site: String?, origin: String?, isAllowed: Bool) async throws {
        try await GuestServer.open { guests in
            var headers = asOperator
            headers[.contentType] = "application/x-www-form-urlencoded"
            headers[.secFetchSite] = site
            headers[.origin] = origin == "own" ? "http://localhost" : origin
            let answer = try await guests.client.execute(uri: "/desk/clear", method: .post, headers: headers) { $0 }
            #expect(answer.status == (isAllowed ? .seeOther : .forbidden))
            #expect(answer.status == .seeOther || answer.text.contains("This did not come from here"))
        }
    }

    @Test("What is no form, too long, too many or broken is refused")
    func malformed() async throws {
        try await GuestServer.open { guests in
            let json: HTTPFields = [.contentType: "application/json"]
            #expect(try await guests.submit("/guests", #"{"name":"Ada"}"#, json).status == .unsupportedMediaType)
            let foreign: HTTPFields = [.contentType: "application/x-www-form-urlencoded; charset=iso-8859-1"]
            #expect(try await guests.submit("/guests", "name=Ada", foreign).status == .unsupportedMediaType)
            let long = "name=" + String(repeating: "a", count: 20_000)
            #expect(try await guests.submit("/guests", long).status == .contentTooLarge)
            let many = (0...1000).map { "wish=\($0)" }.joined(separator: "&")
            #expect(try await guests.submit("/guests", many).status == .unprocessableContent)
            for broken in ["name=%zz", "name=%00", "name=%ff", "na%zzme=Ada"] {
                #expect(try await guests.submit("/guests", broken).status == .unprocessableContent)
            }
            let unknown = try await guests.submit("/guests", "name=Ada&admin=true")
            #expect(unknown.status == .unprocessableContent)
            #expect(try await guests.names().isEmpty)
        }
    }

    @Test("An empty field is a missing one, except where it may be empty")
    func emptyFields() throws {
        struct Entry: APIInput {
            let note: String
            let motto: Change<String?>
            let count: Int
            let stalls: [ID<Vendor>]

            init(_ fields: inout Fields) {
                note = fields.required("note", .string(0...10), "May be empty")
                motto = fields.change("motto", .nullable(.string(1...10)), "Empty removes it")
                count = fields.optional("count", .integer(1...9), "One unless told", default: 1)
                stalls = fields.optional("stall", .array(of: .id(Vendor.self)), "Any", default: [])
            }
        }
        func read(_ form: String) throws -> Entry { try Entry.read(FormEntries(ByteBuffer(string: form)).members) }
        let entry = try read("note=&motto=&count=&stall=")
        #expect(entry.note.isEmpty && entry.motto == .set(nil) && entry.count == 1 && entry.stalls.isEmpty)
        let other = try read("note=a%0D%0Ab&motto=c&count=2&stall=\(ID<Vendor>.example)&stall=\(ID<Vendor>.example)")
        #expect(other.note == "a\nb" && other.motto == .set("c") && other.count == 2 && other.stalls.count == 2)
        #expect(try read("note=a%0D%0D%0Ab%0Dc").note == "a\n\nb\nc")
        #expect(try read("note=").motto == .keep)
        #expect(throws: InvalidFields.self) { try GuestEntry.read(FormEntries(ByteBuffer(string: "name=")).members) }
    }
}
