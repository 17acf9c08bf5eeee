import Testing

@testable import SandboxRuntime

@Suite("SMS")
struct SMSTests {
    private func send(_ sandbox: Harness, _ body: String) async throws -> Harness.Reply {
        try await sandbox.send(.post, "/sms/send", headers: ["Content-Type": "application/json"], body: body)
    }

    @Test("A text is taken as JSON, form or query, and shown by its number")
    func sends() async throws {
        try await withSandbox { sandbox in
            let sent = try await send(
                sandbox, #"{"id":"5f","to":"+8801712345678","sender":"Haat","text":"Your code is <1> & more"}"#)
            #expect(sent.status == 200 && sent.json == ["status": "accepted", "message_id": 1])
            let form = try await sandbox.form("/sms/send", ["to": "8801712345678", "text": "form"])
            #expect(form.json["message_id"] == 2)
            let query = try await sandbox.get("/sms/send?to=%2B8801800000000&text=query")
            #expect(query.json["message_id"] == 3)
            let kept = try await sandbox.get("/sms/messages.json?room=8801712345678").json.elements ?? []
            #expect(kept.map { $0["text"] } == ["form", "Your code is <1> & more"])
            #expect(kept.last?["request"]?["id"] == "5f")
            let page = try await sandbox.get("/sms/messages").text
            #expect(page.contains("Your code is &lt;1&gt; &amp; more") && !page.contains("<script"))
        }
    }

    @Test("What is no number or no text is refused, and what a rule says, also with the status of success")
    func refuses() async throws {
        try await withSandbox { sandbox in
            let long = String(repeating: "x", count: 1531)
            let cases = [
                (#"{"to":"017","text":"x"}"#, "invalid_number"), (#"{"text":"x"}"#, "invalid_number"),
                (#"{"to":"+88017x2345678","text":"x"}"#, "invalid_number"),
                (#"{"to":"+8801712345678","text":" "}"#, "invalid_text"),
                (#"{"to":"+8801712345678","text":"\#(long)"}"#, "invalid_text"), ("[", "malformed_request"),
            ]
            for (body, code) in cases {
                let reply = try await send(sandbox, body)
                #expect(reply.status == 400 && reply.json["code"] == .string(code), "\(body)")
            }
            let good = #"{"to":"+8801712345678","text":"x"}"#
            for (refusal, status) in [
                ("not_accepted", 200), ("unauthorized", 401), ("rate_limited", 429), ("broken", 500),
            ] {
                try await sandbox.control("sms/rules", #"{"room":"8801712345678","refusal":"\#(refusal)","times":1}"#)
                let reply = try await send(sandbox, good)
                #expect(reply.status == status && reply.json["status"] == "error", "\(refusal)")
            }
            #expect(try await send(sandbox, good).json["status"] == "accepted")
            #expect(try await sandbox.control("sms/rules", #"{"refusal":"shrug"}"#).status == 400)
        }
    }
}
