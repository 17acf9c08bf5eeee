/// One message that a bot or a webhook posted.
struct ChatMessage: Sendable, Codable {
    let number: Int
    /// Where it went: a chat's id, a webhook's id.
    let room: String
    let text: String
    /// Everything that was sent, as it came.
    let request: JSON
    let at: Int

    var json: JSON {
        ["id": .int(number), "room": .string(room), "text": .string(text), "request": request, "at": .int(at)]
    }
}

/// What happens to messages for one room.
struct ChatRule: Sendable, Codable {
    /// The room; `*` for every one.
    let room: String
    let refusal: String
    /// How often it still applies; nil for always.
    var remaining: Int?

    var json: JSON { ["room": .string(room), "refusal": .string(refusal), "times": .integer(remaining)] }
}

/// What a chat provider keeps. Pure: time comes in.
struct ChatLog: Sendable, Codable {
    static let kept = 5000

    private(set) var messages: [ChatMessage] = []
    private(set) var received = 0
    private(set) var refused = 0
    var rules: [ChatRule] = []
    /// Seconds that a 429 asks for.
    var retryAfter = 1

    mutating func keep(_ room: String, _ text: String, _ request: JSON, now: Int) -> ChatMessage {
        received += 1
        let message = ChatMessage(number: received, room: room, text: text, request: request, at: now)
        messages.append(message)
        if messages.count > Self.kept * 2 { messages.removeFirst(messages.count - Self.kept) }
        return message
    }

    /// The refusal that was ordered for a room.
    mutating func takeRefusal(for room: String) -> String? {
        guard let position = rules.firstIndex(where: { $0.room == room || $0.room == "*" }) else { return nil }
        refused += 1
        let rule = rules[position]
        if let remaining = rule.remaining {
            if remaining > 1 { rules[position].remaining = remaining - 1 } else { rules.remove(at: position) }
        }
        return rule.refusal
    }
}
