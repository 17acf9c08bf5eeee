import HTML

/// A provider's control page: its figures, the chaos switches, its own commands, and the latest requests and pushes.
enum ControlPage {
    /// `notice` is the command that was done, `refusal` why one was not.
    static func render(_ provider: any Provider, notice: String?, refusal: String? = nil) -> HTML {
        let overview = provider.overview()
        let done = notice.map { HTML.success("Done: \($0).") }
        let refused = refusal.map { HTML.refusal($0) }
        let pushes: HTML? =
            provider.pushes
            ? "<h2>Latest pushes</h2>\(deliveries(provider.desk.deliveries.latest(20)))" : nil
        return Page.render(
            title: provider.title,
            body: """
                <h1>\(provider.title)</h1>
                \(done)\(refused)
                <p class="links">\(link(provider, overview))</p>
                \(HTML.facts(overview.rows))
                <h2>Disturbances</h2>
                \(ChaosPreset.buttons(provider))
                \(faults(provider))
                <h2>Commands</h2>
                \(commands(provider, overview.forms))
                <h2>Latest requests</h2>
                \(requests(provider.desk.requests.recent.prefix(20)))
                \(pushes)
                """)
    }

    /// The way to a provider's own list: its parcels, messages or mails.
    static func link(_ provider: any Provider, _ overview: ProviderOverview) -> HTML? {
        guard let page = overview.page ?? (provider.name == "smtp" ? "/inbox" : nil) else { return nil }
        let what = page.split(separator: "/").last.map(String.init) ?? "list"
        return """
             <a href="\(url: page)">Its \(what)\
            <span class="hidden"> (\(provider.title))</span></a>
            """
    }

    private static func faults(_ provider: any Provider) -> HTML {
        let plan = provider.desk.faults.plan
        let path = "/_control/\(provider.name)/faults"
        return """
            <form class="controls" method="post" action="\(url: path)">
            \(if: provider.pushes, pushes(plan))
            <fieldset><legend>Requests</legend>
            \(range("api[slow_ms]", "Slow", plan.api.slowMilliseconds))
            \(input("api[error_before]", "Error with nothing done (0–1)", plan.api.errorBefore))
            \(input("api[error_after]", "Error after committing (0–1)", plan.api.errorAfter))
            \(input("api[rate_limit]", "Too many requests (0–1)", plan.api.rateLimit))
            \(input("api[refuse]", "Connection closed, nothing done (0–1)", plan.api.refuse))
            \(input("api[lose_answer]", "Connection closed after committing (0–1)", plan.api.loseAnswer))
            <label>Seed <input name="seed" inputmode="numeric" value="\(plan.seed)"></label>
            </fieldset>
            <p class="wide"><button>Set disturbances</button></p>
            </form>
            """
    }

    private static func pushes(_ plan: FaultPlan) -> HTML {
        """
        <fieldset><legend>Pushes</legend>
        \(input("webhooks[duplicate]", "Further copies of each", plan.pushes.duplicate))
        \(checkbox("webhooks[reorder]", "Shuffle what belongs together", plan.pushes.reorder))
        \(range("webhooks[delay_ms]", "Delay", plan.pushes.delayMilliseconds))
        \(input("webhooks[drop]", "Lost on the way (0–1)", plan.pushes.drop))
        \(input("webhooks[corrupt]", "One byte changed (0–1)", plan.pushes.corrupt))
        \(checkbox("webhooks[hold]", "Hold back", plan.pushes.hold))
        </fieldset>
        """
    }

    private static func commands(_ provider: any Provider, _ forms: [ControlForm]) -> HTML {
        let shared = [
            ControlForm(
                title: "Let time pass", command: "advance",
                fields: [.init(name: "seconds", label: "Seconds", value: "3600")]),
            ControlForm(
                title: "Forget everything", command: "reset", fields: [.init(name: "seed", label: "Seed (optional)")]),
        ]
        let rendered = (forms + shared).map { form -> HTML in
            let fields = form.fields.map { field -> HTML in
                "<label>\(field.label) <input name=\"\(field.name)\" value=\"\(field.value)\"></label>"
            }
            return """
                <form class="card" method="post" action="\(url: "/_control/\(provider.name)/\(form.command)")">
                <h3>\(form.title)</h3>\(fields)<p><button>\(form.title)</button></p></form>
                """
        }
        return "<div class=\"cards\">\(rendered)</div>"
    }

    private static func requests(_ records: some Sequence<RequestRecord>) -> HTML {
        .table(
            "Latest requests", ["Request", "Path", "Status", "Disturbed"],
            texts: records.map {
                [$0.id, "\($0.method) \($0.path)", "\($0.status)", $0.fault == .none ? "" : $0.fault.rawValue]
            })
    }

    private static func deliveries(_ deliveries: [Delivery]) -> HTML {
        .table(
            "Latest pushes", ["Event", "Type", "State", "Answers"],
            texts: deliveries.map { delivery in
                let answers = delivery.attempts.map { $0.status == 0 ? ($0.note ?? "no answer") : "\($0.status)" }
                let copy = delivery.copy == 0 ? "" : " (copy \(delivery.copy))"
                return [delivery.id + copy, delivery.kind, delivery.state.rawValue, answers.joined(separator: ", ")]
            })
    }

    private static func input(_ name: String, _ label: String, _ value: Double) -> HTML {
        "<label>\(label) <input name=\"\(name)\" inputmode=\"decimal\" value=\"\(plain(value))\"></label>"
    }

    private static func checkbox(_ name: String, _ label: String, _ isOn: Bool) -> HTML {
        "<label class=\"check\"><input type=\"checkbox\" name=\"\(name)\"\(if: isOn, " checked")> \(label)</label>"
    }

    private static func range(_ name: String, _ label: String, _ value: ClosedRange<Double>) -> HTML {
        """
        <div class="pair">
        <label>\(label), from (ms) <input name="\(name)[0]" inputmode="numeric" value="\(plain(value.lowerBound))"></label>
        <label>\(label), to (ms) <input name="\(name)[1]" inputmode="numeric" value="\(plain(value.upperBound))"></label>
        </div>
        """
    }

    /// Without the `.0` of whole numbers.
    private static func plain(_ value: Double) -> String {
        Int(exactly: value).map(String.init) ?? "\(value)"
    }
}

extension ProviderOverview {
    /// Its figures as the rows of a list.
    var rows: [(label: String, value: String)] { figures.map { ($0.label, $0.value) } }
}
