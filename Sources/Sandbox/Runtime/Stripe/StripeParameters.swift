/// Typed access to a request's parameters; what is wrong is named as Stripe names it.
struct StripeParameters: Sendable {
    let root: FormValue
    private let prefix: String

    init(_ root: FormValue, prefix: String = "") {
        self.root = root
        self.prefix = prefix
    }

    func path(_ name: String) -> String { prefix.isEmpty ? name : "\(prefix)[\(name)]" }

    /// Refuses parameters that the operation doesn't have.
    func allow(_ names: Set<String>) throws(StripeError) {
        for child in root.children where !names.contains(child.name) && child.name != "expand" {
            throw .invalid(
                "Received unknown parameter: \(path(child.name))", code: "parameter_unknown", param: path(child.name))
        }
    }

    func text(_ name: String) throws(StripeError) -> String? {
        guard let value = root[name] else { return nil }
        guard let text = value.text, value.children.isEmpty else {
            throw .invalid("Invalid string: \(path(name)).", param: path(name))
        }
        return text.isEmpty ? nil : text
    }

    func requiredText(_ name: String) throws(StripeError) -> String {
        guard root[name] != nil else { throw .missing(path(name)) }
        guard let text = try text(name) else {
            throw .invalid(
                "You passed an empty string for '\(path(name))'. We assume empty values are an attempt to unset a parameter; "
                    + "however '\(path(name))' cannot be unset. You should remove '\(path(name))' from your request or supply a "
                    + "non-empty value.", code: "parameter_invalid_empty", param: path(name))
        }
        return text
    }

    func integer(_ name: String) throws(StripeError) -> Int? {
        guard let text = try text(name) else { return nil }
        guard let number = Int(text) else {
            throw .invalid("Invalid integer: \(text)", code: "parameter_invalid_integer", param: path(name))
        }
        return number
    }

    func requiredInteger(_ name: String) throws(StripeError) -> Int {
        guard let number = try integer(name) else { throw .missing(path(name)) }
        return number
    }

    func flag(_ name: String) throws(StripeError) -> Bool {
        switch try text(name) {
        case nil, "false": return false
        case "true": return true
        case let text?: throw .invalid("Invalid boolean: \(text)", param: path(name))
        }
    }

    /// One of a set of words.
    func word(_ name: String, among words: [String]) throws(StripeError) -> String? {
        guard let text = try text(name) else { return nil }
        guard words.contains(text) else {
            let list =
                words.count > 1
                ? "one of \(words.dropLast().joined(separator: ", ")), or \(words[words.count - 1])" : words[0]
            throw .invalid("Invalid \(path(name)): must be \(list)", param: path(name))
        }
        return text
    }

    func currency(_ name: String) throws(StripeError) -> String {
        let code = try requiredText(name).lowercased()
        guard StripeCurrency.exponent(code) != nil else {
            throw .invalid("Invalid currency: \(code).", param: path(name))
        }
        return code
    }

    func url(_ name: String) throws(StripeError) -> String? {
        guard let text = try text(name) else { return nil }
        guard text.hasPrefix("http://") || text.hasPrefix("https://"), !text.contains(where: \.isWhitespace),
            text.count > 10
        else {
            throw .invalid("Not a valid URL", code: "url_invalid", param: path(name))
        }
        return text
    }

    /// Up to 50 texts of up to 500 characters under names of up to 40. An empty value unsets a name.
    func metadata(_ name: String, onto existing: [String: String] = [:]) throws(StripeError) -> [String: String] {
        guard let value = root[name] else { return existing }
        var metadata = existing
        for child in value.children {
            let param = "\(path(name))[\(child.name)]"
            guard let text = child.value.text else { throw .invalid("Invalid string: \(param).", param: param) }
            guard child.name.count <= 40 else {
                throw .invalid("Metadata keys may be at most 40 characters long.", param: param)
            }
            guard text.count <= 500 else {
                throw .invalid("Metadata values can have up to 500 characters.", param: param)
            }
            metadata[child.name] = text.isEmpty ? nil : text
        }
        guard metadata.count <= 50 else {
            throw .invalid("You may only have up to 50 metadata keys.", param: path(name))
        }
        return metadata
    }

    /// The parameters under a bracketed name.
    func nested(_ name: String) -> StripeParameters? {
        root[name].map { StripeParameters($0, prefix: path(name)) }
    }

    /// The elements of an array parameter.
    func elements(_ name: String) -> [StripeParameters] {
        (root[name]?.children ?? []).map { StripeParameters($0.value, prefix: "\(path(name))[\($0.name)]") }
    }
}
