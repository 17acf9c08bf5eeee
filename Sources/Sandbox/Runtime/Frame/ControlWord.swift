extension JSONObject.Member {
    /// One of the words of an enumeration.
    func word<Word: RawRepresentable<String> & CaseIterable>() throws(ControlError) -> Word {
        guard let word = Word(rawValue: try string()) else {
            throw .invalid(name, "one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return word
    }
}
