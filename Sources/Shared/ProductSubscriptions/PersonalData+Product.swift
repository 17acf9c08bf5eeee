import Carts
import Complaints
package import Customers
package import Identity
package import Media
import Notifications
import OrderService
import Orders
import Payments

extension [any PersonalDataKeeper] {
    /// Who holds what about people, in the whole product. What is found by people's orders comes before these, and the account itself
    /// last: the others are asked by its contacts.
    package static func product(delete: DeleteMedia) -> [any PersonalDataKeeper] {
        [
            CustomerPersonalData(delete: delete), OrderExportPersonalData(delete: delete), CartPersonalData(),
            ComplaintPersonalData(delete: delete),
            OrderPersonalData(),
            PaymentPersonalData(), MessagePersonalData(), AccountPersonalData(),
        ]
    }
}
