import Core
import Foundation
import Outbound
import Payments
import Testing
import Webhooks

@testable import Shipments

@Suite("What Shiprocket says, read")
struct ShiprocketReadingTests {
    private static func push(_ json: String) throws -> [CourierReport] {
        try ShiprocketTracking.reports(push: ProviderObject(parsing: Array(json.utf8), path: "push"))
    }

    private static func status(_ report: CourierReport?) -> CourierReport.Status? { report?.status }

    @Test("The layout of 2023: scans in their order, the present status once, both spaces of numbers, a composite id")
    func layout2023() throws {
        let reports = try Self.push(
            """
            {"awb":"70000000011","courier_name":"Banyan Surface","current_status":"IN TRANSIT","current_status_id":20,
             "shipment_status":"IN TRANSIT","shipment_status_id":18,"current_timestamp":"23 05 2026 11:43:52",
             "order_id":"H100007-1-1_150876814","sr_order_id":348456385,"etd":"2026-05-25 15:40:19",
             "scans":[{"date":"2026-05-21 15:32:17","status":"X-PPOM","activity":"Shipment picked up","location":"Kochi",
               "sr-status":"42","sr-status-label":"PICKED UP"},
              {"date":"2026-05-22 08:00:00","status":"X-NOTE","activity":"Bag opened","location":"Kochi","sr-status":"NA","sr-status-label":"NA"},
              {"date":"2026-05-23 11:43:52","status":"X-DLL","activity":"In transit","location":"Pune","sr-status":"18",
               "sr-status-label":"IN TRANSIT"}],"is_return":0,"channel_id":3422553,"pod":"Not Available"}
            """)
        #expect(reports.map(\.status) == [.known(.pickedUp), .news, .known(.inTransit)])
        #expect(reports.allSatisfy { $0.reference == "H100007-1-1" })
        #expect(
            reports.allSatisfy {
                $0.names == CourierNames(order: "348456385", consignment: nil, trackingCode: "70000000011")
            })
        #expect(reports.map(\.place) == ["Kochi", "Kochi", "Pune"])
        #expect(reports[1].message == "Bag opened" && reports[1].rawStatus == "X-NOTE")
        #expect(reports[2].rawStatus == "18 IN TRANSIT")
        #expect(reports[2].occurredAt == ShiprocketTime.date("2026-05-23 11:43:52"))
        #expect(reports[2].expectedAt == ShiprocketTime.date("2026-05-25 15:40:19"))
        #expect(Set(reports.map(\.key)).count == 3 && !reports.contains { $0.key == nil })
    }

    @Test("The layout of 2021: a number for the AWB, the other order of a time, scans without statuses")
    func layout2021() throws {
        let reports = try Self.push(
            """
            {"awb":70000000012,"current_status":"Delivered","order_id":"H100007-1-2_9","current_timestamp":"2026-07-02 16:41:59",
             "etd":"2026-07-03 10:00:00","current_status_id":7,"shipment_status":"Delivered","shipment_status_id":7,
             "channel_order_id":"H100007-1-2","channel":"CUSTOM",
             "scans":[{"date":"2026-07-02 16:41:59","activity":"Delivered","location":"Mumbai"}]}
            """)
        // A courier's own sentence moves nothing, the status does.
        #expect(reports.map(\.status) == [.news, .known(.delivered)])
        #expect(reports[1].names.trackingCode == "70000000012" && reports[1].names.order == nil)
        #expect(reports[1].reference == "H100007-1-2")
        #expect(reports[1].occurredAt == ShiprocketTime.date("2026-07-02 16:41:59"))
    }

    @Test("A number that is not in its table is kept with its words and never helped out by another")
    func unknownNumbers() throws {
        let unknown = try Self.push(
            #"{"awb":"70000000013","current_status":"IN TRANSIT","current_status_id":20,"shipment_status":"RIDER ASSIGNED","shipment_status_id":79,"order_id":"H1"}"#
        )
        #expect(unknown.map(\.status) == [.unknown] && unknown[0].rawStatus == "79 RIDER ASSIGNED")
        let scan = try Self.push(
            #"{"awb":"70000000013","shipment_status_id":18,"order_id":"H1","scans":[{"date":"2026-07-02 16:41:59","sr-status":"58","sr-status-label":"ODD"}]}"#
        )
        #expect(scan.map(\.status) == [.unknown, .known(.inTransit)] && scan[0].rawStatus == "58 ODD")
    }

    @Test("Without a shipment's number the order's counts, in its own table, and without either the words")
    func fallbacks() throws {
        let byOrder = try Self.push(
            #"{"awb":"70000000014","current_status":"CANCELLATION REQUESTED","current_status_id":18,"order_id":"H1"}"#)
        #expect(byOrder.map(\.status) == [.news])
        let byWords = try Self.push(#"{"awb":"70000000014","current_status":"Out For Delivery","order_id":"H1"}"#)
        #expect(byWords.map(\.status) == [.known(.outForDelivery)])
        let oddWords = try Self.push(#"{"awb":"70000000014","current_status":"On a boat","order_id":"H1"}"#)
        #expect(oddWords.map(\.status) == [.unknown] && oddWords[0].rawStatus == "On a boat")
    }

    @Test("What a customer sends back comes back: by the flag, and by the order's status")
    func returnPushes() throws {
        for fields in [#""is_return":1,"current_status_id":26"#, #""is_return":"1""#, #""current_status_id":"26""#] {
            let reports = try Self.push(
                #"{"awb":"70000000015","shipment_status_id":"7","order_id":"H1-RET",\#(fields)}"#)
            #expect(reports.map(\.status) == [.known(.returned)], "\(fields)")
        }
    }

    @Test(
        "A push without a name, or without a status, can't be read",
        arguments: [
            "[]", "null", "{}", #"{"awb":"7"}"#, #"{"shipment_status_id":18}"#, #"{"awb":{},"shipment_status_id":18}"#,
            #"{"awb":"7","shipment_status_id":[18]}"#, #"{"awb":"7","shipment_status_id":18,"scans":"none"}"#,
            #"{"awb":"7","shipment_status_id":18,"scans":[1]}"#, #"{"awb":"7/../8","shipment_status_id":18}"#,
        ])
    func unreadable(json: String) {
        #expect(throws: MalformedEvent.self) { try Self.push(json) }
    }

    @Test("Of more scans than a parcel has the latest are read")
    func manyScans() throws {
        let scans = (0..<500).map {
            #"{"date":"2026-07-02 10:00:00","activity":"\#($0)","sr-status":"18","sr-status-label":"IN TRANSIT"}"#
        }.joined(separator: ",")
        let reports = try Self.push(#"{"awb":"7","shipment_status_id":18,"scans":[\#(scans)]}"#)
        #expect(reports.count == 200 && reports.last?.message == "499")
    }

    // MARK: Refusals

    private static func answer(_ status: Int, _ body: String) -> OutboundAnswer {
        OutboundAnswer(
            response: OutboundResponse(status: status, body: Array(body.utf8)),
            evidence: OutboundEvidence(
                provider: "shiprocket", operation: "test", method: "POST", url: "", requestHeaders: [:],
                requestBody: "",
                status: status, responseHeaders: [:], responseBody: body, startedAt: Date(), durationMilliseconds: 0,
                attempts: 1))
    }

    private static func code(_ status: Int, _ body: String) -> String? {
        guard case .refused(let code, _) = ShiprocketRefusal.error(answer(status, body)) else { return "no refusal" }
        return code
    }

    @Test("Each way to say no is understood by its words")
    func refusals() {
        #expect(Self.code(400, #"{"message":"Invalid shipment id","status_code":400}"#) == "400")
        #expect(
            Self.code(400, #"{"message":"Oops! Cannot reassign courier for this shipment.","status_code":400}"#)
                == ShiprocketRefusal.Code.alreadyAssigned)
        #expect(
            Self.code(
                400,
                #"{"message":"Manifest already generated for some shipment_ids, Please try again after removin them"}"#)
                == ShiprocketRefusal.Code.alreadyManifested)
        #expect(
            Self.code(400, #"{"message":"Duplicate request for pickup generation"}"#)
                == ShiprocketRefusal.Code.pickupRequested)
        #expect(Self.code(200, #"{"message":"Already in Pickup Queue."}"#) == ShiprocketRefusal.Code.pickupRequested)
        for message in ["Order ID not found", "Order Id does not exists", "Order does not exist!"] {
            #expect(Self.code(400, #"{"message":"\#(message)"}"#) == ShiprocketRefusal.Code.notFound)
        }
        #expect(Self.code(404, #"{"message":"404 Not Found","status_code":404}"#) == ShiprocketRefusal.Code.notFound)
        #expect(
            Self.code(422, #"{"message":"Wrong Pickup location entered.","status_code":422}"#)
                == ShiprocketRefusal.Code.wrongPickupLocation)
        #expect(
            Self.code(
                422,
                #"{"message":"Oops! Invalid Data.","errors":{"order_id":["Order id already exists."]},"status_code":422}"#
            )
                == ShiprocketRefusal.Code.duplicateOrder)
        #expect(Self.code(422, #"{"message":"Oops! Invalid Data.","errors":["odd"],"status_code":422}"#) == "422")
    }

    @Test("What is wrong with which field is told to whoever has to put it right")
    func fields() {
        let body =
            #"{"message":"The given data was invalid.","errors":{"billing_phone":["Not a valid mobile number"]}}"#
        guard case .refused("422", let message) = ShiprocketRefusal.error(Self.answer(422, body)) else {
            Issue.record("no refusal")
            return
        }
        #expect(message == "The given data was invalid.; billing_phone: Not a valid mobile number")
    }

    @Test("An empty wallet, wrong credentials, a firewall and a place nobody goes to are no refusals of a shipment")
    func otherMeanings() {
        let low = #"{"message":"Please recharge your wallet.","status_code":400}"#
        #expect(ShiprocketRefusal.error(Self.answer(400, low)) == .fundsLacking("Please recharge your wallet."))
        #expect(
            ShiprocketRefusal.error(Self.answer(400, #"{"message":"Too low","status_code":350}"#))
                == .fundsLacking("Too low"))
        #expect(
            ShiprocketRefusal.error(Self.answer(401, #"{"message":"Unauthenticated."}"#))
                == ShiprocketRefusal.tokenRefused)
        #expect(
            ShiprocketRefusal.error(Self.answer(403, #"{"message":"Unauthorized."}"#))
                == .credentialsRefused("Unauthorized."))
        guard case .unavailable = ShiprocketRefusal.error(Self.answer(403, "<html><h1>403</h1></html>")),
            case .unavailable = ShiprocketRefusal.error(Self.answer(404, ""))
        else {
            Issue.record("a page is no answer of the application")
            return
        }
        #expect(
            ShiprocketRefusal.error(Self.answer(404, #"{"status":404,"message":"No courier serviceable"}"#))
                == .notServiceable("No courier serviceable"))
    }

    @Test("A 500 that only tells of a wrong type is told from trouble")
    func wrongTypes() {
        for message in [
            "Invalid argument supplied for foreach()", "Trying to get property of non-object",
            "Trying to get property 'id' of non-object",
        ] {
            #expect(ShiprocketRefusal.isWrongType(Self.answer(500, #"{"message":"\#(message)"}"#).evidence))
        }
        for (status, body) in [
            (500, #"{"message":"Something went wrong."}"#), (500, "<html></html>"), (500, ""),
            (502, #"{"message":"Trying to get property of non-object"}"#),
        ] {
            #expect(!ShiprocketRefusal.isWrongType(Self.answer(status, body).evidence))
        }
    }

    @Test(
        "Rupees with more decimals than there are paise count for what they cost",
        arguments: [
            ("81.0", 8_100), ("\"81.505\"", 8_151), ("81.5000", 8_150), ("63.001", 6_301), ("0", 0),
            ("\"-291.5\"", -29_150),
        ])
    func rupees(text: String, paise: Int64) throws {
        let object = try ProviderObject(parsing: Array(#"{"rate":\#(text)}"#.utf8), path: "offer")
        #expect(object.rupees("rate") == Money(minorUnits: paise, currency: .inr))
    }

    @Test(
        "What is no amount is none",
        arguments: [#""a lot""#, "[]", "{}", "null", "1e400", #""""#, "true.5", "9999999999999999999999"])
    func noRupees(text: String) throws {
        let object = try ProviderObject(parsing: Array(#"{"rate":\#(text)}"#.utf8), path: "offer")
        #expect(object.rupees("rate") == nil)
    }
}

@Suite("Pushes of Shiprocket")
struct ShiprocketVerifierTests {
    private let verifier = ShiprocketVerifier(tokens: [Secret("token-of-now"), Secret("token-of-before")])
    private static let body =
        #"{"awb":"7","current_status_id":20,"shipment_status_id":18,"current_timestamp":"23 05 2026 11:43:52","scans":[]}"#

    private func verify(_ headers: [String: String], _ body: String = body) throws -> VerifiedEvent {
        try verifier.verify(try verifier.claim(header: { headers[$0] }, now: Date()), body: Array(body.utf8))
    }

    @Test("Either name of the header is taken, and each token that is active")
    func tokens() throws {
        for header in ["x-api-key", "anx-api-key"] {
            for token in ["token-of-now", "token-of-before"] {
                #expect(try verify([header: token]).type == "tracking.18")
            }
        }
        #expect(throws: WebhookRejection.missingSignature(header: "x-api-key")) { try verify([:]) }
        #expect(throws: WebhookRejection.missingSignature(header: "x-api-key")) {
            try verify(["authorization": "Bearer token-of-now"])
        }
        for wrong in ["", "token-of-no", "token-of-now ", "token-of-tomorrow"] {
            #expect(throws: WebhookRejection.signatureMismatch) { try verify(["x-api-key": wrong]) }
        }
        #expect(verifier.keptHeaders.isEmpty)
    }

    @Test("The same push has the same id whatever stands around it; another status, time or scan has another")
    func ids() throws {
        let headers = ["x-api-key": "token-of-now"]
        let id = try verify(headers).id
        #expect(id.utf8.count == 64)
        let same =
            #"{"scans": [], "current_timestamp":"23 05 2026 11:43:52","shipment_status_id":"18","current_status_id":20,"awb":7}"#
        #expect(try verify(headers, same).id == id)
        for (old, new) in [
            ("18", "17"), ("\"7\"", "\"8\""), (":52", ":53"), ("20,", "19,"), ("[]", #"[{"activity":"Bag opened"}]"#),
        ] {
            #expect(try verify(headers, Self.body.replacing(old, with: new)).id != id, "\(new)")
        }
    }

    @Test("What is no push is refused", arguments: ["", "[]", "nonsense", "{\"scans\":7}", "{"])
    func odd(body: String) {
        #expect(throws: WebhookRejection.self) { try verify(["x-api-key": "token-of-now"], body) }
    }

    @Test("The path is free of the words that Shiprocket forbids, and an account's name must be, too")
    func path() throws {
        let settings = [
            "HAAT_SHIPROCKET_EMAIL": "api@haat.example", "HAAT_SHIPROCKET_PASSWORD": "right-password",
            "HAAT_SHIPROCKET_WEBHOOK_TOKEN": ShiprocketBench.token,
        ]
        let path = try #require(try ShiprocketBench.read(settings).webhookAccounts.first).path
        #expect(path == "parcels")
        for account in ["israel", "kraft"] {
            var named = settings
            named["HAAT_COURIERS"] = "shiprocket/\(account)"
            for name in ["EMAIL", "PASSWORD", "WEBHOOK_TOKEN"] {
                named["HAAT_SHIPROCKET_\(account.uppercased())_\(name)"] = settings["HAAT_SHIPROCKET_\(name)"]
            }
            let error = #expect(throws: (any Error).self) { try ShiprocketBench.read(named) }
            #expect("\(String(describing: error))".contains("sends no pushes to an address"))
        }
    }
}
