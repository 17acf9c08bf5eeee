package import Core
package import Customers
package import Endpoints

extension ConsentPurpose: PathParameter {
    package init?(pathSegment: UTF8Text) { self.init(rawValue: pathSegment.string) }

    package static var schema: Schema { .text(TextSchema(cases: allCases.map(\.rawValue))) }

    package static var exampleSegment: String { marketingEmail.rawValue }
}
