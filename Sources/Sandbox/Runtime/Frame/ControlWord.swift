extension JSONObject.Member {
    /// One of the words of an enumeration.
    func word<Word: RawRepresentable<String>>() throws(ControlError) -> Word {
        guard let word = Word(rawValue: try string()) else { throw .invalid(name, "one of its words; see the README") }
        return word
    }
}
