import Addresses
import Core
import Foundation
import Orders
import Testing
import Typesetting

@testable import Shipments

@Suite("Labels")
struct LabelTests {
    private static let request = ShipmentRequest(
        id: ID(uuid: UUID()), reference: "H100001-1-1", number: "H100001-1-1",
        orderedAt: Date(timeIntervalSince1970: 0),
        sender: ShipmentRequest.Sender(vendor: ID(uuid: UUID()), name: "Rahim Foods", location: nil),
        recipient: ShippingAddress(
            name: "কৃষ্ণেন্দু ভট্টাচার্য্য", latinName: "Krishnendu Bhattacharya", line1: "বাড়ি ১২, লেক রোড", city: "ঢাকা",
            postalCode: "1213", country: "BD", phone: "+8801712345678"),
        email: .example,
        lines: [
            ShipmentRequest.Line(
                title: "Honey", sku: "H-1", hsn: nil, quantity: 2,
                unitPrice: Money(minorUnits: 50_000, currency: .bdt))
        ],
        parcels: [Parcel(weightGrams: 1_050), Parcel(weightGrams: 400)], documentNumber: "BD/2627/0000042",
        declared: Money(minorUnits: 100_000, currency: .bdt), cod: Money(minorUnits: 12_500_000, currency: .bdt),
        note: "")

    private func pdf(trackingCode: String?, parcel: Int = 1) throws -> [UInt8] {
        try Typesetter().pdf(
            of: ShipmentLabel(
                request: Self.request, courier: "Steadfast Courier", trackingCode: trackingCode,
                createdAt: Date(timeIntervalSince1970: 1_800_000_000)
            ).publication(parcel: parcel))
    }

    /// What programs of the system make of a PDF.
    private func read(_ pdf: [UInt8]) throws -> (text: String, pages: Int, codes: [String]) {
        let directory = FileManager.default.temporaryDirectory.appending(path: "label-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let file = directory.appending(path: "a.pdf").path
        try Data(pdf).write(to: URL(filePath: file))
        let text = try run("pdftotext", ["-layout", file, "-"])
        _ = try run("pdftoppm", ["-r", "203", "-png", file, directory.appending(path: "a").path])
        let pictures = try FileManager.default.contentsOfDirectory(atPath: directory.path).filter {
            $0.hasSuffix(".png")
        }
        let codes = try run(
            "zbarimg", ["-q"] + pictures.map { directory.appending(path: $0).path })
        return (text, pictures.count, codes.split(separator: "\n").map(String.init).sorted())
    }

    private func run(_ name: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [name] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return text
    }

    @Test("A printer for labels gives what a scanner reads: the AWB as bars, our number as squares")
    func codes() throws {
        let label = try read(try pdf(trackingCode: "15BAEB8A"))
        #expect(label.codes == ["CODE-128:15BAEB8A", "QR-Code:H100001-1-1"] && label.pages == 1)
        #expect(label.text.contains("COD") && label.text.contains("1,25,000.00"))
        #expect(label.text.contains("Krishnendu") && label.text.contains("+8801712345678"))
        #expect(label.text.contains("1.050 kg") && label.text.contains("Parcel 1 of 2"))
    }

    @Test("Before the courier has given an AWB the bars are our number; each parcel has a label of its own")
    func withoutAWB() throws {
        let label = try read(try pdf(trackingCode: nil, parcel: 2))
        #expect(label.codes == ["CODE-128:H100001-1-1", "QR-Code:H100001-1-1"])
        #expect(label.text.contains("0.400 kg") && label.text.contains("Parcel 2 of 2"))
    }

    @Test("What scanners can't read is no code")
    func noCodes() {
        for text in ["", "বাংলা", "a\u{7}", String(repeating: "x", count: 81)] {
            #expect(ScannableCode(text, as: .code128) == nil && ScannableCode(text, as: .qr) == nil)
        }
        #expect(ScannableCode("H100001-1-1", as: .code128) != nil)
    }
}
