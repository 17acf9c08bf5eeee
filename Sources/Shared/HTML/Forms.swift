// What forms are made of. Each works without a script.

/// One line of text in a form, with its label; where it was refused, with the reason.
package struct TextField: Sendable {
    /// How browsers help to fill it in.
    package enum Kind: String, Sendable { case text, email, tel, password, search }

    /// Which keys a phone shows.
    package enum Keys: String, Sendable { case text, numeric, decimal }

    private let label: String
    private let name: String
    private let kind: Kind
    private let value: String
    private let keys: Keys?
    private let autocomplete: String?
    private let limit: Int?
    private let refusal: String?

    /// - Parameters:
    ///   - name: also the id, so it occurs once on a page.
    ///   - autocomplete: what it holds, in the words of the HTML standard: `email`, `off`.
    ///   - limit: characters at most.
    ///   - refusal: why what was typed is not acceptable.
    package init(
        _ label: String, name: String, kind: Kind = .text, value: String = "", keys: Keys? = nil,
        autocomplete: String? = nil, limit: Int? = nil, refusal: String? = nil
    ) {
        self.label = label
        self.name = name
        self.kind = kind
        self.value = value
        self.keys = keys
        self.autocomplete = autocomplete
        self.limit = limit
        self.refusal = refusal
    }

    package var html: HTML {
        """
        <label for="\(name)">\(label)</label>\(reason)
        <input id="\(name)" name="\(name)" type="\(kind.rawValue)" value="\(value)"\(attributes)>
        """
    }

    private var reason: HTML? {
        refusal.map { "<p class=\"refused\" id=\"\(name)-refused\">\(label) \($0)</p>" }
    }

    private var attributes: HTML {
        """
        \(keys.map { " inputmode=\"\($0.rawValue)\"" as HTML })\
        \(autocomplete.map { " autocomplete=\"\($0)\"" as HTML })\
        \(limit.map { " maxlength=\"\($0)\"" as HTML })\
        \(if: refusal != nil, " aria-invalid=\"true\" aria-describedby=\"\(name)-refused\"")
        """
    }
}

extension HTML {
    /// A value that goes along with a form.
    package static func hidden(_ name: String, _ value: String) -> HTML {
        "<input type=\"hidden\" name=\"\(name)\" value=\"\(value)\">"
    }

    /// The options of a `select`.
    package static func options(_ options: [(value: String, label: String)]) -> HTML {
        options.map { option -> HTML in "<option value=\"\(option.value)\">\(option.label)</option>" }.joined()
    }

    /// A choice out of a list, with its label.
    package static func select(_ label: String, name: String, _ choices: [(value: String, label: String)]) -> HTML {
        """
        <label for="\(name)">\(label)</label>
        <select id="\(name)" name="\(name)">\(options(choices))</select>
        """
    }
}
