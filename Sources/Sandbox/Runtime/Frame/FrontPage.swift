import Hummingbird

/// The list of providers with what they have in flight.
struct FrontPage: Sendable {
    let providers: [any Provider]

    func addRoutes(to router: Router<SandboxContext>) {
        router.get("/") { _, _ in Answer.html(html) }
        router.get("/health/live") { _, _ in Answer.json(["status": "ok"]) }
    }

    private var html: String {
        Page.render(
            title: "Providers",
            body: """
                <h1>Outside providers, close at hand</h1>
                <p>Each stand-in speaks its provider's wire format. Nothing here is real, and no money moves.</p>
                <div class="cards">\(providers.map(card).joined())</div>
                """)
    }

    private func card(_ provider: any Provider) -> String {
        let disturbed = provider.desk.faults.plan == FaultPlan() ? "" : "<p class=\"notice\">Disturbances are on.</p>"
        let overview = provider.overview()
        return """
            <section class="card"><h2><a href="/_control/\(provider.name)">\(Page.escape(provider.title))</a></h2>
            \(disturbed)<dl>\(ControlPage.figures(overview.figures))</dl>\(ControlPage.link(overview))</section>
            """
    }
}
