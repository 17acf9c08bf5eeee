import HTML
import Hummingbird

/// The merchant's portal: parcels, one page each with its way and what may be done to it, its label, and the page a
/// customer follows it on.
struct SteadfastPages: Sendable {
    let provider: SteadfastProvider

    private static let shown = 100

    func addRoutes(to router: Router<SandboxContext>) {
        router.get("/steadfast/parcels") { _, _ in Answer.page(list) }
        router.get("/steadfast/parcels/:id") { request, context in
            guard let parcel = parcel(context) else { return ParcelForms.notFound("This consignment") }
            return Answer.page(page(parcel, refused: try request.queryForm()["refused"]))
        }
        router.get("/steadfast/parcels/:id/label.pdf") { _, context in
            guard let parcel = parcel(context) else { return ParcelForms.notFound("This consignment") }
            return ParcelForms.pdf(label(parcel))
        }
        router.post("/steadfast/parcels/:id/move") { request, context in
            guard let parcel = parcel(context) else { return ParcelForms.notFound("This consignment") }
            return try await move(parcel, request.form(in: context))
        }
        // UNCONFIRMED: the address of the provider's own tracking page ends like this.
        router.get("/steadfast/t/:code") { _, context in
            let code = context.parameters.get("code") ?? ""
            guard let parcel = provider.box.read({ $0.parcel(trackingCode: code) }) else {
                return ParcelForms.notFound("This parcel")
            }
            return Answer.page(tracking(parcel))
        }
    }

    private func parcel(_ context: SandboxContext) -> SteadfastParcel? {
        context.parameters.get("id").flatMap { Int($0) }.flatMap { id in provider.box.read { $0.parcel(id: id) } }
    }

    private var list: HTML {
        let parcels = provider.box.read { Array($0.parcels.suffix(Self.shown).reversed()) }
        let rows = parcels.map { parcel in
            let toCollect = "BDT \(Hundredths.text(parcel.order.codAmount))"
            return (
                link: "/steadfast/parcels/\(parcel.id)",
                cells: ["\(parcel.id)", parcel.order.invoice, parcel.order.name, toCollect, parcel.status]
            )
        }
        return Page.render(
            title: "Steadfast parcels",
            body: """
                <h1>Steadfast parcels</h1><p class="links"><a href="/_control/steadfast">Switches</a></p>
                \(ParcelForms.list(["Consignment", "Invoice", "Recipient", "To collect", "Status"], rows))
                """)
    }

    private func page(_ parcel: SteadfastParcel, refused: String?) -> HTML {
        let choices = (SteadfastStatus.known + SteadfastStatus.returnLegs).filter { status in
            provider.box.read { $0.allows(parcel, to: status) }
        }
        let notice = refused.map { HTML.refusal("It can't become \($0).") }
        return Page.render(
            title: "Consignment \(parcel.id)",
            body: """
                <p><a href="/steadfast/parcels">Parcels</a> ·
                \(HTML.link("Tracking page", to: "/steadfast/t/\(parcel.trackingCode)")) ·
                <a href="/steadfast/parcels/\(parcel.id)/label.pdf">Label</a></p>
                <h1>Consignment \(parcel.id)</h1>\(notice)\(ParcelForms.state(parcel.status.replacing("_", with: " ")))
                \(HTML.facts([
                    ("Invoice", parcel.order.invoice), ("Recipient", parcel.order.name),
                    ("Phone", parcel.order.phone), ("Address", parcel.order.address),
                    ("To collect", "BDT \(Hundredths.text(parcel.order.codAmount))"),
                    ("Delivery charge", "BDT \(Hundredths.text(parcel.deliveryCharge))"),
                ]))
                <h2>By hand</h2>
                \(ParcelForms.move(
                    action: "/steadfast/parcels/\(parcel.id)/move", label: "Move to",
                    choices: choices.map { ($0, $0.replacing("_", with: " ")) }))
                <h2>Its way</h2>\(way(parcel))
                """)
    }

    private func tracking(_ parcel: SteadfastParcel) -> HTML {
        Page.render(
            title: "Parcel \(parcel.trackingCode)",
            body: """
                <h1>Parcel \(parcel.trackingCode)</h1>
                \(ParcelForms.state(parcel.status.replacing("_", with: " ")))
                \(way(parcel))
                """)
    }

    private func way(_ parcel: SteadfastParcel) -> HTML {
        ParcelForms.way(
            parcel.trackings.reversed().map {
                (CivilTime(unix: $0.at, offset: CivilTime.bangladesh).stamp + " in Dhaka", $0.text, "")
            })
    }

    private func move(_ parcel: SteadfastParcel, _ form: FormBody) -> Answer {
        let status = form["choice"] ?? ""
        let message = form["message"].flatMap { $0.isEmpty ? nil : $0 }
        let moved = provider.box.change { state, now in
            guard let current = state.parcel(id: parcel.id), state.allows(current, to: status) else { return false }
            state.start(.byHand, of: parcel.id, now: now)
            state.move(parcel.id, to: status, message: message, now: now)
            return true
        }
        return .seeOther("/steadfast/parcels/\(parcel.id)\(moved ? "" : "?refused=status")")
    }

    /// What the portal prints: the API has no labels.
    private func label(_ parcel: SteadfastParcel) -> PDFDocument {
        var page = PDFPage.label()
        page.text("STEADFAST (SANDBOX)", x: 16, y: 28, size: 14, face: .bold)
        page.rule(y: 36, from: 16, to: 272)
        page.barcode(parcel.trackingCode, x: 24, y: 48, width: 240, height: 60)
        page.text(parcel.trackingCode, x: 24, y: 124, size: 12, face: .bold)
        page.text("Consignment \(parcel.id)   Invoice \(parcel.order.invoice)", x: 16, y: 148)
        page.text("To", x: 16, y: 176, face: .bold)
        var below = page.paragraph(parcel.order.name, x: 16, y: 190, columns: 48, size: 11, face: .bold)
        below = page.paragraph(parcel.order.address, x: 16, y: below, columns: 52, size: 10)
        page.text(parcel.order.phone, x: 16, y: below, size: 10)
        page.rule(y: 340, from: 16, to: 272)
        page.text("Collect BDT \(Hundredths.text(parcel.order.codAmount))", x: 16, y: 364, size: 16, face: .bold)
        return PDFDocument(title: "Label \(parcel.trackingCode)", created: parcel.createdAt, pages: [page])
    }
}
