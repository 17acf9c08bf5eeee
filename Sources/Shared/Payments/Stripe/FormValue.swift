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
        pairs(under: nil).map { "\($0.key)=\(Self.escaped($0.value))" }.joined(separator: "&")
    }

    private func pairs(under key: String?) -> [(key: String, value: String)] {
        switch self {
        case .text(let text):
            key.map { [($0, text)] } ?? []
        case .fields(let fields):
            fields.flatMap { $0.value.pairs(under: Self.nested(Self.escaped($0.name), under: key)) }
        case .list(let values):
            values.enumerated().flatMap { $1.pairs(under: Self.nested(String($0), under: key)) }
        }
    }

    private static func nested(_ name: String, under key: String?) -> String {
        key.map { "\($0)[\(name)]" } ?? name
    }

    /// Everything but RFC 3986's unreserved characters leaves as percent-encoded UTF-8.
    static func escaped(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
