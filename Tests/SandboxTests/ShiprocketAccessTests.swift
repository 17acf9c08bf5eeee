import Testing

@testable import SandboxRuntime

@Suite("Shiprocket: log-in, errors and limits")
struct ShiprocketAccessTests {
    @Test("A log-in gives a token of three parts for ten days; wrong credentials are a 400")
    func login() async throws {
        try await withCouriers {
            $0.couriers.shiprocketEmail = "api@haat.example"
            $0.couriers.shiprocketPassword = "secret"
        } _: { sandbox in
            let wrong = try await sandbox.shiprocketLogin("api@haat.example", "guess")
            #expect(wrong.status == 400)
            #expect(wrong.json == ["message": "Invalid email and password combination", "status_code": 400])
            let token = try #require(try await sandbox.shiprocketLogin().json["token"]?.stringValue)
            #expect(token.split(separator: ".").count == 3)
            let client = ShiprocketClient(sandbox: sandbox, token: token)
            try await client.advance(863_900)
            #expect(try await client.send(.get, "channels").status == 200)
            try await client.advance(200)
            let ended = try await client.send(.get, "channels")
            #expect(ended.status == 401)
            #expect(ended.json == ["message": "Unauthenticated.", "status_code": 401])
        }
    }

    @Test("Tokens end on demand and at log-out, and a strange one is a 401")
    func tokens() async throws {
        try await withShiprocket { client in
            let strange = ShiprocketClient(sandbox: client.sandbox, token: "a.b.c")
            #expect(try await strange.send(.get, "channels").status == 401)
            #expect(try await client.sandbox.get("/shiprocket/v1/external/channels").status == 401)
            try await client.sandbox.control("shiprocket/tokens/expire")
            #expect(try await client.send(.get, "channels").status == 401)
            let token = try await client.sandbox.shiprocketLogin().json["token"]?.stringValue ?? ""
            let again = ShiprocketClient(sandbox: client.sandbox, token: token)
            #expect(try await again.send(.get, "channels").status == 200)
            #expect(try await again.send(.post, "auth/logout", [:]).status == 200)
            #expect(try await again.send(.get, "channels").status == 401)
        }
    }

    @Test("The firewall answers a log-in with a page, a missing permission is a 403 that isn't about the token")
    func forbidden() async throws {
        try await withShiprocket { client in
            try await client.settings(#"{"firewall":true,"forbidden":["orders"]}"#)
            let page = try await client.sandbox.shiprocketLogin()
            #expect(page.status == 403)
            #expect(page.text.hasPrefix("<html>"))
            let refused = try await client.send(.get, "orders")
            #expect(refused.status == 403)
            #expect(refused.json == ["message": "Unauthorized. You do not have permission for this action."])
            #expect(try await client.send(.get, "channels").status == 200)
        }
    }

    @Test("An unknown path is a 404 in the provider's form")
    func unknownPath() async throws {
        try await withShiprocket { client in
            let reply = try await client.send(.get, "nowhere")
            #expect(reply.status == 404)
            #expect(reply.json == ["message": "404 Not Found", "status_code": 404])
        }
    }

    @Test("A 429 comes with Retry-After or without")
    func rateLimit() async throws {
        try await withShiprocket { client in
            try await client.sandbox.control("shiprocket/clock", #"{"freeze":1790000000}"#)
            let token = try await client.sandbox.shiprocketLogin().json["token"]?.stringValue ?? ""
            let client = ShiprocketClient(sandbox: client.sandbox, token: token)
            try await client.settings(#"{"requests_per_minute":1}"#)
            #expect(try await client.send(.get, "channels").status == 200)
            let bare = try await client.send(.get, "channels")
            #expect(bare.status == 429)
            #expect(bare.headers["retry-after"] == nil)
            try await client.settings(#"{"retry_after":30}"#)
            #expect(try await client.send(.get, "channels").headers["retry-after"] == "30")
            try await client.advance(60)
            #expect(try await client.send(.get, "channels").status == 200)
            try await client.sandbox.control("shiprocket/next", #"{"request":"GET /channels","fault":"rate_limit"}"#)
            #expect(try await client.send(.get, "channels").status == 429)
        }
    }

    @Test("A scalar where a list belongs is a 500 with PHP's words")
    func typeErrors() async throws {
        try await withShiprocket { client in
            for (path, body) in [
                ("orders/cancel", ["ids": 1]), ("courier/generate/pickup", ["shipment_id": 1]),
                ("courier/generate/label", ["shipment_id": "1"]), ("orders/print/invoice", ["ids": 1]),
                ("courier/track/awbs", ["awbs": "1"]), ("manifests/generate", ["shipment_id": 1]),
                ("orders/create/adhoc", ShiprocketClient.order("ord-1", ["order_items": "kettle"])),
            ] as [(String, JSON)] {
                let reply = try await client.send(.post, path, body)
                #expect(reply.status == 500, "\(path)")
                #expect(reply.json["message"] == "Invalid argument supplied for foreach()")
            }
            let item = try await client.send(
                .post, "orders/create/adhoc", ShiprocketClient.order("ord-1", ["order_items": ["kettle"]]))
            #expect(item.json == ["message": "Trying to get property of non-object", "status_code": 500])
        }
    }

    @Test("A failure is JSON, a type error, a page, or nothing", arguments: ["json", "type", "html", "empty"])
    func failures(body: String) async throws {
        try await withShiprocket { client in
            try await client.settings(#"{"error_body":"\#(body)"}"#)
            try await client.sandbox.control("shiprocket/next", #"{"request":"GET /orders","fault":"error_before"}"#)
            let reply = try await client.send(.get, "orders")
            #expect(reply.status >= 500)
            #expect(reply.text.hasPrefix(["json": "{", "type": "{", "html": "<html>", "empty": ""][body] ?? "?"))
        }
    }

    @Test("The greatest and smallest numbers are answered like any other that isn't known")
    func extremes() async throws {
        try await withShiprocket { client in
            for number in [Int.max, Int.min] {
                let ids: JSON = [.int(number)]
                #expect(try await client.send(.get, "orders/show/\(number)").status == 404)
                #expect(try await client.send(.get, "courier/track/shipment/\(number)").status == 200)
                #expect(try await client.send(.get, "orders?page=\(number)&per_page=\(number)").status == 200)
                for (path, field) in [
                    ("orders/cancel", "ids"), ("orders/print/invoice", "ids"),
                    ("courier/generate/pickup", "shipment_id"), ("manifests/generate", "shipment_id"),
                ] {
                    let body = JSON.object(JSONObject(members: [.init(name: field, value: ids)]))
                    #expect(try await client.send(.post, path, body).status == 400)
                }
                let assign = try await client.send(.post, "courier/assign/awb", ["shipment_id": .int(number)])
                #expect(assign.status == 400)
            }
            let heavy = ShiprocketClient.order("ord-1", ["weight": 1e300, "sub_total": 1e300])
            #expect(try await client.send(.post, "orders/create/adhoc", heavy).status == 422)
        }
    }
}
