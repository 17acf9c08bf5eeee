import Core
import Foundation
import Orders
import Payments
import Testing
import Webhooks

@testable import Shipments

@Suite("Steadfast's words")
struct SteadfastMappingTests {
    @Test(
        "Every status of its table means what the reference says, in any case",
        arguments: [
            ("in_review", CourierReport.Status.known(.awbAssigned)), ("pending", .known(.inTransit)),
            ("hold", .known(.held)), ("delivered_approval_pending", .news),
            ("partial_delivered_approval_pending", .news), ("cancelled_approval_pending", .news),
            ("unknown_approval_pending", .news), ("delivered", .known(.delivered)),
            ("partial_delivered", .known(.partiallyDelivered)), ("cancelled", .known(.cancelled)),
            ("unknown", .unknown), ("exceptional", .unknown), ("partial_delivered_return_proccessing", .news),
            ("partial_delivered_return_rider_assigned", .news), ("partial_delivered_return_received", .news),
            ("cancelled_return_proccessing", .known(.rtoInitiated)),
            ("cancelled_return_rider_assigned", .known(.rtoInitiated)),
            ("cancelled_return_received", .known(.rtoDelivered)), ("teleported", .unknown), ("", .unknown),
        ])
    func statuses(_ row: (String, CourierReport.Status)) {
        #expect(SteadfastMapping.status(row.0) == row.1)
        #expect(SteadfastMapping.status(row.0.uppercased()) == row.1)
        #expect(SteadfastMapping.status(row.0.prefix(1).uppercased() + row.0.dropFirst()) == row.1)
    }

    @Test("Texts of the way are told apart; what says nothing of the state is news")
    func texts() {
        #expect(SteadfastMapping.status(ofText: "Assigned to rider for delivery.") == .known(.outForDelivery))
        #expect(
            SteadfastMapping.status(ofText: "Consignment has been received at CENTRAL WAREHOUSE.") == .known(.inTransit)
        )
        #expect(SteadfastMapping.status(ofText: "Consignment sent to X. Dispatch ID: 7") == .known(.inTransit))
        #expect(SteadfastMapping.status(ofText: "Customer does not answer the phone.") == .news)
    }

    @Test("What is really collected is read from the text that tells of it, and from no other")
    func changedAmounts() {
        #expect(SteadfastMapping.changedAmount(in: "Amount has been changed from 1770 to 50", currency: .bdt) == 5_000)
        #expect(
            SteadfastMapping.changedAmount(in: "Amount has been changed from 1770 to 50.50", currency: .bdt) == 5_050)
        #expect(SteadfastMapping.changedAmount(in: "Amount has been changed from 10 to ten", currency: .bdt) == nil)
        #expect(SteadfastMapping.changedAmount(in: "Sent from 1770 to 50", currency: .bdt) == nil)
        #expect(SteadfastMapping.changedAmount(in: "Amount has been changed from 1 to -5", currency: .bdt) == nil)
    }

    @Test("Its times are those of Dhaka; what is none counts as absent")
    func moments() {
        #expect(
            SteadfastMapping.moment("2025-03-02 12:45:30") == Date(timeIntervalSince1970: 1_740_897_930))
        for text in ["2025-03-02", "2025-13-02 12:45:30", "2025-03-02 24:00:00", "2025-03-02T12:45:30", "", "1 2"] {
            #expect(SteadfastMapping.moment(text) == nil)
        }
    }

    private func reports(_ json: String) throws -> [CourierReport] {
        let push = try ProviderObject(parsing: Array(json.utf8), path: "push")
        return [try SteadfastMapping.report(push, currency: .bdt)]
    }

    @Test("A delivery status brings state, money and time; its amount counts as collected once it is delivered")
    func deliveryStatus() throws {
        let report = try reports(
            #"{"notification_type":"delivery_status","consignment_id":77,"invoice":"H1-1-1","cod_amount":1500.00,"#
                + #""status":"Delivered","delivery_charge":"100.00","tracking_message":"Done","updated_at":"2025-03-02 12:45:30"}"#
        )[0]
        #expect(report.status == .known(.delivered) && report.rawStatus == "Delivered")
        #expect(report.reference == "H1-1-1" && report.names.consignment == "77")
        #expect(report.money == CourierMoney(collected: 150_000, charge: 10_000))
        #expect(report.occurredAt == Date(timeIntervalSince1970: 1_740_897_930))
        let pending = try reports(
            #"{"notification_type":"delivery_status","consignment_id":"77","invoice":null,"cod_amount":1500,"status":"pending"}"#
        )[0]
        #expect(pending.money == CourierMoney() && pending.reference == nil && pending.occurredAt == nil)
    }

    @Test("Tracking updates and return statuses are read; what is neither, or names nothing, can't be")
    func otherTypes() throws {
        let update = try reports(
            #"{"notification_type":"tracking_update","consignment_id":77,"invoice":"H1","tracking_message":"#
                + #""Amount has been changed from 1770 to 50","updated_at":"2025-03-02 13:15:00"}"#)[0]
        #expect(update.status == .news && update.money.collected == 5_000)
        let back = try reports(
            #"{"notification_type":"return_status","consignment_id":77,"invoice":null,"tracking_message":"#
                + #""Consignment Return status has been updated to Processing"}"#)[0]
        #expect(back.status == .news && back.message?.contains("Processing") == true)
        for odd in [
            #"{"notification_type":"weather","consignment_id":77}"#, #"{"notification_type":"delivery_status"}"#,
            #"{"notification_type":"delivery_status","consignment_id":77}"#,
            #"{"notification_type":"delivery_status","consignment_id":77,"status":7}"#,
            #"{"notification_type":["delivery_status"],"consignment_id":77,"status":"pending"}"#, "[]", "null",
            "<html>",
        ] {
            #expect(throws: MalformedEvent.self) { try reports(odd) }
        }
    }

    @Test("A push is the courier's by its token alone, and duplicates are those that say the same")
    func verifier() throws {
        let tokens = ["first-token-of-a-courier-account", "second-token-of-a-courier-account"].map { Secret($0) }
        let verifier = SteadfastVerifier(tokens: tokens)
        func event(_ token: String?, _ body: String) throws -> VerifiedEvent {
            let headers = token.map { ["authorization": $0] } ?? [:]
            return try ShippingDesk.verify(SentPush(headers: headers, body: Array(body.utf8)), by: verifier)
        }
        let body = #"{"notification_type":"tracking_update","consignment_id":77,"tracking_message":"a"}"#
        let first = try event("Bearer first-token-of-a-courier-account", body)
        #expect(first.type == "tracking_update")
        let other = #"{"tracking_message":"a","consignment_id":77,"notification_type":"tracking_update"}"#
        #expect(try event("Bearer second-token-of-a-courier-account", other).id == first.id)
        let later = #"{"notification_type":"tracking_update","consignment_id":77,"tracking_message":"b"}"#
        #expect(try event("Bearer first-token-of-a-courier-account", later).id != first.id)
        #expect(throws: WebhookRejection.missingSignature(header: "Authorization")) { try event(nil, body) }
        #expect(throws: WebhookRejection.signatureMismatch) { try event("Bearer wrong", body) }
        #expect(throws: WebhookRejection.malformedSignature) { try event("Basic abc", body) }
        #expect(throws: WebhookRejection.self) { try event("Bearer first-token-of-a-courier-account", "[]") }
        #expect(verifier.keptHeaders.isEmpty)
    }

    @Test(
        "Telephone numbers are brought to the eleven digits that it takes",
        arguments: [
            ("+8801712345678", "01712345678"), ("01712345678", "01712345678"), ("8801712345678", "01712345678"),
            ("+88 01712-345678", "01712345678"),
        ])
    func phones(_ row: (String, String)) {
        #expect(SteadfastOrder.localPhone(row.0) == row.1)
    }

    @Test(
        "Numbers that are no mobile ones of Bangladesh are none", arguments: ["+919876543210", "02-9551234", "", "x"])
    func noPhones(_ text: String) {
        #expect(SteadfastOrder.localPhone(text) == nil)
    }
}
