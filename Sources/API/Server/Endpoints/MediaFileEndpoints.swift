import Core
import Endpoints
import HTTPTypes
import Hummingbird
import Media

/// Where files are fetched: by browsers and CDNs, without credentials.
enum MediaFileEndpoints {
    static let all: [RawEndpoint] = [fetch]

    private static let fetch = RawEndpoint(
        .get, "/media/{media_id}", tag: .media, summary: "Fetch a file",
        description: """
            A private file needs the `expires` and `signature` of a link to it. `Range` with one range of bytes fetches a part, as who goes on \
            with an interrupted download asks for it; with `If-Range` only of the same content.
            """,
        policy: .anyone(.storefront),
        responses: [
            RawResponseDescription(200, "The file", contentType: "application/octet-stream"),
            RawResponseDescription(206, "The part of it", contentType: "application/octet-stream"),
            RawResponseDescription(304, "You have it already"),
            RawResponseDescription(
                404, "There is no such file, or the link is not good", contentType: "application/problem+json"),
            RawResponseDescription(416, "The file has no such part"),
            RawResponseDescription(422, "The query can’t be read", contentType: "application/problem+json"),
        ]
    ) { request, context, services in
        guard let id = context.parameters.get("media_id").flatMap({ ID<MediaFile>($0) }) else {
            throw Problem.notFound("file")
        }
        let query = try URLEncodedFields.read(request.uri.query ?? "")
        let fetched = try await services.media.fetch(id, proof(in: query), in: services.postgres)
        let headers = MediaHeaders(of: fetched.media)
        guard !headers.areKnown(to: request) else {
            return Response(status: .notModified, headers: headers.caching)
        }
        let size = fetched.media.sizeBytes
        switch ByteRange.requested(by: headers.range(in: request), of: size) {
        case .whole: break
        case .unsatisfiable:
            return Response(
                status: .rangeNotSatisfiable, headers: headers.caching.with(.contentRange, "bytes */\(size)"))
        case .part(let part):
            return Response(
                status: .partialContent,
                headers: headers.all.with(.contentRange, "bytes \(part.start)-\(part.end)/\(size)"),
                body: ResponseBody(contentLength: Int(part.count)) { writer in
                    try await fetched.read(from: part.start, count: part.count) { try await writer.write($0) }
                    try await writer.finish(nil)
                })
        }
        return Response(
            status: .ok, headers: headers.all,
            body: ResponseBody(contentLength: Int(fetched.media.sizeBytes)) { writer in
                try await fetched.read { try await writer.write($0) }
                try await writer.finish(nil)
            })
    }

    private static func proof(in query: [String: String]) -> FetchMedia.Proof? {
        guard let expires = query["expires"], let signature = query["signature"] else { return nil }
        return FetchMedia.Proof(expires: expires, signature: signature)
    }
}

extension HTTPFields {
    fileprivate func with(_ name: HTTPField.Name, _ value: String) -> HTTPFields {
        var fields = self
        fields[name] = value
        return fields
    }
}
