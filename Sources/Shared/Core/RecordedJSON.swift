extension JSONValue {
    /// What our own encoder has put on record; what can't be parsed all the same is shown as the text that it is.
    package init(recorded text: String) {
        do {
            self = try JSONValue(parsing: Array(text.utf8))
        } catch {
            self = .string(text)
        }
    }
}
