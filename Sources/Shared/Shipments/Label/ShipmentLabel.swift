import Addresses
import Core
import Foundation
import Orders
import Registrations
package import Typesetting
import Values
import Vendors

/// What is glued onto a parcel where its courier draws no label: whom it is for, what is to be collected, and a code to scan.
package struct ShipmentLabel: Sendable {
    let request: ShipmentRequest
    let courier: String
    /// nil before the courier has given one: then the parcel is known by our own number.
    let trackingCode: String?
    let createdAt: Date

    /// - Parameter number: of the parcel, from 1.
    package func publication(parcel number: Int) -> Publication {
        let parcel = request.parcels[min(max(number, 1), request.parcels.count) - 1]
        let code = trackingCode ?? request.number
        let weight = "\(parcel.weightGrams / 1_000).\(String(parcel.weightGrams % 1_000 + 1_000).dropFirst()) kg"
        var blocks: [Block] = [
            .columns([
                Block.Column(0.6, [.text(courier, TextStyle(12, bold: true))]),
                Block.Column(0.4, [.text("Parcel \(number) of \(request.parcels.count)", TextStyle(9, .right))]),
            ]),
            .rule, .gap(6), .text(money, TextStyle(22, bold: true, .centre)), .gap(4),
        ]
        if let bars = ScannableCode(code, as: .code128) { blocks.append(.code(bars, height: 56)) }
        blocks += [.text(code, TextStyle(12, bold: true, .centre)), .gap(6), .rule, .gap(4)]
        blocks += [
            .text("To", TextStyle(7, grey: 0.35)), .text(request.recipient.name, TextStyle(15, bold: true)),
            .text(recipientLines, TextStyle(11)), .gap(6), .rule, .gap(4),
            .text("From", TextStyle(7, grey: 0.35)), .text(senderLines, TextStyle(8)), .gap(6), .rule, .gap(4),
        ]
        let facts = Block.text(
            "\(request.number)\nDocument \(request.documentNumber)\n\(weight)", TextStyle(8))
        let square = ScannableCode(request.number, as: .qr).map { [Block.code($0, height: 64)] } ?? []
        blocks.append(.columns([Block.Column(0.7, [facts]), Block.Column(0.3, square)]))
        return Publication(
            size: .label, margin: 12, title: "Label \(request.number)", createdAt: createdAt.secondsSince1970,
            footer: request.number, blocks: blocks)
    }

    private var money: String { request.isCashOnDelivery ? "COD \(request.cod)" : "PREPAID" }

    private var recipientLines: String {
        let to = request.recipient
        let town = [to.city, to.region, to.postalCode].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: ", ")
        return [to.latinName, to.line1, to.line2, to.landmark, town, to.phone, to.alternatePhone]
            .compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private var senderLines: String {
        guard let place = request.sender.location else { return request.sender.name }
        let town =
            switch place.address.place {
            case .india(let city, _, let pin): "\(city) \(pin.text)"
            case .bangladesh(let upazila, _, let postalCode):
                [upazila, postalCode].compactMap { $0 }.joined(separator: " ")
            }
        return [request.sender.name, place.address.line1, place.address.line2, town, place.phone.rawValue]
            .compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: "\n")
    }
}
