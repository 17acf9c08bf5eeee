package import Customers
package import Identity
package import Media
import Notifications
import Orders
import Payments

extension [any PersonalDataKeeper] {
    /// Who holds what about people, in the whole product. The account itself comes last: the others are asked by its contacts.
    package static func product(delete: DeleteMedia) -> [any PersonalDataKeeper] {
        [
            CustomerPersonalData(delete: delete), OrderPersonalData(), PaymentPersonalData(), MessagePersonalData(),
            AccountPersonalData(),
        ]
    }
}
