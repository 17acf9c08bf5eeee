import Core
import Endpoints

/// The query of a list that is only paged.
struct PageQuery: APIInput {
    let page: PageRequest

    init(_ fields: inout Fields) {
        page = fields.page()
    }
}
