import HTML
import Hummingbird

/// The providers with what they have in flight, the way to each one's own page, and the quick way to trouble.
struct FrontPage: Sendable {
    let providers: [any Provider]

    private static let payments: Set = ["stripe", "razorpay", "sslcommerz", "bkash", "aamarpay", "paystation"]
    private static let parcels: Set = ["steadfast", "shiprocket"]

    func addRoutes(to router: Router<SandboxContext>) {
        router.get("/") { _, _ in Answer.page(html) }
        router.get("/assets/:version/style.css") { _, context in
            Answer(
                headers: [
                    ("Content-Type", StyleSheet.contentType),
                    ("Cache-Control", StyleSheet.cacheControl(askedFor: context.parameters.get("version") ?? "")),
                ], body: StyleSheet.utf8)
        }
        router.get("/health/live") { _, _ in Answer.json(["status": "ok"]) }
    }

    private var html: HTML {
        let others = providers.filter { !Self.payments.contains($0.name) && !Self.parcels.contains($0.name) }
        return Page.render(
            title: "Overview",
            body: """
                <h1>Outside providers, close at hand</h1>
                <p class="lede">Each stand-in speaks its provider's wire format. Nothing here is real, and no money moves.</p>
                \(group("Money", providers.filter { Self.payments.contains($0.name) }))
                \(group("Parcels", providers.filter { Self.parcels.contains($0.name) }))
                \(group("Messages", others))
                """)
    }

    private func group(_ title: String, _ members: [any Provider]) -> HTML {
        guard !members.isEmpty else { return .empty }
        return "<h2>\(title)</h2><div class=\"cards\">\(members.map(card))</div>"
    }

    private func card(_ provider: any Provider) -> HTML {
        let isCalm = provider.desk.faults.plan == FaultPlan()
        let overview = provider.overview()
        let path = "/_control/\(provider.name)"
        let title = provider.title
        return """
            <section class="card" aria-labelledby="card-\(provider.name)">
            <div class="title"><h3 id="card-\(provider.name)"><a href="\(url: path)">\(title)</a></h3>
            <span class="pill\(if: !isCalm, " on")">\(isCalm ? "Calm" : "Disturbances are on.")</span></div>
            <dl>\(HTML.rows(overview.rows))</dl>
            <details\(if: !isCalm, " open")><summary>Disturb<span class="hidden"> \(title)</span></summary>\
            \(ChaosPreset.buttons(provider))</details>
            <p class="links"><a href="\(url: path)">All switches<span class="hidden"> of \(title)</span></a>\
            \(ControlPage.link(provider, overview))</p>
            </section>
            """
    }
}
