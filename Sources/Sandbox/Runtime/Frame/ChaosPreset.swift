import HTML

/// A fault plan with a name, for people who want trouble at one click.
struct ChaosPreset: Sendable {
    let name: String
    let plan: FaultPlan
    /// Whether it only makes sense for providers that push.
    var needsPushes = false

    static let calm = ChaosPreset(name: "Calm", plan: FaultPlan())

    static let all: [ChaosPreset] = [
        calm,
        pushes("Twice and shuffled") { plan in
            plan.duplicate = 1
            plan.reorder = true
        },
        pushes("Pushes get lost") { $0.drop = 0.5 },
        pushes("Pushes late") { $0.delayMilliseconds = 2000...8000 },
        pushes("Bytes flipped") { $0.corrupt = 0.5 },
        api("Slow") { $0.slowMilliseconds = 1000...3000 },
        api("Errors") { plan in
            plan.errorBefore = 0.25
            plan.errorAfter = 0.25
        },
        api("Too many requests") { $0.rateLimit = 0.5 },
        api("Connections cut") { plan in
            plan.refuse = 0.2
            plan.loseAnswer = 0.2
        },
    ]

    private static func pushes(_ name: String, _ change: (inout FaultPlan.Pushes) -> Void) -> ChaosPreset {
        var plan = FaultPlan()
        change(&plan.pushes)
        return ChaosPreset(name: name, plan: plan, needsPushes: true)
    }

    private static func api(_ name: String, _ change: (inout FaultPlan.API) -> Void) -> ChaosPreset {
        var plan = FaultPlan()
        change(&plan.api)
        return ChaosPreset(name: name, plan: plan)
    }

    /// One button each for what a provider can suffer; the one in force is pressed.
    static func buttons(_ provider: any Provider) -> HTML {
        let buttons = all.filter { provider.pushes || !$0.needsPushes }.map { preset -> HTML in
            let isOn = provider.desk.faults.plan == preset.plan
            return """
                <form method="post" action="\(url: "/_control/\(provider.name)/faults")">\(preset.fields)\
                <button class="quiet\(if: preset.plan != FaultPlan(), " trouble")" aria-pressed="\(isOn ? "true" : "false")">\(preset.name)\
                <span class="hidden"> at \(provider.title)</span></button></form>
                """
        }
        return "<div class=\"presets\">\(buttons)</div>"
    }

    /// Its switches that are on, as hidden fields of a form.
    private var fields: HTML {
        let numbers: [(name: String, value: Double)] = [
            ("webhooks[duplicate]", plan.pushes.duplicate),
            ("webhooks[delay_ms][0]", plan.pushes.delayMilliseconds.lowerBound),
            ("webhooks[delay_ms][1]", plan.pushes.delayMilliseconds.upperBound),
            ("webhooks[drop]", plan.pushes.drop), ("webhooks[corrupt]", plan.pushes.corrupt),
            ("api[slow_ms][0]", plan.api.slowMilliseconds.lowerBound),
            ("api[slow_ms][1]", plan.api.slowMilliseconds.upperBound), ("api[error_before]", plan.api.errorBefore),
            ("api[error_after]", plan.api.errorAfter), ("api[rate_limit]", plan.api.rateLimit),
            ("api[refuse]", plan.api.refuse), ("api[lose_answer]", plan.api.loseAnswer),
        ]
        let amounts = numbers.filter { $0.value != 0 }.map { HTML.hidden($0.name, "\($0.value)") }
        return "\(if: plan.pushes.reorder, .hidden("webhooks[reorder]", "on"))\(amounts)"
    }
}
