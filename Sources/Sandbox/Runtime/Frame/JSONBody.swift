/// JSON bodies of requests.
enum JSONBody {
    /// Nil where the bytes are not a JSON object; each provider has its own words for that.
    static func object(_ bytes: [UInt8]) -> JSON? {
        do {
            let json = try JSONParser.parse(bytes)
            guard case .object = json else { return nil }
            return json
        } catch {
            return nil
        }
    }

    /// The members as texts, as a form would have carried them; none where the body is no object.
    static func texts(_ bytes: [UInt8]) -> [String: String] {
        var texts: [String: String] = [:]
        for member in object(bytes)?.members ?? [] {
            texts[member.name] =
                member.value.stringValue ?? DecimalAmount.parse(member.value).map(DecimalAmount.shortText)
        }
        return texts
    }
}
