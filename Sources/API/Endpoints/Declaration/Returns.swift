package import Core
import HTTPTypes
import Values

/// What an endpoint answers when all went well.
package struct Returns<Output: APIOutput>: Sendable {
    let status: HTTPResponse.Status
    let version: (@Sendable (Output) -> Int64)?
    let location: (@Sendable (Output) -> String)?
    let cookies: (@Sendable (Output) -> [SetCookie])?
    private(set) var keys: (@Sendable (Output) -> [SurrogateKey])?

    private init(
        _ status: HTTPResponse.Status, version: (@Sendable (Output) -> Int64)? = nil,
        location: (@Sendable (Output) -> String)? = nil, cookies: (@Sendable (Output) -> [SetCookie])? = nil
    ) {
        self.status = status
        self.version = version
        self.location = location
        self.cookies = cookies
    }

    /// 200. With `version` the ETag is that number, which edits then name in `If-Match`; without, it is made of the
    /// content.
    /// - Parameter cookies: what a browser is to keep of it; an endpoint with an idempotency key has none, as kept answers are
    ///   repeated without.
    package static func ok(
        _ type: Output.Type, version: (@Sendable (Output) -> Int64)? = nil,
        cookies: (@Sendable (Output) -> [SetCookie])? = nil
    ) -> Returns {
        Returns(.ok, version: version, cookies: cookies)
    }

    /// 201. `location` is the path of what was created, below the API's prefix.
    package static func created(
        _ type: Output.Type, version: (@Sendable (Output) -> Int64)? = nil,
        location: (@Sendable (Output) -> String)? = nil
    ) -> Returns {
        Returns(.created, version: version, location: location)
    }

    /// 202: the work goes on after the answer. `location` is the path of what it goes on with, below the API's prefix.
    package static func accepted(
        _ type: Output.Type, location: (@Sendable (Output) -> String)? = nil
    ) -> Returns {
        Returns(.accepted, location: location)
    }

    /// 200 with a page of a listing: `data`, `next_cursor`, `has_more`.
    package static func page<Item: APIOutput>(of item: Item.Type) -> Returns where Output == PageOutput<Item> {
        Returns(.ok)
    }

    /// The same, of which caches may keep what is answered to whoever shows no credentials, until something that it is made of changes.
    package func shared(under keys: @escaping @Sendable (Output) -> [SurrogateKey]) -> Returns {
        var returns = self
        returns.keys = keys
        return returns
    }

    func answer(with output: Output) throws -> Answer {
        var answer = Answer(status: status)
        if let version { answer.headers[.eTag] = EntityTag.version(version(output)).text }
        if let location { answer.location = location(output) }
        if let cookies { answer.cookies = cookies(output) }
        if let keys { answer.sharing = SharedCaching(keys: keys(output)) }
        guard Output.self != NoContent.self else { return answer }
        var writer = JSONWriter(reservingCapacity: 512)
        output.append(to: &writer)
        answer.setJSON(writer.bytes)
        return answer
    }
}

extension Returns where Output == NoContent {
    /// 204.
    package static var noContent: Returns { Returns(.noContent) }

    /// 204 with cookies for the browser.
    package static func noContent(cookies: [SetCookie]) -> Returns { Returns(.noContent, cookies: { _ in cookies }) }
}
