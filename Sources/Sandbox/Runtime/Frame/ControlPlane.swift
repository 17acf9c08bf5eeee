import Hummingbird

/// `/_control/{provider}/…`: the commands that all providers share, and the way to each one's own.
struct ControlPlane: Sendable {
    let providers: [any Provider]

    func addRoutes(to router: Router<SandboxContext>) {
        router.get("/_control/:provider") { request, context in
            Answer.page(ControlPage.render(try provider(in: context), notice: try request.queryForm()["done"]))
        }
        router.get("/_control/:provider/**") { request, context in
            try answer { try read(provider(in: context), path: path(in: context), query: request.queryForm()) }
        }
        router.post("/_control/:provider/**") { request, context in
            let provider = try provider(in: context)
            let body = try await request.bytes(in: context)
            let path = path(in: context)
            do {
                let command = ControlCommand(path: path, body: try Self.body(body, of: request))
                let result = try await perform(command, on: provider)
                return isForm(request)
                    ? Answer.seeOther("/_control/\(provider.name)?done=\(path.joined(separator: "/"))") : .json(result)
            } catch let error as ControlError {
                guard isForm(request) else {
                    return Answer.json(["error": .string(error.description)], status: error.status)
                }
                let page = ControlPage.render(provider, notice: nil, refusal: error.description)
                return Answer.page(page, status: error.status)
            }
        }
    }

    private func read(_ provider: any Provider, path: [String], query: FormBody) throws(ControlError) -> JSON {
        switch path {
        case ["faults"]: provider.desk.faults.plan.json
        case ["ledger"]: provider.ledger(query)
        case ["deliveries"]: .array(provider.desk.deliveries.all.map(\.json))
        case ["requests"]: provider.desk.requests.json
        case ["tuning"]: provider.desk.dispatcher.currentTuning.json
        default: throw .notFound("The control page \(path.joined(separator: "/"))")
        }
    }

    private func perform(_ command: ControlCommand, on provider: any Provider) async throws -> JSON {
        switch command.path {
        case ["reset"]: return try reset(provider, command.body)
        case ["faults"]: return try setFaults(provider, command.body)
        case ["next"]: return try order(provider, command.body)
        case ["advance"]: return try advance(provider, command.body)
        case ["clock"]: return try setClock(provider, command.body)
        case ["tuning"]: return try tune(provider, command.body)
        default:
            guard let result = try await provider.control(command) else {
                throw ControlError.notFound("The command \(command.path.joined(separator: "/"))")
            }
            return result
        }
    }

    private func reset(_ provider: any Provider, _ body: JSON) throws(ControlError) -> JSON {
        var seed: UInt64?
        for member in body.members {
            guard member.name == "seed" else { throw .unknown(member.name, among: ["seed"]) }
            seed = member.value == .string("") ? nil : UInt64(try member.nonNegativeInteger())
        }
        provider.desk.faults.clear()
        provider.desk.clock.reset()
        provider.desk.requests.reset()
        provider.reset(seed: seed)
        provider.desk.dispatcher.reset()
        return ["reset": .string(provider.name)]
    }

    private func setFaults(_ provider: any Provider, _ body: JSON) throws(ControlError) -> JSON {
        let plan = try FaultPlan(body)
        provider.desk.faults.set(plan)
        provider.desk.dispatcher.faultsChanged()
        return plan.json
    }

    /// `{"request":"POST /v1/refunds","fault":"error_after","times":1,"delay_ms":0}`
    private func order(_ provider: any Provider, _ body: JSON) throws(ControlError) -> JSON {
        let words = (body["request"]?.stringValue ?? "").split(separator: " ")
        guard words.count == 2, words[1].hasPrefix("/") else {
            throw .invalid("request", "a method and the beginning of a path, such as \"POST /v1/refunds\"")
        }
        let kinds = RequestFault.Kind.allCases.map(\.rawValue)
        guard let kind = RequestFault.Kind(rawValue: body["fault"]?.stringValue ?? "none") else {
            throw .invalid("fault", "one of \(kinds.joined(separator: ", "))")
        }
        let times = body["times"]?.intValue ?? 1
        guard times > 0 else { throw .invalid("times", "an integer from 1") }
        provider.desk.faults.order(
            OrderedFault(
                method: String(words[0]), pathPrefix: String(words[1]),
                fault: RequestFault(kind: kind, delayMilliseconds: body["delay_ms"]?.doubleValue ?? 0),
                remaining: times))
        return [
            "ordered": .string(kind.rawValue), "request": .string(words.joined(separator: " ")), "times": .int(times),
        ]
    }

    private func advance(_ provider: any Provider, _ body: JSON) throws(ControlError) -> JSON {
        guard let seconds = body["seconds"]?.doubleValue, (0...315_576_000).contains(seconds) else {
            throw .invalid("seconds", "a number from 0 to 315576000")
        }
        provider.desk.clock.advance(seconds: seconds)
        provider.timePassed()
        provider.desk.dispatcher.advance(seconds: seconds)
        return ["now": .number(provider.desk.clock.now)]
    }

    /// `{"freeze":1700000000}` makes the provider's time stand still; `{}` lets it run again.
    private func setClock(_ provider: any Provider, _ body: JSON) throws(ControlError) -> JSON {
        if let freeze = body["freeze"] {
            guard let unix = freeze.doubleValue, (0...4_102_444_800).contains(unix) else {
                throw .invalid("freeze", "seconds since 1970")
            }
            provider.desk.clock.freeze(at: unix)
        } else {
            provider.desk.clock.reset()
        }
        return ["now": .number(provider.desk.clock.now)]
    }

    private func tune(_ provider: any Provider, _ body: JSON) throws(ControlError) -> JSON {
        var tuning = provider.desk.dispatcher.currentTuning
        for member in body.members {
            switch member.name {
            case "speed": tuning.speed = try member.number(in: 0.001...1_000_000)
            case "concurrency": tuning.concurrency = Int(try member.number(in: 1...1024))
            case "timeout_ms": tuning.timeout = Int(try member.number(in: 1...600_000))
            default: throw .unknown(member.name, among: ["speed", "concurrency", "timeout_ms"])
            }
        }
        provider.desk.dispatcher.tune(tuning)
        return tuning.json
    }

    private func provider(in context: SandboxContext) throws -> any Provider {
        let name = try context.parameters.require("provider")
        guard let provider = providers.first(where: { $0.name == name }) else {
            throw HTTPError(.notFound, message: "There is no provider \(name) here.")
        }
        return provider
    }

    private func path(in context: SandboxContext) -> [String] {
        context.parameters.getCatchAll().map(String.init)
    }

    private func answer(_ body: () throws -> JSON) throws -> Answer {
        do {
            return .json(try body())
        } catch let error as ControlError {
            return .json(["error": .string(error.description)], status: error.status)
        }
    }

    private func isForm(_ request: Request) -> Bool {
        request.header("Content-Type")?.hasPrefix("application/x-www-form-urlencoded") == true
            && request.header("Accept")?.contains("text/html") == true
    }

    private static func body(_ bytes: [UInt8], of request: Request) throws(ControlError) -> JSON {
        // `curl -d '{…}'` calls its JSON a form, so the first character decides.
        let looksLikeJSON = bytes.first { $0 > 0x20 } == UInt8(ascii: "{")
        let isForm = request.header("Content-Type")?.hasPrefix("application/x-www-form-urlencoded") == true
        guard !isForm || looksLikeJSON else {
            guard let form = FormBody(String(decoding: bytes, as: UTF8.self)) else {
                throw .invalid("The body", "a form")
            }
            return JSON(form: form.root)
        }
        guard !bytes.isEmpty else { return [:] }
        do {
            let json = try JSONParser.parse(bytes)
            guard case .object = json else { throw ControlError.invalid("The body", "a JSON object") }
            return json
        } catch let error as JSONSyntaxError {
            throw .invalid("The body", "JSON: \(error)")
        } catch {
            throw .invalid("The body", "a JSON object")
        }
    }
}

extension PushDispatcher.Tuning {
    var json: JSON {
        ["speed": .number(speed), "concurrency": .int(concurrency), "timeout_ms": .int(timeout)]
    }
}
