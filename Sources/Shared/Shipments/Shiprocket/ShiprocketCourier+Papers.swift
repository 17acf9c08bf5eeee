import Core
import Foundation
import Outbound
import Payments

extension ShiprocketCourier: LabellingCourier, ManifestingCourier, InvoicingCourier {
    package func label(of shipments: [BookedShipment]) async throws(CourierError) -> CourierFile {
        let answer = try await client.post(
            "courier.label", "/courier/generate/label", ["shipment_id": try Self.parcels(shipments)],
            about: shipments.first?.id)
        try Self.requireAll(in: answer)
        return try await file("label_url", in: answer)
    }

    /// It is made once; afterwards it is printed again.
    package func manifest(of shipments: [BookedShipment]) async throws(CourierError) -> CourierFile {
        do throws(CourierError) {
            let answer = try await client.post(
                "manifests.generate", "/manifests/generate", ["shipment_id": try Self.parcels(shipments)],
                about: shipments.first?.id)
            return try await file("manifest_url", in: answer)
        } catch .refused(ShiprocketRefusal.Code.alreadyManifested, _) {
            return try await printedManifest(of: shipments)
        }
    }

    /// Those that have none yet get theirs first.
    private func printedManifest(of shipments: [BookedShipment]) async throws(CourierError) -> CourierFile {
        if shipments.count > 1 {
            for shipment in shipments {
                do throws(CourierError) {
                    _ = try await client.post(
                        "manifests.generate", "/manifests/generate", ["shipment_id": try Self.parcels([shipment])],
                        about: shipment.id)
                } catch .refused(ShiprocketRefusal.Code.alreadyManifested, _) {
                    continue
                }
            }
        }
        let answer = try await client.post(
            "manifests.print", "/manifests/print", ["order_ids": try Self.orders(shipments)], about: shipments.first?.id
        )
        return try await file("manifest_url", in: answer)
    }

    package func invoice(of shipments: [BookedShipment]) async throws(CourierError) -> CourierFile {
        let answer = try await client.post(
            "orders.invoice", "/orders/print/invoice", ["ids": try Self.orders(shipments)], about: shipments.first?.id)
        try Self.requireAll(in: answer)
        return try await file("invoice_url", in: answer)
    }

    private static func parcels(_ shipments: [BookedShipment]) throws(CourierError) -> JSONValue {
        var ids: [JSONValue] = []
        for shipment in shipments { ids.append(try shipment.shiprocketShipment().json) }
        return .array(ids)
    }

    private static func orders(_ shipments: [BookedShipment]) throws(CourierError) -> JSONValue {
        var ids: [JSONValue] = []
        for shipment in shipments { ids.append(try shipment.shiprocketOrder().json) }
        return .array(ids)
    }

    /// A paper that lacks some of what was asked for is no answer: who prints it would not see what is missing.
    private static func requireAll(in answer: ProviderObject) throws(CourierError) {
        let missing = answer.json.members?["not_created"]?.elements?.count ?? 0
        guard missing == 0 else {
            throw .refused(
                code: nil, message: answer.words("response") ?? "\(missing) of the shipments have no such paper")
        }
    }

    private static let limits = UntrustedLimits(bodyBytes: 16 << 20)

    /// Fetched at once: nobody says how long it lies there. The address is Shiprocket's answer and no setting of ours.
    private func file(_ name: UTF8Text, in answer: ProviderObject) async throws(CourierError) -> CourierFile {
        guard let address = answer.loose(name) else {
            throw .refused(
                code: nil, message: answer.words("message") ?? answer.words("response") ?? "there is no \(name)")
        }
        let files = UntrustedClient(rules: settings.isLive ? AddressRules() : .thisMachineToo)
        let bytes: [UInt8]
        do {
            bytes = try await files.call(UntrustedRequest(url: address), Self.limits) { response in
                guard response.status == 200 else { throw UntrustedCallError.interrupted }
                return try await response.body.collect()
            }
        } catch {
            throw .unavailable("\(name) can't be fetched: \(error)")
        }
        guard bytes.starts(with: "%PDF-".utf8) else { throw .integrity("\(name) leads to no PDF") }
        return CourierFile(contentType: "application/pdf", bytes: bytes)
    }
}
