/// A position in a listing, opaque to callers: the sort keys of the last item they saw.
package struct Cursor: Hashable, Sendable {
    /// The listing it belongs to; a cursor of another listing is refused.
    package let listing: String
    package let keys: [String]

    package init(listing: String, keys: [String]) {
        self.listing = listing
        self.keys = keys
    }

    /// Base64url text without padding.
    package var encoded: String {
        Base64URL.encode(JSONValue.array([.string(listing)] + keys.map(JSONValue.string)).canonicalBytes)
    }

    /// - Throws: a 400 `Problem` ("invalid-cursor") unless `text` was made by `encoded` for this listing.
    package init(decoding text: String, listing: String, keyCount: Int = 1) throws(Problem) {
        guard text.utf8.count <= 1024, let bytes = Base64URL.decode(text),
            let parts = (try? JSONValue(parsing: bytes))?.arrayValue?.compactMap(\.textValue),
            parts.count == keyCount + 1, parts[0] == UTF8Text(listing)
        else { throw .invalidCursor }
        let cursor = Cursor(listing: listing, keys: parts.dropFirst().map(\.string))
        // The same keys can be written in other ways; no position has two cursors.
        guard UTF8Text(cursor.encoded) == UTF8Text(text) else { throw .invalidCursor }
        self = cursor
    }
}

extension Cursor {
    /// A cursor of a listing that is sorted by identifier alone.
    package init<Subject>(listing: String, after id: ID<Subject>) {
        self.init(listing: listing, keys: [id.description])
    }

    /// The identifier in a cursor made by `init(listing:after:)`.
    /// - Throws: a 400 `Problem` ("invalid-cursor") for anything else.
    package static func id<Subject>(in text: String, listing: String) throws(Problem) -> ID<Subject> {
        guard let id = ID<Subject>(try Cursor(decoding: text, listing: listing).keys[0]) else { throw .invalidCursor }
        return id
    }
}

extension Problem {
    package static let invalidCursor = Problem(
        type: "invalid-cursor", title: "The cursor is not valid", status: 400,
        detail: "Use the next_cursor of a page of this same listing, unchanged")
}

/// Which part of a listing is wanted.
package struct PageRequest: Hashable, Sendable {
    package static let defaultLimit = 20
    package static let maximumLimit = 100

    package let limit: Int
    /// The cursor as the caller sent it; each listing decodes its own.
    package let cursor: String?

    /// A limit outside of 1...100 is brought to the nearest end.
    package init(limit: Int = PageRequest.defaultLimit, cursor: String? = nil) {
        self.limit = min(max(limit, 1), Self.maximumLimit)
        self.cursor = cursor
    }
}

extension PageRequest {
    /// A page of a listing that is sorted by identifier alone, the newest first.
    /// - Parameters:
    ///   - listing: its name, which its cursors carry.
    ///   - fetch: reads so many items at most, those before an identifier or, without one, from the newest on.
    /// - Throws: a 400 `Problem` ("invalid-cursor") for another listing's cursor; what `fetch` throws.
    package func newestFirst<Element: Sendable, Subject>(
        _ listing: String, by id: (Element) -> ID<Subject>,
        _ fetch: (_ before: ID<Subject>?, _ limit: Int) async throws -> [Element]
    ) async throws -> Page<Element> {
        let before: ID<Subject>? = try cursor.map { text throws(Problem) in try Cursor.id(in: text, listing: listing) }
        return Page(fetched: try await fetch(before, limit + 1), limit: limit) {
            Cursor(listing: listing, after: id($0))
        }
    }
}

/// A part of a listing and where it goes on.
package struct Page<Element: Sendable>: Sendable {
    package let items: [Element]
    /// nil on the last page.
    package let next: Cursor?

    package init(items: [Element], next: Cursor?) {
        self.items = items
        self.next = next
    }

    /// Makes a page of rows that were fetched with a limit of one more than `limit`; the extra row tells that there are more.
    package init(fetched rows: [Element], limit: Int, cursor: (Element) -> Cursor) {
        let items = Array(rows.prefix(limit))
        self.init(items: items, next: rows.count > limit ? items.last.map(cursor) : nil)
    }

    package func map<Other: Sendable>(_ transform: (Element) throws -> Other) rethrows -> Page<Other> {
        Page<Other>(items: try items.map(transform), next: next)
    }
}

extension Page: Equatable where Element: Equatable {}
