/// Labels, manifests and invoices: answers that point to files.
enum ShiprocketPapers {
    static let label: ShiprocketOperation = { (state, call) throws(ShiprocketError) in
        let (good, bad) = sorted(try call.numbers("shipment_id"), state)
        guard !good.isEmpty else {
            return .json([
                "label_created": 0, "not_created": .array(bad.map(JSON.int)),
                "response": "No valid shipment ids to print label",
            ])
        }
        let name = state.keep(.label, good, now: call.now)
        return .json([
            "label_created": 1, "label_url": call.document(name),
            "response": "Label has been created and uploaded successfully!",
            "not_created": .array(bad.map(JSON.int)),
        ])
    }

    /// Orders of shipments with an AWB, and the ids that have none.
    private static func sorted(_ shipments: [Int], _ state: ShiprocketState) -> (good: [Int], bad: [Int]) {
        var good: [Int] = []
        var bad: [Int] = []
        for shipment in shipments {
            if let order = state.order(shipment: shipment), !order.awb.isEmpty, order.shipmentStatus != 8 {
                good.append(order.id)
            } else {
                bad.append(shipment)
            }
        }
        return (good, bad)
    }

    static let generateManifest: ShiprocketOperation = { (state, call) throws(ShiprocketError) in
        let shipments = try call.numbers("shipment_id")
        let (good, bad) = sorted(shipments, state)
        guard bad.isEmpty, !good.isEmpty else { throw .refused("Invalid shipment id") }
        let done = good.compactMap(state.order(id:)).filter(\.isManifested)
        if done.count == good.count { throw .refused("Manifest already generated.") }
        if !done.isEmpty { throw .manifested(done.map(\.shipmentID)) }
        for id in good { state.update(id) { $0.isManifested = true } }
        return .json(["status": 1, "manifest_url": call.document(state.keep(.manifest, good, now: call.now))])
    }

    /// An empty address where no id is any good.
    static let printManifest: ShiprocketOperation = { (state, call) throws(ShiprocketError) in
        let ids = try call.numbers("order_ids").filter { state.order(id: $0)?.isManifested == true }
        guard !ids.isEmpty else { return .json(["manifest_url": ""]) }
        return .json(["manifest_url": call.document(state.keep(.manifest, ids, now: call.now))])
    }

    static let invoice: ShiprocketOperation = { (state, call) throws(ShiprocketError) in
        let ids = try call.numbers("ids")
        let good = ids.filter { state.order(id: $0) != nil }
        guard !good.isEmpty else { throw .noInvoice }
        let bad = ids.filter { !good.contains($0) }
        return .json([
            "is_invoice_created": true, "invoice_url": call.document(state.keep(.invoice, good, now: call.now)),
            "not_created": .array(bad.map(JSON.int)),
        ])
    }

    static let labelInvoice: ShiprocketOperation = { (state, call) throws(ShiprocketError) in
        let shipments = try call.numbers("shipment_ids")
        guard shipments.count <= 200 else {
            throw .invalid([("shipment_ids", "The shipment ids may not have more than 200 items.")])
        }
        let (good, bad) = sorted(shipments, state)
        return .json([
            "completed": true,
            "file_url": good.isEmpty ? "" : call.document(state.keep(.parcel, good, now: call.now)),
            "error_file_url": "", "success_count": .int(good.count), "error_count": .int(bad.count),
        ])
    }

    /// Draws what a document's name stands for.
    static func draw(_ document: ShiprocketDocument, _ state: ShiprocketState) -> PDFDocument {
        let orders = document.orders.compactMap(state.order(id:))
        let pages: [PDFPage] =
            switch document.kind {
            case .label: orders.map { label($0, state) }
            case .manifest: manifest(orders, state, at: document.createdAt)
            case .invoice: orders.map { invoice($0, at: document.createdAt) }
            case .parcel: orders.flatMap { [label($0, state), invoice($0, at: document.createdAt)] }
            }
        return PDFDocument(
            title: "Shiprocket \(document.kind.rawValue) (sandbox)", created: document.createdAt, pages: pages)
    }

    private static func label(_ order: ShiprocketOrder, _ state: ShiprocketState) -> PDFPage {
        var page = PDFPage.label()
        page.text("Ship to", x: 16, y: 26, face: .bold)
        var below = page.paragraph(order.draft.shipping.fullName, x: 16, y: 42, columns: 44, size: 12, face: .bold)
        below = page.paragraph(address(order.draft.shipping), x: 16, y: below, columns: 54)
        page.text("Phone \(order.draft.shipping.phone)", x: 16, y: below)
        page.rule(y: 116, from: 16, to: 272)
        page.text(
            order.draft.isCOD ? "COD Rs. \(Hundredths.text(order.draft.total))" : "PREPAID", x: 16, y: 136, size: 14,
            face: .bold)
        page.text(
            "\(order.draft.dimensions) cm, \(ShiprocketRendering.weight(order.draft.grams)) kg", x: 16, y: 152)
        page.rule(y: 162, from: 16, to: 272)
        page.text(order.courierName, x: 16, y: 180, size: 12, face: .bold)
        page.barcode(order.awb, x: 24, y: 190, width: 240, height: 60)
        page.text("AWB \(order.awb)", x: 24, y: 266, size: 11, face: .bold)
        page.rule(y: 278, from: 16, to: 272)
        page.text("Order \(order.draft.channelOrderID)", x: 16, y: 296)
        let shipper = state.pickups.first { $0.name == order.draft.pickupLocation }?.party ?? ShiprocketParty()
        page.text("Return to", x: 16, y: 330, face: .bold)
        _ = page.paragraph("\(shipper.fullName), \(address(shipper))", x: 16, y: 344, columns: 54, size: 8)
        return page
    }

    private static func manifest(_ orders: [ShiprocketOrder], _ state: ShiprocketState, at time: Int) -> [PDFPage] {
        let rows = 40
        return stride(from: 0, to: orders.count, by: rows).map { first in
            var page = PDFPage.a4()
            page.text("Manifest", x: 40, y: 50, size: 18, face: .bold)
            page.text("Generated \(ShiprocketRendering.stamp(time)) IST", x: 40, y: 70)
            let columns: [(title: String, x: Double)] = [
                ("AWB", 40), ("Courier", 150), ("Order", 270), ("Shipment", 420), ("Weight", 510),
            ]
            for column in columns { page.text(column.title, x: column.x, y: 100, face: .bold) }
            page.rule(y: 106, from: 40, to: 555)
            var y = 122.0
            for order in orders[first..<min(first + rows, orders.count)] {
                let cells = [
                    order.awb, order.courierName, String(order.draft.channelOrderID.prefix(26)),
                    "\(order.shipmentID)", "\(ShiprocketRendering.weight(order.draft.grams)) kg",
                ]
                for (column, cell) in zip(columns, cells) { page.text(cell, x: column.x, y: y) }
                y += 16
            }
            page.text("Received by the courier:", x: 40, y: 800)
            return page
        }
    }

    private static func invoice(_ order: ShiprocketOrder, at time: Int) -> PDFPage {
        var page = PDFPage.a4()
        page.text("Tax invoice", x: 40, y: 50, size: 18, face: .bold)
        page.text(
            "INV\(order.id)   Order \(order.draft.channelOrderID)   \(ShiprocketRendering.stamp(time))", x: 40, y: 70)
        page.text("Bill to", x: 40, y: 100, face: .bold)
        _ = page.paragraph(
            "\(order.draft.billing.fullName), \(address(order.draft.billing))", x: 40, y: 114, columns: 90)
        for (title, x) in [("Item", 40.0), ("SKU", 290), ("Units", 400), ("Price (Rs.)", 470)] {
            page.text(title, x: x, y: 170, face: .bold)
        }
        page.rule(y: 176, from: 40, to: 555)
        var y = 192.0
        for item in order.draft.items.prefix(34) {
            page.text(String(item.name.prefix(46)), x: 40, y: y)
            page.text(String(item.sku.prefix(18)), x: 290, y: y)
            page.text("\(item.units)", x: 400, y: y)
            page.text(Hundredths.text(item.price), x: 470, y: y)
            y += 16
        }
        if order.draft.items.count > 34 { page.text("and \(order.draft.items.count - 34) more", x: 40, y: y) }
        page.rule(y: y + 4, from: 40, to: 555)
        page.text("Total Rs. \(Hundredths.text(order.draft.total))", x: 400, y: y + 22, size: 11, face: .bold)
        return page
    }

    private static func address(_ party: ShiprocketParty) -> String {
        [party.address, party.address2, party.city, "\(party.state) \(party.pincode)"].filter { !$0.isEmpty }
            .joined(separator: ", ")
    }
}
