import Foundation

/// A program that looks at what was drawn.
enum Tool {
    struct Failed: Error {
        let status: Int32
        let output: String
    }

    /// What it prints.
    @discardableResult
    static func run(_ name: String, _ arguments: String..., input: Data? = nil) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [name] + arguments
        let (output, feed) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = feed
        try process.run()
        if let input { try feed.fileHandleForWriting.write(contentsOf: input) }
        try feed.fileHandleForWriting.close()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(status: process.terminationStatus, output: text) }
        return text
    }

    /// Runs the body with a directory that is removed afterwards.
    static func withDirectory<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let path = FileManager.default.temporaryDirectory.appending(path: "typesetting-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: path) }
        return try body(path)
    }

    /// The text of a PDF, with its layout; pages end with a form feed.
    static func text(of pdf: [UInt8]) throws -> String {
        try withDirectory { directory in
            let file = directory.appending(path: "a.pdf")
            try Data(pdf).write(to: file)
            return try run("pdftotext", "-layout", file.path, "-")
        }
    }

    static func pageCount(of pdf: [UInt8]) throws -> Int { try text(of: pdf).count { $0 == "\u{0C}" } }
}

/// A picture of grey dots.
struct Picture {
    let width: Int
    let height: Int
    /// Row by row, 0 for black.
    let dots: [UInt8]

    /// Of a binary PGM, as `pdftoppm -gray` writes it.
    init?(pgm: [UInt8]) {
        var (fields, index, field) = ([String](), 0, "")
        while fields.count < 4, index < pgm.count {
            let byte = pgm[index]
            index += 1
            if byte == 0x0A || byte == 0x20 {
                fields.append(field)
                field = ""
            } else {
                field.append(Character(UnicodeScalar(byte)))
            }
        }
        guard fields.count == 4, fields[0] == "P5", let width = Int(fields[1]), let height = Int(fields[2]),
            pgm.count - index == width * height
        else { return nil }
        self.width = width
        self.height = height
        dots = Array(pgm[index...])
    }

    private init(width: Int, height: Int, dots: [UInt8]) {
        self.width = width
        self.height = height
        self.dots = dots
    }

    /// The part with something on it.
    var cropped: Picture {
        let dark = dots.indices.filter { dots[$0] < 200 }
        guard let top = dark.first.map({ $0 / width }), let bottom = dark.last.map({ $0 / width }) else { return self }
        let columns = dark.map { $0 % width }
        guard let left = columns.min(), let right = columns.max() else { return self }
        var part: [UInt8] = []
        for row in top...bottom { part += dots[(row * width + left)...(row * width + right)] }
        return Picture(width: right - left + 1, height: bottom - top + 1, dots: part)
    }

    /// How dark all of it is.
    var ink: Int { dots.reduce(0) { $0 + 255 - Int($1) } }

    /// How much of the ink of both is not at the same place, laid over one another by their upper left corners.
    func difference(from other: Picture) -> Double {
        var difference = 0
        for row in 0..<max(height, other.height) {
            for column in 0..<max(width, other.width) {
                func dot(_ picture: Picture) -> Int {
                    row < picture.height && column < picture.width
                        ? Int(picture.dots[row * picture.width + column]) : 255
                }
                difference += abs(dot(self) - dot(other))
            }
        }
        return Double(difference) / Double(max(1, ink + other.ink))
    }
}
