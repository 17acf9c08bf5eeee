import Core
import Endpoints
import Orders
import Postgres

extension Services {
    var orderAccess: OrderAccess { OrderAccess(postgres: postgres) }
}

/// Opens orders with the access tokens that their customers hold.
struct OrderAccess: OrderAccessVerifier {
    let postgres: PostgresClient

    func accepts(token: UTF8Text, forOrder orderID: UTF8Text) async throws -> Bool {
        guard let id = ID<Order>(orderID.string), let order = try await OrderStore().order(id, in: postgres) else {
            return false
        }
        return order.isOpened(by: token.string)
    }
}
