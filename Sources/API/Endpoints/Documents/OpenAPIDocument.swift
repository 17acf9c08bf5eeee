import HTTPTypes
import Values

/// The OpenAPI 3.1 description of an API (https://spec.openapis.org/oas/v3.1.0).
package struct OpenAPIDocument: Sendable {
    let endpoints: [EndpointDescription]
    let raw: [RawEndpointDescription]
    let settings: APISettings

    package init(endpoints: [EndpointDescription], raw: [RawEndpointDescription] = [], settings: APISettings) {
        self.endpoints = endpoints
        self.raw = raw
        self.settings = settings
    }

    /// The document.
    package var json: [UInt8] {
        var writer = JSONWriter(reservingCapacity: 64 * 1024)
        writer.writeObject { document in
            document.field("openapi", "3.1.0")
            document.member("info") { $0.writeObject(writeInfo) }
            document.member("servers") { servers in
                servers.writeArray([settings.publicURL]) { writer, url in writer.writeObject { $0.field("url", url) } }
            }
            document.member("tags") { $0.writeArray(tags, writeTag) }
            document.member("paths") { $0.writeObject(writePaths) }
            document.member("components") { $0.writeObject(writeComponents) }
        }
        return writer.bytes
    }

    private func writeInfo(_ out: inout ObjectWriter) {
        out.field("title", settings.title)
        out.field("version", settings.version)
        out.field("description", settings.summary)
    }

    private var tags: [EndpointTag] {
        var seen: Set<EndpointTag> = []
        return (endpoints.map(\.tag) + raw.map(\.tag)).filter { seen.insert($0).inserted }
    }

    private func writeTag(_ writer: inout JSONWriter, _ tag: EndpointTag) {
        writer.writeObject { out in
            out.field("name", tag.name)
            if !tag.description.isEmpty { out.field("description", tag.description) }
        }
    }

    private func writePaths(_ out: inout ObjectWriter) {
        var operations: [String: [(method: String, write: (inout ObjectWriter) -> Void)]] = [:]
        for endpoint in endpoints {
            operations[settings.prefix + endpoint.path.description, default: []].append(
                (endpoint.method.rawValue.lowercased(), { OpenAPIOperation(endpoint).write(to: &$0) }))
        }
        for endpoint in raw {
            operations[endpoint.path.description, default: []].append(
                (endpoint.method.rawValue.lowercased(), { OpenAPIRawOperation(endpoint).write(to: &$0) }))
        }
        for (path, methods) in operations.sorted(by: { $0.key < $1.key }) {
            out.member(path) { item in
                item.writeObject { item in
                    for (method, write) in methods.sorted(by: { $0.method < $1.method }) {
                        item.member(method) { $0.writeObject(write) }
                    }
                }
            }
        }
    }

    private func writeComponents(_ out: inout ObjectWriter) {
        out.member("schemas") { schemas in
            schemas.writeObject { schemas in
                for schema in SchemaCatalog(endpoints).sorted {
                    schemas.member(schema.name) { SchemaJSON.writeDefinition(schema, to: &$0) }
                }
            }
        }
        out.member("securitySchemes") { schemes in
            schemes.writeObject { schemes in
                schemes.member("apiKey") { writeBearer("An API key, whose role has the permission.", to: &$0) }
                schemes.member("orderToken") {
                    writeBearer("The order’s access token, given when it was placed.", to: &$0)
                }
                schemes.member("cartToken") {
                    writeBearer("The token of a guest’s cart, given when it was made.", to: &$0)
                }
                schemes.member("session") { writeBearer("The token of a session, given at signing in.", to: &$0) }
                schemes.member("sessionCookie") { writer in
                    writer.writeObject { out in
                        out.field("type", "apiKey")
                        out.field("in", "cookie")
                        out.field("name", SetCookie.Kind.session.rawValue)
                        out.field("description", "The same for browsers; counts for what this site’s own pages send.")
                    }
                }
            }
        }
    }

    private func writeBearer(_ description: String, to writer: inout JSONWriter) {
        writer.writeObject { out in
            out.field("type", "http")
            out.field("scheme", "bearer")
            out.field("description", description)
        }
    }
}

extension Policy {
    /// The `security` of an operation: any one of these.
    var securitySchemes: [String] {
        switch audience {
        case .anyone: []
        case .session, .account: ["session", "sessionCookie"]
        case .require(_, on: .cart): ["cartToken", "apiKey", "session", "sessionCookie"]
        case .require(_, on: .order): ["orderToken", "apiKey", "session", "sessionCookie"]
        case .require: ["apiKey", "session", "sessionCookie"]
        }
    }

    func writeSecurity(to out: inout ObjectWriter) {
        out.member("security") { security in
            security.writeArray(securitySchemes) { writer, scheme in
                writer.writeObject { $0.member(scheme) { $0.write(raw: "[]") } }
            }
        }
    }
}
