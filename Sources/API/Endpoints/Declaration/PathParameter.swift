package import Core
package import Foundation

/// A type that can stand in a path. A segment that is none is answered with 404: nothing of that name can exist.
package protocol PathParameter: Sendable {
    /// The value of a percent-decoded segment, or nil when it is not one.
    init?(pathSegment: UTF8Text)

    static var schema: Schema { get }

    /// A segment for examples.
    static var exampleSegment: String { get }
}

extension ID: PathParameter {
    package init?(pathSegment: UTF8Text) { self.init(pathSegment.string) }

    /// The prefix and 26 digits of Crockford's base 32, the first of which carries three bits.
    package static var schema: Schema {
        .text(TextSchema(pattern: "^\(Subject.typePrefix)_[0-7][0-9abcdefghjkmnpqrstvwxyz]{25}$"))
    }

    package static var exampleSegment: String {
        TypeID.encode(prefix: Subject.typePrefix, uuid: ExampleID.uuid)
    }
}

/// What the ids that the documentation shows are made of.
package enum ExampleID {
    package static let uuid = UUID(
        uuid: (0x01, 0x9f, 0x5b, 0x0c, 0x3e, 0x40, 0x7a, 0x11, 0x9c, 0x2d, 0x4e, 0x5f, 0x60, 0x71, 0x82, 0x93))
}

extension UUID: PathParameter {
    package init?(pathSegment: UTF8Text) { self.init(uuidString: pathSegment.string) }

    package static var exampleSegment: String { "0192fa8d-5be1-7193-8b58-a4d8f50fe9f4" }
}

extension Currency: PathParameter {
    package init?(pathSegment: UTF8Text) {
        guard pathSegment.utf8.count == 3, let currency = try? Currency(pathSegment.string) else { return nil }
        self = currency
    }

    package static var exampleSegment: String { "BDT" }
}

/// A name in a path, such as a queue's: 1 to 100 of `a-z0-9_.-`.
package struct PathName: PathParameter, Hashable {
    package let value: String

    private static let allowed: AllowedCharacters = "A-Za-z0-9_.-"

    package init?(pathSegment: UTF8Text) {
        guard (1...100).contains(pathSegment.utf8.count), Self.allowed.contains(all: pathSegment) else { return nil }
        value = pathSegment.string
    }

    package static var schema: Schema {
        .text(TextSchema(length: 1...100, pattern: allowed.pattern))
    }

    package static var exampleSegment: String { "default" }
}

/// A path parameter as it is documented.
struct PathParameterDescription: Sendable {
    let schema: Schema
    let example: String

    /// One for each parameter of a path, in order.
    static func all<each Parameter: PathParameter>(
        _ parameters: repeat (each Parameter).Type
    ) -> [PathParameterDescription] {
        var descriptions: [PathParameterDescription] = []
        repeat descriptions.append(
            PathParameterDescription(schema: (each Parameter).schema, example: (each Parameter).exampleSegment))
        return descriptions
    }
}

/// A path with named parameters: `/orders/{order_id}`.
package struct PathTemplate: Sendable, Hashable, CustomStringConvertible {
    package let description: String
    /// The names in braces, in order.
    package let parameterNames: [String]

    init(_ text: String) {
        description = text
        parameterNames = text.split(separator: "/").compactMap { segment in
            segment.hasPrefix("{") && segment.hasSuffix("}") ? String(segment.dropFirst().dropLast()) : nil
        }
    }

    func prefixed(by prefix: String) -> PathTemplate { PathTemplate(prefix + description) }

    /// Whether a request's path is of this form.
    func matches(_ segments: [Substring.UTF8View]) -> Bool {
        let own = description.utf8.split(separator: UInt8(ascii: "/"))
        return own.count == segments.count
            && zip(own, segments).allSatisfy { $0.first == UInt8(ascii: "{") || $0.elementsEqual($1) }
    }
}

enum PathParameterReading {
    /// Reads the next segment.
    ///
    /// - Throws: 404 when it is not a value of the type.
    static func next<Parameter: PathParameter>(
        _ type: Parameter.Type, from segments: inout IndexingIterator<[UTF8Text]>
    ) throws -> Parameter {
        guard let segment = segments.next(), let value = Parameter(pathSegment: segment) else {
            throw ProblemType.notFound.problem("The path does not name anything")
        }
        return value
    }
}
