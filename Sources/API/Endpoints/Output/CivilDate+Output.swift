package import Values

extension CivilDate: OutputValue {
    package static var schema: Schema { .text(TextSchema(format: "date")) }

    package func append(to writer: inout JSONWriter) { writer.write(iso8601) }
}
