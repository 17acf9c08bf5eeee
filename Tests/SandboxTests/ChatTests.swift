import Testing

@testable import SandboxRuntime

@Suite("Telegram and Discord")
struct ChatTests {
    private func telegram(
        _ sandbox: Harness, _ body: String, method: String = "sendMessage"
    ) async throws -> Harness.Reply {
        try await sandbox.send(
            .post, "/telegram/bot42:secret/\(method)", headers: ["Content-Type": "application/json"], body: body)
    }

    private func discord(_ sandbox: Harness, _ body: String, query: String = "") async throws -> Harness.Reply {
        try await sandbox.send(
            .post, "/discord/api/webhooks/7/token\(query)", headers: ["Content-Type": "application/json"], body: body)
    }

    @Test("Telegram takes a text as JSON, form or query, and gives the message back")
    func telegramSends() async throws {
        try await withSandbox { sandbox in
            let sent = try await telegram(sandbox, #"{"chat_id":-100,"text":"Order <1> & more"}"#)
            #expect(sent.status == 200)
            #expect(sent.json["ok"] == true)
            #expect(sent.json["result"]?["message_id"] == 1)
            #expect(sent.json["result"]?["chat"] == ["id": -100, "type": "supergroup"])
            let form = try await sandbox.form("/telegram/bot42:secret/sendMessage", ["chat_id": "5", "text": "form"])
            #expect(form.json["result"]?["text"] == "form")
            let query = try await sandbox.get("/telegram/bot42:secret/sendMessage?chat_id=5&text=query")
            #expect(query.json["result"]?["text"] == "query")
            let kept = try await sandbox.get("/telegram/messages.json?room=5").json.elements ?? []
            #expect(kept.map { $0["text"] } == ["query", "form"])
            let page = try await sandbox.get("/telegram/messages").text
            #expect(page.contains("Order &lt;1&gt; &amp; more"))
            #expect(!page.contains("<script"))
            #expect(try await telegram(sandbox, "{}", method: "getMe").json["result"]?["id"] == 42)
        }
    }

    @Test("Telegram refuses empty and long texts, unknown methods, and what a rule says")
    func telegramRefuses() async throws {
        try await withSandbox { sandbox in
            let long = String(repeating: "x", count: 4097)
            let cases = [
                (#"{"chat_id":5,"text":" "}"#, "Bad Request: message text is empty"),
                (#"{"text":"x"}"#, "Bad Request: chat_id is empty"),
                (#"{"chat_id":5,"text":"\#(long)"}"#, "Bad Request: message is too long"),
            ]
            for (body, description) in cases {
                let reply = try await telegram(sandbox, body)
                #expect(reply.status == 400)
                #expect(reply.json["description"] == .string(description))
            }
            #expect(try await telegram(sandbox, "{}", method: "dance").status == 404)
            try await sandbox.control("telegram/rules", #"{"room":5,"refusal":"blocked","times":1}"#)
            let blocked = try await telegram(sandbox, #"{"chat_id":5,"text":"x"}"#)
            #expect(
                blocked.json == [
                    "ok": false, "error_code": 403, "description": "Forbidden: bot was blocked by the user",
                ])
            #expect(try await telegram(sandbox, #"{"chat_id":5,"text":"x"}"#).status == 200)
            try await sandbox.control("telegram/settings", #"{"retry_after":9}"#)
            try await sandbox.control("telegram/rules", #"{"room":"*","refusal":"rate_limited","times":1}"#)
            let limited = try await telegram(sandbox, #"{"chat_id":5,"text":"x"}"#)
            #expect(limited.status == 429)
            #expect(limited.json["parameters"]?["retry_after"] == 9)
            #expect(limited.headers["retry-after"] == "9")
            #expect(try await sandbox.control("telegram/rules", #"{"refusal":"shrug"}"#).status == 400)
        }
    }

    @Test("Discord answers 204, or the message to those who wait")
    func discordSends() async throws {
        try await withSandbox { sandbox in
            let sent = try await discord(sandbox, #"{"content":"Hello"}"#)
            #expect(sent.status == 204)
            #expect(sent.body.isEmpty)
            #expect(sent.headers["x-ratelimit-remaining"] == "4")
            let waited = try await discord(
                sandbox, #"{"username":"Shop","embeds":[{"title":"Order 1"}]}"#, query: "?wait=true")
            #expect(waited.status == 200)
            #expect(waited.json["author"]?["username"] == "Shop")
            #expect(waited.json["webhook_id"] == "7")
            let kept = try await sandbox.get("/discord/messages.json").json.elements ?? []
            #expect(kept.map { $0["text"] } == ["Order 1", "Hello"])
            #expect(try await sandbox.get("/_control/discord").status == 200)
        }
    }

    @Test("Discord refuses empty and long messages with its codes, and what a rule says")
    func discordRefuses() async throws {
        try await withSandbox { sandbox in
            let empty = try await discord(sandbox, "{}")
            #expect(empty.json == ["message": "Cannot send an empty message", "code": 50006])
            let long = try await discord(sandbox, #"{"content":"\#(String(repeating: "x", count: 2001))"}"#)
            #expect(long.status == 400)
            #expect(long.json["code"] == 50035)
            #expect(long.json["errors"]?["content"]?["_errors"]?.elements?.count == 1)
            for (refusal, status, code) in [("unknown_webhook", 404, 10015), ("invalid_token", 401, 50027)] {
                try await sandbox.control("discord/rules", #"{"room":"7","refusal":"\#(refusal)","times":1}"#)
                let reply = try await discord(sandbox, #"{"content":"x"}"#)
                #expect(reply.status == status)
                #expect(reply.json["code"] == .int(code))
            }
            try await sandbox.control("discord/next", #"{"request":"POST /api/webhooks","fault":"rate_limit"}"#)
            let limited = try await discord(sandbox, #"{"content":"x"}"#)
            #expect(limited.status == 429)
            #expect(limited.json["retry_after"] == 1.0)
            #expect(limited.headers["x-ratelimit-remaining"] == "0")
        }
    }

    @Test("A message whose answer was lost is kept, a delayed one arrives late")
    func disturbed() async throws {
        try await withSandbox { sandbox in
            try await sandbox.control("discord/next", #"{"request":"POST /api","fault":"lose_answer"}"#)
            await #expect(throws: (any Error).self) { try await discord(sandbox, #"{"content":"x"}"#) }
            #expect(try await sandbox.get("/discord/messages.json").json.elements?.count == 1)
            try await sandbox.control("telegram/next", #"{"request":"POST /bot","fault":"none","delay_ms":200}"#)
            let start = ContinuousClock.now
            _ = try await telegram(sandbox, #"{"chat_id":5,"text":"x"}"#)
            #expect(start.duration(to: .now) >= .milliseconds(200))
        }
    }
}
