/// Reading of texts from outside byte by byte, for the grammars of headers and codes, which are ASCII.
extension Collection<UInt8> {
    /// Whether these are the bytes of `word`.
    package func isEqual(to word: StaticString) -> Bool {
        word.withUTF8Buffer { elementsEqual($0) }
    }

    /// Whether these are the bytes of `word`, which is written in small letters, in any case.
    package func isEqualIgnoringCase(to word: StaticString) -> Bool {
        word.withUTF8Buffer { elementsEqual($0) { ASCIILetter.lowercased($0) == $1 } }
    }
}

extension BidirectionalCollection<UInt8> where SubSequence: BidirectionalCollection<UInt8> {
    /// Without the spaces and tabs at both ends, the optional white space of RFC 9110.
    package func trimmingBlanks() -> SubSequence.SubSequence {
        let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        var rest = self[...].drop(while: isBlank)
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        return rest
    }
}

/// The letters of ASCII.
package enum ASCIILetter {
    package static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
