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

    func accepts(token: String, forOrder orderID: String) async throws -> Bool {
        guard let id = ID<Order>(orderID), let order = try await OrderStore().order(id, in: postgres) else {
            return false
        }
        return order.isOpened(by: token)
    }
}
