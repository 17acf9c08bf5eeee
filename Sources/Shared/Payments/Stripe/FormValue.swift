/// A tree that Stripe's form encoding flattens: `["a": ["b": "c"]]` becomes `a[b]=c`, lists become `a[0]=…`.
indirect enum FormValue: Sendable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation,
    ExpressibleByIntegerLiteral, ExpressibleByDictionaryLiteral
{
    case text(String)
    case fields([(name: String, value: FormValue)])
    case list([FormValue])

    init(stringLiteral value: String) {
        self = .text(value)
    }

    init(integerLiteral value: Int64) {
        self = .text(String(value))
    }

    static func integer(_ value: some BinaryInteger) -> FormValue {
        .text(String(value))
    }

    /// Fields without a value are left out.
    init(dictionaryLiteral elements: (String, FormValue?)...) {
        self = .fields(elements.compactMap { name, value in value.map { (name, $0) } })
    }

    /// `application/x-www-form-urlencoded`, in the order of the tree.
    func encoded() -> String {
        pairs(under: nil).map { "\($0.key)=\(PercentEncoding.escaped($0.value))" }.joined(separator: "&")
    }

    private func pairs(under key: String?) -> [(key: String, value: String)] {
        switch self {
        case .text(let text):
            key.map { [($0, text)] } ?? []
        case .fields(let fields):
            fields.flatMap { $0.value.pairs(under: Self.nested(PercentEncoding.escaped($0.name), under: key)) }
        case .list(let values):
            values.enumerated().flatMap { $1.pairs(under: Self.nested(String($0), under: key)) }
        }
    }

    private static func nested(_ name: String, under key: String?) -> String {
        key.map { "\($0)[\(name)]" } ?? name
    }
}
