import Values

/// One row of a table of fields.
struct DocumentedField {
    let name: String
    let type: String
    let meaning: String
    let isRequired: Bool

    static func rows(of schema: Schema, prefix: String = "") -> [DocumentedField] {
        switch schema {
        case .object(let object): object.properties.flatMap { rows(of: $0, prefix: prefix) }
        case .array(let items, _): rows(of: items, prefix: prefix + "[].")
        case .map(let values, _): rows(of: values, prefix: prefix + "*.")
        case .nullable(let inner): rows(of: inner, prefix: prefix)
        case .text, .integer, .number, .boolean, .any, .reference: []
        }
    }

    private static func rows(of property: ObjectSchema.Property, prefix: String) -> [DocumentedField] {
        let name = prefix + property.name
        var meaning = property.description
        if let value = property.defaultValue {
            meaning += meaning.isEmpty ? "Default: \(value)" : ". Default: \(value)"
        }
        let row = DocumentedField(
            name: name, type: property.schema.inWords, meaning: meaning, isRequired: property.isRequired)
        return [row] + rows(of: property.schema, prefix: nested(name, property.schema))
    }

    private static func nested(_ name: String, _ schema: Schema) -> String {
        switch schema.withoutNull {
        case .object: name + "."
        default: name
        }
    }
}

extension Schema {
    /// The type as a person would put it.
    var inWords: String {
        switch self {
        case .text(let text): text.inWords
        case .integer(let minimum, let maximum): "whole number" + Self.range(minimum, maximum)
        case .number: "number"
        case .boolean: "true or false"
        case .array(let items, let count): "list of \(items.inWords)" + Self.range(count)
        case .map(let values, let count): "object of \(values.inWords)" + Self.range(count)
        case .object(let object): object.name.isEmpty ? "object" : object.name
        case .reference(let name): name
        case .any: "any JSON"
        case .nullable(let inner): inner.inWords + " or null"
        }
    }

    private static func range(_ count: ClosedRange<Int>?) -> String {
        count.map { range(Int64($0.lowerBound), Int64($0.upperBound)) } ?? ""
    }

    private static func range(_ minimum: Int64?, _ maximum: Int64?) -> String {
        switch (minimum, maximum) {
        case (let minimum?, let maximum?): ", \(minimum)–\(maximum)"
        case (let minimum?, nil): ", at least \(minimum)"
        case (nil, let maximum?): ", at most \(maximum)"
        case (nil, nil): ""
        }
    }
}

extension TextSchema {
    fileprivate var inWords: String {
        if let cases { return (cases + (isOpen ? ["…"] : [])).joined(separator: " | ") }
        var words = format ?? "string"
        if let length, format == nil { words += ", \(length.lowerBound)–\(length.upperBound) characters" }
        return words
    }
}

/// JSON with line breaks, for people.
enum PrettyJSON {
    /// `text` must be compact JSON, as `JSONWriter` makes it.
    static func format(_ text: String) -> String {
        var output = ""
        var depth = 0
        var isInString = false
        var isEscaped = false
        var previous: Character = " "
        for character in text {
            defer { previous = character }
            if isInString {
                output.append(character)
                if isEscaped {
                    isEscaped = false
                } else if character == "\\" {
                    isEscaped = true
                } else if character == "\"" {
                    isInString = false
                }
                continue
            }
            switch character {
            case "\"":
                isInString = true
                output.append(character)
            case "{", "[":
                depth += 1
                output.append(character)
                output += lineBreak(depth)
            case "}", "]":
                depth -= 1
                if previous == "{" || previous == "[" {
                    while output.last?.isWhitespace == true { output.removeLast() }
                } else {
                    output += lineBreak(depth)
                }
                output.append(character)
            case ",": output += "," + lineBreak(depth)
            case ":": output += ": "
            default: output.append(character)
            }
        }
        return output
    }

    private static func lineBreak(_ depth: Int) -> String { "\n" + String(repeating: "  ", count: max(depth, 0)) }
}
