import Addresses
package import Core
package import Foundation
package import Orders
package import Vendors

/// All that a courier has to know of a shipment before it takes it on.
package struct ShipmentRequest: Sendable, Hashable {
    package let id: ID<Shipment>
    /// What the courier knows it by from us; never two shipments at a courier under one: ASCII letters, digits and hyphens, at most 50.
    package let reference: String
    /// For people.
    package let number: String
    package let orderedAt: Date
    package let sender: Sender
    package let recipient: ShippingAddress
    /// Of the customer.
    package let email: EmailAddress
    package let lines: [Line]
    /// At least one.
    package let parcels: [Parcel]
    /// The number of the invoice or bill that lies in it.
    package let documentNumber: String
    /// What the goods are worth.
    package let declared: Money
    /// What is to be collected; zero where all is paid.
    package let cod: Money
    /// What the customer has told the vendor.
    package let note: String

    /// Where it is fetched.
    package struct Sender: Sendable, Hashable {
        package let vendor: ID<Vendor>
        package let name: String
        /// nil where the vendor has named none: then the account's own.
        package let location: PickupLocation?

        package init(vendor: ID<Vendor>, name: String, location: PickupLocation?) {
            self.vendor = vendor
            self.name = name
            self.location = location
        }
    }

    package struct Line: Sendable, Hashable {
        package let title: String
        package let sku: String
        package let hsn: String?
        package let quantity: Int64
        package let unitPrice: Money

        package init(title: String, sku: String, hsn: String?, quantity: Int64, unitPrice: Money) {
            self.title = title
            self.sku = sku
            self.hsn = hsn
            self.quantity = quantity
            self.unitPrice = unitPrice
        }
    }

    package init(
        id: ID<Shipment>, reference: String, number: String, orderedAt: Date, sender: Sender,
        recipient: ShippingAddress,
        email: EmailAddress, lines: [Line], parcels: [Parcel], documentNumber: String, declared: Money, cod: Money,
        note: String
    ) {
        self.id = id
        self.reference = reference
        self.number = number
        self.orderedAt = orderedAt
        self.sender = sender
        self.recipient = recipient
        self.email = email
        self.lines = lines
        self.parcels = parcels
        self.documentNumber = documentNumber
        self.declared = declared
        self.cod = cod
        self.note = note
    }

    package var isCashOnDelivery: Bool { cod.minorUnits > 0 }

    package var weightGrams: Int { parcels.reduce(0) { $0 + $1.weightGrams } }
}

/// One box or bag.
package struct Parcel: Sendable, Hashable {
    package static let weightGrams = 1...100_000
    package static let sideMillimetres = 1...5_000
    package static let mostPerShipment = 20

    package let weightGrams: Int
    /// nil where it was not measured.
    package let size: Size?

    package struct Size: Sendable, Hashable {
        package let lengthMillimetres: Int
        package let widthMillimetres: Int
        package let heightMillimetres: Int

        package init(lengthMillimetres: Int, widthMillimetres: Int, heightMillimetres: Int) {
            self.lengthMillimetres = lengthMillimetres
            self.widthMillimetres = widthMillimetres
            self.heightMillimetres = heightMillimetres
        }
    }

    package init(weightGrams: Int, size: Size? = nil) {
        self.weightGrams = weightGrams
        self.size = size
    }

    /// What couriers charge for where that is more than it weighs.
    /// - Parameter divisor: cubic centimetres that count as a kilogram.
    package func volumetricGrams(divisor: Int = 5_000) -> Int? {
        guard let size, divisor > 0 else { return nil }
        // Each side is at most 5 m: the product has its place.
        return size.lengthMillimetres * size.widthMillimetres * size.heightMillimetres / divisor
    }
}
