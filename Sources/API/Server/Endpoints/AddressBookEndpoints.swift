import Addresses
import Core
import Customers
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Postgres
import Registrations

extension EndpointTag {
    static let customers = EndpointTag(
        "Customers", "Addresses, consents and wish lists of those who buy, and who they are for those who serve them.")
}

extension ProblemType {
    static let tooManyAddresses = ProblemType(.tooManyAddresses)
}

/// The delivery addresses that customers keep.
enum AddressBookEndpoints {
    static let all: [Endpoint] = [add, list, read, update, remove]

    static let add = Endpoint(
        .post, "/me/addresses", tag: .customers, summary: "Keep an address",
        description: """
            In the form of its country. States, divisions and districts are known by their codes, names and other spellings; post codes \
            and telephone numbers are taken as they are typed there. The first address is taken for deliveries and bills.
            """,
        policy: .account(), idempotency: .required, body: AddressCreateInput.self,
        returns: .created(
            AddressView.self, version: \.address.version, location: { "/me/addresses/\($0.address.id)" }),
        problems: [.tooManyAddresses]
    ) { request, work, services in
        AddressView(
            address: try await services.customers.keepAddresses.add(
                request.body.address, by: request.principal, in: work))
    }

    static let list = Endpoint(
        .get, "/me/addresses", tag: .customers, summary: "List one’s addresses, oldest first", policy: .account(),
        returns: .ok(ListOutput<AddressView>.self)
    ) { request, services in
        let own = try await services.customers.addresses.addresses(
            of: try request.principal.requireSignedIn().account, in: services.postgres)
        return ListOutput(own.map(AddressView.init))
    }

    static let read = Endpoint(
        .get, "/me/addresses/{address_id}", ID<SavedAddress>.self, tag: .customers, summary: "Read an address",
        policy: .account(), returns: .ok(AddressView.self, version: \.address.version)
    ) { request, services in
        let own = try await services.customers.addresses.address(
            request.path, of: try request.principal.requireSignedIn().account, in: services.postgres)
        guard let own else { throw Problem.notFound("address") }
        return AddressView(address: own)
    }

    static let update = Endpoint(
        .patch, "/me/addresses/{address_id}", ID<SavedAddress>.self, tag: .customers, summary: "Edit an address",
        description: "What is left out stays as it is. `address`, the place, is replaced as a whole.",
        policy: .account(), edit: .ifMatch, body: AddressUpdateInput.self,
        returns: .ok(AddressView.self, version: \.address.version)
    ) { request, work, services in
        AddressView(
            address: try await services.customers.keepAddresses.update(
                request.path, request.body.changes, expecting: request.expectedVersion, by: request.principal, in: work)
        )
    }

    static let remove = Endpoint(
        .delete, "/me/addresses/{address_id}", ID<SavedAddress>.self, tag: .customers, summary: "Remove an address",
        description: "Orders keep the address that they were placed with.", policy: .account(), returns: .noContent
    ) { request, work, services in
        try await services.customers.keepAddresses.remove(request.path, by: request.principal, in: work)
        return NoContent()
    }
}

struct AddressCreateInput: APIInput {
    let address: NewSavedAddress

    init(_ fields: inout Fields) {
        address = NewSavedAddress(
            label: fields.optional("label", .text(SavedAddress.label), "What one calls it", example: "Home"),
            delivery: NewDeliveryAddress(
                recipient: NewRecipient(
                    name: fields.required("name", .text(Recipient.name), "Who receives it", example: "করিম উদ্দিন"),
                    latinName: fields.optional(
                        "latin_name", .text(Recipient.latinName), "The same in ASCII, for labels that print no other",
                        example: "Karim Uddin"),
                    phone: fields.required(
                        "phone", .text(Recipient.phone), "Whom the courier calls, as it is typed there",
                        example: "01712345678"),
                    alternatePhone: fields.optional(
                        "alternate_phone", .text(Recipient.phone), "Where nobody answers the other one",
                        example: "01812345678")),
                place: fields.required("address", .object(PlaceCreateInput.self), "Where it is").place),
            uses: AddressUses(
                isDefaultShipping: fields.optional(
                    "is_default_shipping", .boolean, "Whether deliveries go there unless said otherwise",
                    default: false),
                isDefaultBilling: fields.optional(
                    "is_default_billing", .boolean, "Whether bills go there unless said otherwise", default: false)))
    }
}

struct AddressUpdateInput: APIInput {
    let changes: SavedAddressChanges

    init(_ fields: inout Fields) {
        changes = SavedAddressChanges(
            label: fields.change("label", .nullable(.text(SavedAddress.label)), "What one calls it", example: "Office")
                .value,
            name: fields.change("name", .text(Recipient.name), "Who receives it").value,
            latinName: fields.change(
                "latin_name", .nullable(.text(Recipient.latinName)), "The same in ASCII, for labels that print no other"
            ).value,
            phone: fields.change("phone", .text(Recipient.phone), "Whom the courier calls").value,
            alternatePhone: fields.change(
                "alternate_phone", .nullable(.text(Recipient.phone)), "Where nobody answers the other one"
            ).value,
            place: fields.change("address", .object(PlaceCreateInput.self), "Where it is").value?.place,
            isDefaultShipping: fields.change(
                "is_default_shipping", .boolean, "Whether deliveries go there unless said otherwise"
            ).value,
            isDefaultBilling: fields.change(
                "is_default_billing", .boolean, "Whether bills go there unless said otherwise"
            ).value)
    }
}

struct PlaceCreateInput: APIInput {
    let place: NewPlace

    init(_ fields: inout Fields) {
        place = NewPlace(
            market: fields.required("country", .oneOf(Market.self), "Whose form it has", example: .bangladesh),
            address: NewPostalAddress(
                line1: fields.required(
                    "line1", .text(NewPostalAddress.required), "Street and house", example: "12 Lake Road"),
                line2: fields.optional("line2", .text(NewPostalAddress.optional), "Flat, floor"),
                landmark: fields.optional(
                    "landmark", .text(NewPostalAddress.optional), "What it lies near", example: "Behind the mosque"),
                city: fields.optional("city", .text(NewPostalAddress.required), "Required in India"),
                state: fields.optional(
                    "state", .text(NewPostalAddress.region), "Required in India: its code, its name or its letters"),
                division: fields.optional(
                    "division", .text(NewPostalAddress.region), "In Bangladesh; told by the district as well"),
                upazila: fields.optional(
                    "upazila", .text(NewPostalAddress.required), "Required in Bangladesh: upazila or thana",
                    example: "Gulshan"),
                district: fields.optional(
                    "district", .text(NewPostalAddress.region), "Required in Bangladesh: its name or its code",
                    example: "Dhaka"),
                postalCode: fields.optional(
                    "postal_code", .text(NewPostalAddress.postalCode), "Required in India", example: "1212"),
                isRegionConfirmed: fields.optional(
                    "is_region_confirmed", .boolean,
                    "Whether the State is right although the post code lies in another one", default: false)))
    }
}

struct AddressView: APIOutput {
    let address: SavedAddress

    static let example = AddressView(
        address: SavedAddress(
            id: .example, label: "Home",
            delivery: DeliveryAddress(
                recipient: Recipient(name: "করিম উদ্দিন", latinName: "Karim Uddin", phone: .example),
                address: .example), uses: AddressUses(isDefaultShipping: true, isDefaultBilling: true),
            createdAt: .example, updatedAt: .example))

    func write(to out: inout ObjectWriter) {
        let recipient = address.delivery.recipient
        out.field("id", address.id)
        out.field("label", address.label, "What its owner calls it")
        out.field("name", recipient.name, "Who receives it")
        out.field("latin_name", recipient.latinName, "For labels that print no other script")
        out.field("phone", recipient.phone.rawValue, "In the international form")
        out.field("alternate_phone", recipient.alternatePhone?.rawValue)
        out.field("address", VendorAddressView(address: address.delivery.address))
        out.field("is_default_shipping", address.uses.isDefaultShipping)
        out.field("is_default_billing", address.uses.isDefaultBilling)
        out.field("version", address.version, "Grows with every edit; also the ETag")
        out.field("created_at", address.createdAt)
        out.field("updated_at", address.updatedAt)
    }
}
