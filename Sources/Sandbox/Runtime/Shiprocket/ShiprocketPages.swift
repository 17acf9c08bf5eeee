import HTML
import Hummingbird

/// The seller's panel: parcels, one page each with its way and what may be done to it; the page a customer follows it
/// on; and the files that answers point to.
struct ShiprocketPages: Sendable {
    let provider: ShiprocketProvider

    private static let shown = 100

    func addRoutes(to router: Router<SandboxContext>) {
        router.get("/shiprocket/parcels") { _, _ in Answer.page(list) }
        router.get("/shiprocket/parcels/:id") { request, context in
            guard let order = order(context) else { return ParcelForms.notFound("This order") }
            return Answer.page(page(order, refused: try request.queryForm()["refused"] != nil))
        }
        router.post("/shiprocket/parcels/:id/move") { request, context in
            guard let order = order(context) else { return ParcelForms.notFound("This order") }
            return try await move(order, request.form(in: context))
        }
        router.get("/shiprocket/tracking/:awb") { _, context in
            let awb = context.parameters.get("awb") ?? ""
            guard let order = provider.box.read({ $0.order(awb: awb) }) else {
                return ParcelForms.notFound("This parcel")
            }
            return Answer.page(tracking(order))
        }
        router.get("/shiprocket/documents/:name") { _, context in document(context.parameters.get("name") ?? "") }
    }

    private func order(_ context: SandboxContext) -> ShiprocketOrder? {
        context.parameters.get("id").flatMap { Int($0) }.flatMap { id in provider.box.read { $0.order(id: id) } }
    }

    /// UNCONFIRMED: what an address that has ended answers.
    private func document(_ name: String) -> Answer {
        let now = provider.desk.clock.unix
        let drawn: PDFDocument? = provider.box.read { state in
            guard let document = state.documents[name],
                now < document.createdAt + state.settings.documentLifetime
            else { return nil }
            return ShiprocketPapers.draw(document, state)
        }
        guard let drawn else {
            return Answer(
                status: 403, headers: [("Content-Type", "application/xml")],
                body: Array("<Error><Code>AccessDenied</Code></Error>".utf8))
        }
        return ParcelForms.pdf(drawn)
    }

    private var list: HTML {
        let orders = provider.box.read { Array($0.orders.suffix(Self.shown).reversed()) }
        let rows = orders.map { order in
            let cells = [
                "\(order.id)", order.draft.channelOrderID, order.draft.shipping.fullName,
                order.awb.isEmpty ? "none yet" : order.awb,
                order.draft.isCOD ? "INR \(Hundredths.text(order.draft.total))" : "prepaid",
                ShiprocketStatus.orderName(order.status),
            ]
            return (link: "/shiprocket/parcels/\(order.id)", cells: cells)
        }
        return Page.render(
            title: "Shiprocket parcels",
            body: """
                <h1>Shiprocket parcels</h1><p class="links"><a href="/_control/shiprocket">Switches</a></p>
                \(ParcelForms.list(["Order", "Your order", "Recipient", "AWB", "To collect", "Status"], rows))
                """)
    }

    private func page(_ order: ShiprocketOrder, refused: Bool) -> HTML {
        let tracking: HTML = " · \(HTML.link("Tracking page", to: "/shiprocket/tracking/\(order.awb)"))"
        let facts: [(label: String, value: String)] = [
            ("Order status", "\(ShiprocketStatus.orderName(order.status)) (\(order.status))"),
            (
                "Shipment status",
                "\(ShiprocketStatus.shipmentName(order.shipmentStatus)) (\(order.shipmentStatus))"
            ),
            ("Your order", order.draft.channelOrderID), ("Shipment", "\(order.shipmentID)"),
            ("AWB", order.awb.isEmpty ? "none yet" : order.awb), ("Courier", order.courierName),
            ("Recipient", order.draft.shipping.fullName),
            ("To", "\(order.draft.shipping.city) \(order.draft.shipping.pincode)"),
            ("To collect", order.draft.isCOD ? "INR \(Hundredths.text(order.draft.total))" : "nothing"),
            ("Charged", "INR \(Hundredths.text(order.charged))"),
        ]
        return Page.render(
            title: "Order \(order.id)",
            body: """
                <p><a href="/shiprocket/parcels">Parcels</a>\(if: !order.awb.isEmpty, tracking)</p>
                <h1>Order \(order.id)</h1>\(if: refused, .refusal("The parcel can't be moved there."))
                \(ParcelForms.state(ShiprocketStatus.shipmentName(order.shipmentStatus)))\(HTML.facts(facts))
                <h2>By hand</h2>\(hand(order))
                <h2>Its way</h2>\(way(order))
                """)
    }

    private func hand(_ order: ShiprocketOrder) -> HTML {
        let ids = ShiprocketStatus.shipment.keys.sorted().filter { id in
            id > 1 && provider.box.read { $0.allows(order, to: id) }
        }
        guard !ids.isEmpty else { return "<p>Nothing can be done to it here.</p>" }
        return ParcelForms.move(
            action: "/shiprocket/parcels/\(order.id)/move", label: "Move to",
            choices: ids.map { ("\($0)", "\($0) \(ShiprocketStatus.shipmentName($0))") })
    }

    private func tracking(_ order: ShiprocketOrder) -> HTML {
        Page.render(
            title: "Parcel \(order.awb)",
            body: """
                <h1>Parcel \(order.awb)</h1>
                \(ParcelForms.state(ShiprocketStatus.shipmentName(order.shipmentStatus)))
                \(way(order))
                """)
    }

    private func way(_ order: ShiprocketOrder) -> HTML {
        ParcelForms.way(
            order.scans.reversed().map { (ShiprocketRendering.stamp($0.at) + " in India", $0.activity, $0.location) })
    }

    private func move(_ order: ShiprocketOrder, _ form: FormBody) -> Answer {
        let status = form["choice"].flatMap { Int($0) } ?? -1
        let message = form["message"].flatMap { $0.isEmpty ? nil : $0 }
        let moved = provider.box.change { state, now in
            guard let current = state.order(id: order.id), state.allows(current, to: status) else { return false }
            state.start(.byHand, of: order.id, now: now)
            state.move(order.id, to: status, activity: message, now: now)
            return true
        }
        return .seeOther("/shiprocket/parcels/\(order.id)\(moved ? "" : "?refused=1")")
    }
}
